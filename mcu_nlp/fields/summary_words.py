"""The wording of a summary: what is stripped from an author's words, and how a request is put formally."""

from __future__ import annotations

import re

from mcu_nlp.text.morph import grammemes, lemma

_GREETING = re.compile(
    r"\A(?:(?:здравствуйте|здраствуйте|добрый (?:день|вечер)|день добрый|доброе утро|доброй ночи|доброго (?:времени"
    r" суток|дня)|приветствую|привет|уважаем\w{2,3}(?: [\w.]{1,20}){0,4}[!,.])[\s!.,)]*)+",
    re.IGNORECASE,
)
# What leads to the matter without being it: «Меня зовут …,», «Хочу сообщить, что», «Дело в том, что».
_LEAD = re.compile(
    r"\A(?:(?:меня зовут|я|мы|итак|так|но|а|и|также|так же|вот|ну|кроме того|в общем|к сожалению|повторно"
    r"|очередной раз)?,{0,2} (?=[а-яё]{1,14} )"
    r"|(?:заявитель\w{0,4} )?(?:сообща(?:ю|ем|ет)|хочу (?:сообщить|обратить (?:ваше )?внимание)(?: на то)?"
    r"|дело в том|довожу до (?:вашего )?сведения|проблема (?:в том|заключается в том|следующая)|суть проблемы"
    r"|обращаюсь (?:к вам )?(?:с жалобой|с просьбой|по поводу|по вопросу)|пишу (?:вам )?по поводу|стоит отметить"
    r"|ситуация такая|проблема(?= [—–:-])|проблема касается)"
    r"(?: вам)?[,:]{0,2}(?: что)?[\s:—–-]{1,4}(?:о том, что )?){1,4}",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r",?(?<![\w-])(?:пожалуйста|пожалуста|убедительно|огромная|большая|очень|слёзно|слезно|наконец-то|наконец"
    r"|ради бога|уже раз|уважаем\w{2,3})(?![\w-]),?"
    r"|(?<=\w) (?:вас|вам)(?= [а-яё]{2,20}(?:ть|ти|чь|ться)(?!\w))",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\s?\([^()]{0,200}\)")
_MARKS = re.compile(r"[\U0001F000-\U0001FAFF\u2600-\u27BF\uFFFC\uFE0F<>|*_^~=]+|[!?]{1,9}(?=,)|`")
_WORD = re.compile(r"[А-Яа-яЁё]+(?:-[А-Яа-яЁё]+)?")
_CUE = re.compile(
    r"\b(?:прошу|просим|просит|просят|просьба|требую|требуем|требует|требуют|хотелось|хочется|хочу|хотим|предлагаю"
    r"|предлагаем|ходатайствую|умоляю|надо|нужно|необходимо|требуется|следует|помогите|пора|желательно|давайте"
    r"|считаю)\b",
    re.IGNORECASE,
)
# How many words may stand between «прошу» and what is asked.
_BETWEEN = 5
# «Решить проблему» and «принять меры» say nothing that a reader of the first half does not know.
_VAGUE = re.compile(
    r"просьба (?:\w+ ){0,3}?(?:разобраться|помочь(?! [а-яё]+ть)|обратить внимание|содейств\w+|поспособствовать"
    r"|отреагировать|посодействовать|(?:оказать|принять|решить|устранить|рассмотреть|уделить|прояснить|исправить)"
    r" (?:\w+ ){0,3}(?:мер\w*|проблем\w*|вопрос\w*|ситуаци\w*|содейств\w*|помощь|обращени\w*|нарушени\w*|внимани\w*"
    r"|недостат\w*|это))\W*",
    re.IGNORECASE,
)
_VAGUE_LONG = 60


def plain(text: str) -> str:
    """A sentence without greeting, lead, courtesy and brackets.

    >>> plain("Здравствуйте! Хочу сообщить, что во дворе (у качелей) не горит фонарь!!!")
    'Во дворе не горит фонарь'
    """
    text = _BRACKETS.sub("", _MARKS.sub("", _GREETING.sub("", text)))
    text = _POLITE.sub("", _LEAD.sub("", text.strip()))
    return tidy(text)


def tidy(text: str) -> str:
    """One blank between words, no marks at the edges, a capital first."""
    text = re.sub(r"\s+", " ", re.sub(r"([!?.,])[!?.,\s]*(?=[!?.,])", "", text))
    text = re.sub(r"\s+([,.!?;:])", r"\1", text).strip(" .!?,;:…—–-/\"'")
    return text[:1].upper() + text[1:]


def ask(request: str) -> str | None:
    """A request put formally, or ``None`` where it cannot be.

    >>> ask("Прошу Вас, пожалуйста, заменить лампу"), ask("Уберите снег!"), ask("Когда включат свет?")
    ('просьба заменить лампу', 'просьба убрать снег', 'вопрос: когда включат свет')
    """
    text = plain(request)
    if not text:
        return None
    words = list(_WORD.finditer(text))
    cue = _CUE.search(text)
    if request.rstrip().endswith("?") and cue is None:
        return f"вопрос: {text[:1].lower()}{text[1:]}"
    if cue is not None:
        after = [word for word in words if word.start() >= cue.end()][:_BETWEEN]
        for word in after:
            if "INFN" in grammemes(word[0].lower()):
                return f"просьба {tidy(text[word.start() :])[:1].lower()}{tidy(text[word.start() :])[1:]}"
        if cue[0].lower() in ("требуется", "необходимо", "нужно", "надо", "требует"):
            return f"{text[:1].lower()}{text[1:]}"
    for word in words[:4]:
        form = word[0].lower()
        if len(form) > 4 and form.endswith(("те", "тесь")) and "impr" in grammemes(form):
            return f"просьба {lemma(form)}{text[word.end() :].rstrip(' .!')}"
    return None


def is_vague(asked: str) -> bool:
    """Whether a formal request says no more than «do something»."""
    return len(asked) < _VAGUE_LONG and _VAGUE.match(asked) is not None
