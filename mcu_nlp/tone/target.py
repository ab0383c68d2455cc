"""Whom a sign of conflict is aimed at, by the words of its clause."""

from __future__ import annotations

from functools import cache

from mcu_nlp.records import Span
from mcu_nlp.text.document import Document, Token
from mcu_nlp.text.phrases import PhraseMatcher

OFFICIAL, COMPANY, NEIGHBOUR, CITIZEN = "official", "company", "neighbour", "citizen"
_WORDS = {
    NEIGHBOUR: "сосед|соседка|соседний_жилец|=соседи|=сверху",
    COMPANY: "=ук|=тсж|=жск|=жэк|=жэу|управляющий_компания|компания|подрядчик|застройщик|перевозчик|оператор|"
    "водоканал|магазин|директор|диспетчер|теплосеть|энергосбыт|=ооо|фирма|продавец|кафе|бар|завод",
    OFFICIAL: "администрация|власть|чиновник|мэр|мэрия|губернатор|глава|депутат|министр|министерство|комитет|"
    "департамент|"
    "инспекция|жилинспекция|сельсовет|полиция|участковый|соцзащита|прокуратура|поликлиника|больница|врач|школа|начальник|"
    "управа|правительство|руководство|сотрудник|регистратура|=вы|=вам|=вас|=вами|=ваш|=ваша|=ваше|=ваши|=вашей",
    CITIZEN: "водитель|собачник|прохожий|автовладелец|хулиган|подросток|хозяин|владелец|житель|мужчина|женщина|"
    "бомж|алкаш|наркоман|муж|родственник|=люди",
}


@cache
def _matcher() -> PhraseMatcher[str]:
    return PhraseMatcher(_WORDS.items())


def find_target(document: Document, clause: Span) -> str | None:
    """Who stands in the clause or, failing that, in its sentence: the first named; ``None`` if nobody.

    >>> text = Document.of("Дороги нет. Администрация нам врёт!")
    >>> find_target(text, text.sentences[1])
    'official'
    """
    for within in (clause, next((s for s in document.sentences if s.start <= clause.start < s.end), clause)):
        words: list[Token] = [w for w in document.words if within.start <= w.start < within.end]
        for target, _, _ in _matcher().find(words):
            return target
    return None
