"""Exact references to law: an article, a point, a numbered act."""

from __future__ import annotations

import re

from mcu_nlp.records import Span
from mcu_nlp.reply.reading import Reading

# «часть 15 статьи 14 Федерального закона от … № 190-ФЗ», «пункт 7.3 ГОСТ Р 52605-2006», «постановление … № 12»
_PLACE = r"(?:стат(?:ья|ьи|ьёй|ьей|ье|ью)|ст\.|част(?:ь|и|ью)|ч\.|пункт\w{0,3}|п\.|абзац\w{0,3})\s?\d[\d.]*"
_ACT = r"(?:закон\w{0,3}|постановлени\w{1,2}|приказ\w{0,3}|решени\w{1,2}|указ\w{0,2})[^;!?]{0,70}?№\s?[\w/-]+"
_STANDARD = r"(?:ГОСТ|СП|СНиП|СанПиН)\s(?:Р\s)?\d[\d.-]*"
_NORM = re.compile(rf"(?<!\w)(?:{_PLACE}|{_ACT}|{_STANDARD})", re.IGNORECASE)


def exact_norms(reading: Reading) -> tuple[Span, ...]:
    """The exact references of a reply, in order."""
    return tuple(Span.of(reading.text, *hit.span()) for hit in _NORM.finditer(reading.text))
