"""Exact references to law: an article, a point, a numbered act."""

from __future__ import annotations

import re

from mcu_nlp.records import Span
from mcu_nlp.reply.reading import Reading

# «часть 15 статьи 14 Федерального закона от … № 190-ФЗ», «пункт 7.3 ГОСТ Р 52605-2006», «постановление … № 12»
_PLACE = (
    r"(?:стат(?:ья|ьи|ьёй|ьей|ье|ью|ьями|ей|ьям|ьях)|ст\.|част(?:ь|и|ью|ями|ей|ям)|ч\.|(?:под)?пункт\w{0,3}|п?п\.|абзац\w{0,3})"
    r"\s?\d[\d.]*"
)
_ACT = (
    r"(?:закон\w{0,3}|постановлени\w{1,2}|распоряжени\w{1,2}|приказ\w{0,3}|решени\w{1,2}|указ\w{0,2}"
    r"|правил\w{0,3}|поряд(?:ок|к\w{1,2})|положени\w{1,2})[^;!?]{0,70}?№\s?[\w/-]+"
)
_STANDARD = r"(?:ГОСТ|СП|СНиП|СанПиН|ПУЭ|ТР ТС)\s(?:Р\s)?\d[\d.-]*"
_APPEALS = "59-ФЗ"
# «по решению жильцов дома № 5» names no act.
_HOUSE = re.compile(
    r"(?:(?:дом|школ|сад|кварт|корпус|маршрут|подъезд|обращени|участ|кабинет)\w*|вх\.|рег\.)\s?№", re.IGNORECASE
)
_NORM = re.compile(rf"(?<!\w)(?:{_PLACE}|{_ACT}|{_STANDARD})", re.IGNORECASE)


def exact_norms(reading: Reading) -> tuple[Span, ...]:
    """The exact references of a reply, in order; no refusal rests on the law on appeals."""
    found = (Span.of(reading.text, *hit.span()) for hit in _NORM.finditer(reading.text, 0, reading.signature_start))
    return tuple(span for span in found if _is_footing(span, reading.sentence_at(span.start)))


def _is_footing(span: Span, sentence: Span) -> bool:
    return span.end <= sentence.end and _APPEALS not in sentence.text and _HOUSE.search(span.text) is None
