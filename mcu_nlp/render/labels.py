"""Russian titles of everything shown, from ``data/labels.toml``."""

from __future__ import annotations

import html
import re
import tomllib
from functools import cache
from importlib.resources import files

_HIGHEST, _LOWEST = 0.995, 0.01
# Control characters and marks that turn the direction of writing: shown as what they are, unreadable.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@cache
def _labels() -> dict[str, dict[str, str]]:
    return tomllib.loads((files("mcu_nlp") / "data" / "labels.toml").read_text("utf-8"))


def label(section: str, id: str) -> str:
    """The title of an id; the id itself when there is none."""
    return _labels()[section].get(id, id)


def ids(section: str) -> tuple[str, ...]:
    """The ids of a section in the order in which they are shown."""
    return tuple(_labels()[section])


def percent(probability: float) -> str:
    """A probability as people read it; nothing learned is ever certain.

    >>> percent(0.614), percent(0.998), percent(0.001)
    ('61 %', '> 99 %', '< 1 %')
    """
    if probability > _HIGHEST:
        return "> 99 %"
    return f"{probability * 100:.0f} %" if probability >= _LOWEST else "< 1 %"


def escape(value: object) -> str:
    """Text made harmless inside an element or a quoted attribute.

    >>> escape('<b onclick="x">')
    '&lt;b onclick=&quot;x&quot;&gt;'
    """
    return html.escape(_UNSEEN.sub("\ufffd", str(value)), quote=True)
