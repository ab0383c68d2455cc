"""HTTP service around :mod:`mcu_nlp`: it only translates between JSON and the library."""

from mcu_nlp_service.app import create_app
from mcu_nlp_service.server import serve
from mcu_nlp_service.settings import Settings

__all__ = ["Settings", "create_app", "serve"]
