"""Imported once, in the process that workers are forked from: dictionaries and lexicons are read for all of them.

A worker is then ready in a fraction of the time, which a roll back and a lost process wait for.
"""

from __future__ import annotations

from contextlib import suppress

from mcu_nlp import load, mask_text
from mcu_nlp_service.inference import worker

_TEXT = "Прошу Орехову А. И. отремонтировать дорогу на ул. Садовой, д. 4: третью неделю яма. Тел. 8 (94800) 2-14-36."

# Whatever is wrong here is told when a worker loads its own model.
with suppress(Exception):
    mask_text(_TEXT)
    load()(_TEXT, explain=True)

__all__ = ["worker"]
