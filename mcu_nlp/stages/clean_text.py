"""Raw message -> clean text: no markup, no invisible characters, every mark of feeling kept.

The steps are listed in ``PASSES``. Each is a linear pattern that replaces what it
finds; the origin of every remaining character is carried along, so a span of the
clean text can always be shown in the message as it was received.
"""

from __future__ import annotations

import html
import re
from array import array
from collections.abc import Callable
from dataclasses import dataclass

from mcu_nlp.records import Span


@dataclass(frozen=True, slots=True)
class CleanText:
    """A message after cleaning, with the way back to what was received.

    ``origins[i]`` is the place in ``raw`` from which ``text[i]`` came;
    ``breaks`` are the places in ``text`` where a line or a block ended in ``raw``.
    """

    raw: str
    text: str
    origins: array[int]
    breaks: tuple[int, ...]

    def raw_span(self, start: int, end: int) -> Span:
        """The part of the raw message from which ``text[start:end]`` came.

        >>> clean = clean_text("<p>Яма&nbsp;у дома</p>")
        >>> clean.text, clean.raw_span(4, 10).text
        ('Яма у дома', 'у дома')

        Raises ``IndexError`` for an empty span or one outside the text.
        """
        if not 0 <= start < end <= len(self.text):
            raise IndexError(f"span {start}:{end} is not inside a text of {len(self.text)} characters")
        first, last = self.origins[start], self.origins[end - 1]
        return Span.of(self.raw, first, last + 1)


# Block elements end a line; the rest of the tags only part words.
_BLOCK = frozenset(
    "address article aside blockquote br dd div dl dt figure footer form h1 h2 h3 h4 h5 h6 header hr li ol p pre "  # noqa: SIM905
    "section table td th tr ul".split()
)
_TAG_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")
_TAG_EDGE = re.compile(r"<(?=[a-zA-Z/!?])|>")

