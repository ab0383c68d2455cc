"""A client of the HTTP service: retries, batches, jobs, corrections; answers are the library's own records.

Needs the extra ``client``: ``pip install 'mcu-nlp[client]'``.
"""

from mcu_nlp.errors import MissingExtraError

try:
    import httpx as _httpx
    import tenacity as _tenacity
except ModuleNotFoundError as missing:
    raise MissingExtraError("extra_missing", what=__name__, extra="client") from missing

from mcu_nlp.client.answers import Answer, Corrected, Job
from mcu_nlp.client.client import Client
from mcu_nlp.client.refusals import ClientError

del _httpx, _tenacity

__all__ = ["Answer", "Client", "ClientError", "Corrected", "Job"]
