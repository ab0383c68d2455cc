"""Earlier appeals: «Сообщение № 70418 от 03.04.2022», «неоднократно звонили в УК»."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from mcu_nlp.fields.clauses import clauses
from mcu_nlp.fields.lexicon import lexicon
from mcu_nlp.records import Date, PriorAppeal, Span
from mcu_nlp.text.document import Document

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?")
_NUMBER = re.compile(
    r"(?:№+|#|номер\w{0,3}|n|вх(?:од\w{0,8})?\.?|исх(?:од\w{0,8})?\.?|пос|талон|заявк\w"
    r"|обращени\w|сообщени\w|жалоб\w|заявлени\w)[ .:]{0,3}(?:№+|#|номер)? ?"
    r"([А-Яа-яA-Za-z]{0,4}-?\d[\dА-Яа-яA-Za-z/-]{0,24})",
    re.IGNORECASE,
)
# Acts that need no addressee to be an appeal.
_TURNING = frozenset(("обращаться", "писать", "звонить", "жаловаться"))
_FATE = re.compile(
    r"без (?:ответ|результат|рассмотр|реакц|реагир)|безрезультат|результат\w* (?:не|нет)|реакции (?:не|нет|никак)"
    r"|ни к чему|в работе|отклон|игнорир"
    r"|не рассмотр|проигнор|прилага|дозвон|многочисленн",
    re.IGNORECASE,
)
_DEED = re.compile(r"закры|остал|получ|отвеч|прилаг|был|направл|поступ", re.IGNORECASE)
# Somebody else's calls and letters are no appeals of the author.
_STRANGER = re.compile(
    r"(?:^|\W)(?:ваш|он|она|мне|врач|терапевт|чиновник|мошенник\w*|нам) (?:\w+ )?(?:пис"
    r"|напис|звон|позвон|обрат|обращ)|никто (?:\w+ ){0,3}(?:обратил|звонил|писал)"
    r"|позвон\w+ и (?:сообщ|сказа)|^вы (?:пис|напис|сообщ|отв)|(?:пис|напис|звон|позвон)\w* (?:мне|нам)(?:\W"
    r"|$)",
    re.IGNORECASE,
)
_EXPLAINING = re.compile(
    r"т\.к\.|это (?!мо|наш|уже)|фото|копи|скан|видео|материал|так как|на каком основании", re.IGNORECASE
)
_GOES_ON = re.compile(
    r"№|вх|исх|рег|номер|\d|в[о]? |к |на (?!эт|что|мо|наш)|и (?!тиш|толк|нич|ник|вс)"
    r"|затем|потом|последн|дважды|трижды|ещ[её] ",
    re.IGNORECASE,
)
# «Обращения в управу», «пять писем главе», «второе заявление от 3 мая»: the paper itself is the mention.
_NOMINAL = re.compile(
    r"(?:(?:все|мои|наши|мо[её]|наше|на|это|мной|были?|\d{1,2}|перв\w+|втор\w+|трет\w+|четв[её]рт\w+|пят\w+|шест\w+|дв[ае]"
    r"|три|четыре|пять|шесть|семь|десят\w+|сто|многочисленн\w+|неоднократн\w+|постоянн\w+|коллективн\w+|бесконечн\w+"
    r"|повторн\w+|предыдущ\w+|прошл\w+|письменн\w+|устн\w+) ){0,3}"
    r"(?:обращени[ея]|обращений|жалоб[аы]?|заяв(?:ка|ки|ок)|звон(?:ки|ок|ков)|пис(?:ьма|ьмо|ем)|заявлени[еяй]й?) "
    r"(?:в [а-яёА-ЯЁ«]|к (?!нам)|от \d|на (?:им|ном|горяч|порт|сайт|линию|диспетч)|за (?:год|месяц|зиму|лето|недел)"
    r"|глав|губер|мэр|депут|президен|директ|номер|\(?вх|№|\d)",
    re.IGNORECASE,
)
_LONGEST_TAIL = 60
_NOT_PRIOR = re.compile(
    r"(?:прошу|просим|требу|буду|будем|будет|хочу|хотел|напишу|пойду|обращусь|обратимся"
    r"|если|чтобы|куда|кому|\bможно|нужно|надо|придется|вынужден|обраща(?:юсь|емся)(?!.{0,60}(?:раз(?:\W|$)|повторно|снова))"
    r"|копи[яю] |одновременно|настоящ|параллельно|статьи|статьёй|статьей|федеральн"
    r"|постановлени|приказ)",
    re.IGNORECASE,
)


def find_prior_appeals(document: Document, dates: Iterable[Date] = ()) -> tuple[PriorAppeal, ...]:
    """Mentions of earlier appeals, with number and date where given.

    >>> text = "Яма у дома. Сообщение № 318 закрыли. Мы дважды звонили в УК, но толку нет."
    >>> found = find_prior_appeals(Document.of(text))
    >>> [(p.text, p.number) for p in found]
    [('Сообщение № 318 закрыли', '318'), ('Мы дважды звонили в УК', None)]
    """
    known_dates = sorted(dates, key=lambda date: date.start)
    found: list[PriorAppeal] = []
    for sentence in document.sentences:
        words = {word.lower().replace("ё", "е") for word in _WORD.findall(sentence.text)}
        known = lexicon("request_words")
        if known["appealed"].keys().isdisjoint(words) and known["paper"].keys().isdisjoint(words):
            continue
        for clause in _prior_clauses(document.text, sentence):
            found.append(_appeal(clause, known_dates))
    return tuple(found)


def _prior_clauses(text: str, sentence: Span) -> Iterator[Span]:
    """Clauses that tell of an appeal, each with the ones that only go on with it: «Писал 14 мая, № 81»."""
    begun: Span | None = None
    for clause in clauses(text, sentence.start, sentence.end):
        prior = is_prior(clause.text)
        if (
            begun
            and clause.start - begun.end <= 3
            and (prior or (_GOES_ON.match(clause.text) and len(clause.text) < _LONGEST_TAIL))
        ):
            begun = Span.of(text, begun.start, clause.end)
        elif prior:
            if begun:
                yield begun
            begun = clause
    if begun:
        yield begun


def is_prior(clause: str) -> bool:
    """Whether a clause tells of an earlier appeal.

    >>> is_prior("писали в управу трижды"), is_prior("прошу написать письмо")
    (True, False)
    """
    known = lexicon("request_words")
    words = [word.lower().replace("ё", "е") for word in _WORD.findall(clause)]
    acts = {known["appealed"][word] for word in words if word in known["appealed"]}
    papers = any(word in known["paper"] for word in words)
    if (not acts and not papers) or _NOT_PRIOR.search(clause):
        return False
    if papers and _NOMINAL.match(clause):
        return True
    addressed = any(word in known["addressee"] for word in words) or "в «" in clause
    repeated = any(word in known["repeated"] for word in words)
    if papers and (_NUMBER.search(clause) or _FATE.search(clause)):
        return not _EXPLAINING.match(clause)
    if acts & _TURNING:
        return not _STRANGER.search(clause)
    if "составлять" in acts:
        return papers
    if "информировать" in acts:
        return repeated or addressed
    if "ныне" in acts:
        return repeated and (addressed or papers or "не первый" in clause)
    if acts:
        return addressed or papers
    return repeated and papers and _DEED.search(clause) is not None


def _appeal(clause: Span, dates: Sequence[Date]) -> PriorAppeal:
    number = _NUMBER.search(clause.text)
    at = bisect_left(dates, clause.start, key=lambda date: date.start)
    date = dates[at] if at < len(dates) and dates[at].end <= clause.end else None
    return PriorAppeal(
        clause.start,
        clause.end,
        clause.text,
        number[1] if number else None,
        (date.value or date.text) if date else None,
    )