# Characters that nobody sees: controls, zero width, soft hyphen, direction marks, variation selectors, lone surrogates.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff\ud800-\udfff\u0301]+"
)
_DECOMPOSED = re.compile("[иИ]\u0306|[еЕ]\u0308")
_COMPOSED = {"и\u0306": "й", "И\u0306": "Й", "е\u0308": "ё", "Е\u0308": "Ё"}
# «&amp;amp;lt;» is one entity that was escaped several times on its way.
_ENTITY = re.compile(r"&(?:amp;)*(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_MENTION = re.compile(r"\[(?:id|club|public|event)[0-9]{1,20}(?::bp[-0-9_]{1,40})?\|([^\[\]|]*)\]")
_ATTACHMENT = re.compile(
    r"\[(?:Фотография|Фото|Видео|Видеозапись|Аудиозапись|Документ|Ссылка|Стикер|Опрос|Вложение|Граффити)\]"
)
_APOSTROPHE = re.compile(r"\A[\s'`]*['`](?=[^\s'`])")
# Footers that channels and mail programs add, not authors; only at the very end.
_FOOTER = re.compile(
    r"(?:[\s|•·—–-]*(?<!\w)(?:"
    r"(?:📲|👉|🔔|✅|➡️|➡)?\s?(?:Подписаться|Подписывайтесь|Подпишись|Подпишитесь) на [^.!?\n]{0,60}"
    r"|(?:Прислать|Предложить|Сообщить) новость[^.!?\n]{0,60}"
    r"|Отправлено (?:из|с) (?:мобильной |моего )?"
    r"(?:Яндекс\.?\s?Почты|Почты Mail\.ru|Mail\.ru|iPhone|iPad|Android|Outlook)[^.!?\n]{0,40}"
    r"|Sent from (?:my )?[A-Za-z ]{2,40}))\s*\Z"
)
# How long a footer can be: only so much of the end is searched, which keeps the search linear.
_FOOTER_WINDOW = 160
_BLANK = re.compile(r"\s+")
_LINE_END = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")

# The look-behind lets a search begin only where a word begins: that keeps it linear.
_WORD_OF_BOTH_SCRIPTS = re.compile(r"(?<![a-zA-Zа-яА-ЯёЁ])(?:[а-яА-ЯёЁ]+[a-zA-Z]|[a-zA-Z]+[а-яА-ЯёЁ])[a-zA-Zа-яА-ЯёЁ]*")
_LOOK_ALIKES = str.maketrans("aceopxykmtABCEHKMOPTXY", "асеорхукмтАВСЕНКМОРТХУ")
_NOT_LOOK_ALIKE = re.compile("[bdfghijlnqrsuvwzDFGIJLNQRSUVWZ]")

# How many times markup inside markup is unpacked before what is left of it is defused.
_DEPTH = 4


class _Draft:
    """A text being rewritten: its characters and where each came from."""

    def __init__(self, raw: str) -> None:
        self.text = raw
        self.origins = array("l", range(len(raw)))

    def replace(self, pattern: re.Pattern[str], by: Callable[[re.Match[str]], str] | str) -> bool:
        """Replace every match; new characters inherit the place where the match begins."""
        matches = list(pattern.finditer(self.text))
        if not matches:
            return False
        self.splice([(m.start(), m.end(), by if isinstance(by, str) else by(m)) for m in matches])
        return True

    def splice(self, edits: list[tuple[int, int, str]]) -> None:
        """Apply edits ``(start, end, new)``, ordered and apart."""
        pieces: list[str] = []
        origins = array("l")
        done = 0
        for start, end, new in edits:
            pieces.append(self.text[done:start])
            origins.extend(self.origins[done:start])
            pieces.append(new)
            # A text kept from inside the match (the name of a mention) keeps its own places.
            kept = self.text.find(new, start, end) if new else -1
            origins.extend(
                self.origins[kept : kept + len(new)] if kept >= 0 else array("l", [self.origins[start]] * len(new))
            )
            done = end
        pieces.append(self.text[done:])
        origins.extend(self.origins[done:])
        self.text, self.origins = "".join(pieces), origins


def _drop_invisible(draft: _Draft) -> bool:
    composed = draft.replace(_DECOMPOSED, lambda m: _COMPOSED[m[0]])
    return draft.replace(_INVISIBLE, "") or composed


def _decode_entities(draft: _Draft) -> bool:
    if "&" not in draft.text:
        return False
    before = draft.text
    draft.replace(_ENTITY, lambda m: html.unescape(f"&{m[1]};"))
    return draft.text != before


def _drop_tags(draft: _Draft) -> bool:
    """Replace tags by a blank or, for blocks, a line end; tags inside tags go with the outer one."""
    if "<" not in draft.text:
        return False
    opened: list[int] = []
    edits: list[tuple[int, int, str]] = []
    for edge in _TAG_EDGE.finditer(draft.text):
        if edge[0] == "<":
            opened.append(edge.start())
        elif opened:
            start = opened.pop()
            while edits and edits[-1][0] > start:
                edits.pop()
            name = _TAG_NAME.match(draft.text, start)
            edits.append((start, edge.end(), "\n" if name and name[1].lower() in _BLOCK else " "))
    draft.splice(edits)
    return bool(edits)


def _unpack_mentions(draft: _Draft) -> bool:
    if "[" not in draft.text:
        return False
    unpacked = draft.replace(_MENTION, lambda m: m[1])
    return draft.replace(_ATTACHMENT, " ") or unpacked


def _mend_words(draft: _Draft) -> bool:
    before = draft.text
    draft.text = _mend_look_alikes(before)
    return draft.text != before


PASSES: tuple[Callable[[_Draft], bool], ...] = (
    _drop_invisible,
    _decode_entities,
    _drop_tags,
    _unpack_mentions,
    _mend_words,
)


def _fold_blanks(draft: _Draft) -> tuple[int, ...]:
    """Make every run of white space one blank; tell where a line ended."""
    breaks: list[int] = []
    edits: list[tuple[int, int, str]] = []
    removed = 0
    size = len(draft.text)
    for blank in _BLANK.finditer(draft.text):
        at_edge = blank.start() == 0 or blank.end() == size
        if not at_edge and _LINE_END.search(blank[0]):
            breaks.append(blank.start() - removed)
        if at_edge or blank[0] != " ":
            edits.append((blank.start(), blank.end(), "" if at_edge else " "))
        removed += len(blank[0]) - (0 if at_edge else 1)
    if edits:
        draft.splice(edits)
    return tuple(breaks)


def _mend_look_alikes(text: str) -> str:
    """Write words of both scripts in Cyrillic where every Latin letter has a Cyrillic twin.

    >>> _mend_look_alikes("Bыxoд в COVIDный сезон, дом 5A")
    'Выход в COVIDный сезон, дом 5A'
    """
    if text.isascii():
        return text
    return _WORD_OF_BOTH_SCRIPTS.sub(
        lambda word: word[0] if _NOT_LOOK_ALIKE.search(word[0]) else word[0].translate(_LOOK_ALIKES), text
    )


def _inside_edges(text: str) -> tuple[int, int]:
    """Where a text whose blanks are folded begins and ends without a leading apostrophe and footers."""
    apostrophe = _APOSTROPHE.match(text)
    start, end = apostrophe.end() if apostrophe else 0, len(text)
    while footer := _FOOTER.search(text, max(start, end - _FOOTER_WINDOW), end):
        if footer.start() == start:
            break  # a message that is nothing but a footer
        end = footer.start()
        while text[end - 1].isspace():
            end -= 1
    return start, end


def clean_text(raw: str) -> CleanText:
    """Drop markup and what nobody sees, fold white space; keep every digit, capital and "!".

    Idempotent (cleaning a clean text changes nothing) and linear in time.

    >>> clean_text("<p>Яма<br>у дома 12/1!!</p>").text
    'Яма у дома 12/1!!'
    >>> clean_text("[id42|Анна], когда&nbsp;включат cвeт???").text
    'Анна, когда включат свет???'
    """
    draft = _Draft(raw)
    for _ in range(_DEPTH):
        changed = [step(draft) for step in PASSES]
        if not any(changed):
            break
    else:
        # Markup wrapped in markup without end is an attack or an accident: make it harmless.
        draft.replace(re.compile("[<&\\[]"), " ")
        for step in PASSES * 2:
            step(draft)
    breaks = _fold_blanks(draft)
    start, end = _inside_edges(draft.text)
    inside = tuple(place - start for place in breaks if start <= place < end)
    return CleanText(raw, draft.text[start:end], draft.origins[start:end], inside)
