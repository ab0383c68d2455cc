"""Abuse, the author's own threats, and appeals against a court's decision (art. 11, p. 2 and 3)."""

from __future__ import annotations

import re

from mcu_nlp.law.reading import Reading, flagged, outermost
from mcu_nlp.records import Flag, Span

# «Сосед кричит, что …» reaches so many words on.
_REPORT = 9
_QUOTED = re.compile(r"«[^«»]{0,300}»|“[^“”]{0,300}”|\"[^\"]{0,300}\"")


def abuse(reading: Reading) -> list[Flag]:
    """Obscene or insulting words, also with letters hidden: «бл*ть»."""
    masked = [reading.document.span(*hit.span()) for hit in reading.lexicon.masked_obscenity.finditer(reading.text)]
    return flagged("abuse", outermost([*reading.by_words("abuse"), *masked]))


def threat(reading: Reading) -> list[Flag]:
    """What the author threatens to do; a quotation or somebody else's threat does not count."""
    spans = reading.by_words("threat")
    if not spans:
        return []
    quoted = [hit.span() for hit in _QUOTED.finditer(reading.text)]
    return flagged("threat", [span for span in spans if not _told_of_another(reading, span, quoted)])


def _told_of_another(reading: Reading, span: Span, quoted: list[tuple[int, int]]) -> bool:
    """«Сосед кричит: „я вас убью“», «угрожает, что убьёт»."""
    if any(start < span.start and span.end < end for start, end in quoted):
        return True
    word, reports = reading.word_at(span.start), reading.firsts("cue", "reported")
    return any(
        place in reports and reading.sentence(place) == reading.sentence(word)
        for place in range(max(0, word - _REPORT), word)
    )


def court_decision(reading: Reading) -> list[Flag]:
    """The decision of a court is disagreed with, not merely mentioned."""
    return flagged("court_decision", reading.by_words("court_decision"))
