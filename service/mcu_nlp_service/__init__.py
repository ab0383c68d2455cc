"""HTTP service around :mod:`mcu_nlp`: it only translates between JSON and the library."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mcu_nlp_service.app import create_app
    from mcu_nlp_service.server import serve
    from mcu_nlp_service.settings import Settings

__all__ = ["Settings", "create_app", "serve"]

_PLACES = {"Settings": "settings", "create_app": "app", "serve": "server"}


def __getattr__(name: str) -> Any:
    # Read late: the command line offers the service's commands and starts without its packages.
    if name not in _PLACES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
