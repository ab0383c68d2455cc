"""Names of channels in exports -> the channels that routing rules know."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def _names() -> dict[str, str]:
    content = tomllib.loads((files("mcu_nlp") / "data" / "channels.toml").read_text("utf-8"))
    return {name: channel for channel, names in content.items() for name in names}


def known_channels() -> frozenset[str]:
    """The channels that a routing rule can ask for."""
    return frozenset(_names().values())


def read_channel(written: str | None) -> str | None:
    """The channel that a cell names, ``None`` when it is none of the known.

    >>> read_channel("ВКонтакте"), read_channel("голубиная почта")
    ('social', None)
    """
    return _names().get((written or "").strip().lower().replace("ё", "е"))
