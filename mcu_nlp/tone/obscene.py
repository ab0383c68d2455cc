"""Obscene words, plain or hidden: by blanks, dots, masks, digits, Latin letters, repeated letters.

Every step looks at one word, or at one run of single letters, of bounded length, so the
time is linear in the text. What to look for is in ``data/obscene.toml``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files

from mcu_nlp.records import Span
from mcu_nlp.text.document import Document

# Longer runs of visible characters are no words: links, codes, tables.
_LONGEST = 40
_CHUNK = re.compile(r"\S+")
# Chunks that may hide something: a mark, a digit or a Latin letter between letters, or a letter three times.
_HIDING = re.compile(r"[^\W\d_][^\w\s]+[^\W\d_]|[^\W_]\d|\d[^\W\d_]|_|([^\W\d_])\1\1|[^\W\d_][*#@$%&]")
_LATIN = re.compile(r"[A-Za-z]")
_PARTS = re.compile(r"[^\W\d_]+")
_EDGES = ".,!?;:()«»\"'“”„…-–—/\\"
_PICTURE = "\u2600-\u27bf\U0001f300-\U0001faff\ufe0f"
_MASK = re.compile(rf"[*#%&+$@^~]+|[{_PICTURE}]+|\.{{2,}}|…|_{{2,}}|-{{2,}}")
_NOISE = re.compile(r"[\W_]+")
_RUN = re.compile(r"(.)\1{2,}")
_TWINS = str.maketrans("aceopxyktmhbnuz3046@$", "асеорхуктмнвпиззочбас")
_LETTER_TWINS = str.maketrans("aceopxyktmhbnuz", "асеорхуктмнвпиз")
_DIGITS = str.maketrans("30461@$", "зочбиас")
# Latin letters by sound, for words written half in them: «муdak», «пizдец».
_SOUNDS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "абцдефгхийклмнопкрстуввхыз")
# Single letters a blank or a mark apart: at least so many make a word («п и з д е ц», «х у й»).
_FEWEST = 3
_GAP = 3
_BETWEEN = ".-*_/|~•·–—+="
# How far, in characters, a decent neighbour explains a doubtful word.
_NEAR = 40


@dataclass(frozen=True)
class Obscenities:
    """The word lists of ``obscene.toml``."""

    roots: tuple[str, ...]
    inside: tuple[str, ...]
    forms: tuple[str, ...]
    latin: tuple[str, ...]
    phrases: tuple[str, ...]
    doubtful: frozenset[str]
    decent: tuple[str, ...]

    @cached_property
    def _root(self) -> re.Pattern[str]:
        return re.compile("|".join(self.roots))

    @cached_property
    def _inside(self) -> re.Pattern[str]:
        return re.compile("|".join(self.inside))

    @cached_property
    def _latin(self) -> re.Pattern[str]:
        return re.compile("|".join(self.latin))

    @cached_property
    def phrase(self) -> re.Pattern[str]:
        """What is obscene as it stands in a text, over blanks and marks."""
        return re.compile("|".join(self.phrases), re.IGNORECASE)

    @cached_property
    def _decent(self) -> re.Pattern[str]:
        return re.compile("|".join(self.decent))

    @cached_property
    def _by_length(self) -> dict[int, tuple[str, ...]]:
        lengths = {len(form) for form in self.forms}
        return {size: tuple(form for form in self.forms if len(form) == size) for size in lengths}

    def is_word(self, word: str) -> bool:
        """Whether a lower-case Cyrillic word is obscene."""
        word = word.replace("ё", "е")
        return word in self.doubtful or bool(self._root.match(word) or self._inside.search(word))

    def is_latin(self, word: str) -> bool:
        """Whether a lower-case word in Latin letters is obscene when it is read as Russian."""
        return bool(self._latin.match(word))

    def masked(self, chunk: str) -> bool:
        """Whether some obscene form fits a word in which runs of marks stand for letters."""
        pieces = _MASK.split(chunk)
        known = sum(map(len, pieces))
        if known < 2 or len(pieces) < 2 or not all(piece.isalpha() or not piece for piece in pieces):
            return False
        # A picture stands for as many letters as one pleases.
        marks = [2 if mark[0][0] > "\u25ff" else len(mark[0]) for mark in _MASK.finditer(chunk)]
        if not pieces[0]:
            return False
        shape = re.escape(pieces[0])
        for piece, size in zip(pieces[1:], marks, strict=True):
            shape += f"[а-я]{{1,{max(2, size) + 1 if size > 1 else 1}}}" + re.escape(piece)
        fits = re.compile(shape)
        longest = known + sum(mark + 2 for mark in marks)
        sizes = range(known + 1, longest + 1)
        return any(fits.fullmatch(form) for size in sizes for form in self._by_length.get(size, ()))

    def is_meant(self, text: str, start: int, end: int) -> bool:
        """Whether a doubtful word is meant badly: nothing decent stands near it."""
        if text[start:end].lower().replace("ё", "е") not in self.doubtful:
            return True
        return not self._decent.search(text[max(0, start - _NEAR) : end + _NEAR].lower())


@cache
def shipped_obscenities() -> Obscenities:
    """The lists that come with the package."""
    lists = tomllib.loads((files("mcu_nlp") / "data" / "obscene.toml").read_text("utf-8"))
    roots, inside, forms, latin, phrases = (
        tuple(map(str, lists[name])) for name in ("roots", "inside", "forms", "latin", "phrases")
    )
    return Obscenities(roots, inside, forms, latin, phrases, frozenset(lists["doubtful"]), tuple(lists["decent"]))


def find_obscene(document: Document) -> list[Span]:
    """Where a text is obscene, in order.

    >>> [span.text for span in find_obscene(Document.of("Это п и з д е ц, а не дорога, застрахуйте нас"))]
    ['п и з д е ц']
    >>> [span.text for span in find_obscene(Document.of("Полный п**дец и бл.ядь, команда мудрая"))]
    ['п**дец', 'бл.ядь']
    """
    text = document.text
    lists = shipped_obscenities()
    places = {
        (token.start, token.end)
        for token in document.words
        if _is_word(token.lower) and lists.is_meant(text, token.start, token.end)
    }
    places.update(_spaced(document))
    places.update(_hidden(text))
    places.update(match.span() for match in lists.phrase.finditer(text))
    found: list[Span] = []
    for start, end in sorted(places, key=lambda place: (place[0], -place[1])):
        if not found or start >= found[-1].end:
            found.append(document.span(start, end))
    return found


@lru_cache(1 << 16)
def _is_word(lower: str) -> bool:
    lists = shipped_obscenities()
    if lower.isascii():
        return _is_latin(lower)
    parts = _PARTS.findall(lower)
    return any(map(lists.is_word, parts)) or (len(parts) > 1 and lists.is_word("".join(parts)))


def _is_latin(lower: str) -> bool:
    """Latin letters: a transliteration, or letters that only look Cyrillic."""
    lists = shipped_obscenities()
    return lists.is_latin(lower) or (lower not in _ENGLISH and lists.is_word(lower.translate(_TWINS)))


# Read as twins of Cyrillic letters these would be words of ours.
_ENGLISH = frozenset({"xep", "hep", "xyz", "cyk"})


def _spaced(document: Document) -> Iterator[tuple[int, int]]:
    """Runs of single letters that spell an obscene word."""
    run: list[tuple[int, int, str]] = []
    for token in document.tokens:
        size = len(token.text)
        if size == 1 and (token.is_word or token.text in "036@$"):
            if run and token.start - run[-1][1] > _GAP:
                yield from _spelled(run)
                run = []
            run.append((token.start, token.end, token.lower))
        elif run and not (size == 1 and token.text in _BETWEEN):
            yield from _spelled(run)
            run = []
    yield from _spelled(run)


def _spelled(run: list[tuple[int, int, str]]) -> Iterator[tuple[int, int]]:
    if not _FEWEST <= len(run) <= _LONGEST:
        return
    lists = shipped_obscenities()
    spelled = "".join(letter for _, _, letter in run).translate(_TWINS).replace("ё", "е")
    # A short word may stand before or after («в п и з д у»): a whole form is looked for first.
    windows = [
        (first, last)
        for first in range(min(len(run) - _FEWEST + 1, 4))
        for last in range(len(run), max(first + _FEWEST, len(run) - 3) - 1, -1)
    ]
    for fits in (lists.forms.__contains__, lists.is_word):
        for first, last in windows:
            if fits(spelled[first:last]):
                yield run[first][0], run[last - 1][1]
                return


def _hidden(text: str) -> Iterator[tuple[int, int]]:
    """Words between blanks that hide letters behind marks, digits, other letters or repetition."""
    for chunk in _CHUNK.finditer(text):
        word = chunk[0]
        if len(word) > _LONGEST or not (_HIDING.search(word) or _mixed(word)):
            continue
        bare = word.strip(_EDGES)
        if bare and _is_hidden(bare.lower()):
            start = chunk.start() + word.index(bare)
            yield start, start + len(bare)


def _mixed(word: str) -> bool:
    return bool(_LATIN.search(word)) and not word.isascii()


@lru_cache(1 << 14)
def _is_hidden(word: str) -> bool:
    lists = shipped_obscenities()
    word = word.replace("ё", "е")
    if "://" in word or word.startswith("www.") or ("@" in word[1:] and "." in word.split("@")[-1]):
        return False
    if word.isascii():
        if not any(map(str.isdigit, word)) and not any(mark in word for mark in "*#@$"):
            word = _RUN.sub(r"\1", word)
            return "." not in word and _is_latin(_NOISE.sub("", word))
        if not _LATIN.search(word):
            return False
        readings = (word.translate(_TWINS), word.translate(_SOUNDS).translate(_DIGITS))
        return any(lists.is_word(_NOISE.sub("", reading)) for reading in readings)
    if any(mark in word for mark in "*#%&+$@^~") or _MASK.search(word):
        if lists.masked(word.translate(_LETTER_TWINS)):
            return True
        if lists.is_word(_NOISE.sub("", word.translate(_TWINS))) and not re.search(r"\.\.|…|--", word):
            return True
    plain = word.translate(_DIGITS).translate(_LETTER_TWINS)
    candidates = {_RUN.sub(r"\1", plain)}
    if _LATIN.search(word):
        candidates.add(_RUN.sub(r"\1", word.translate(_SOUNDS).translate(_DIGITS)))
    if not re.search(r"\.\.|…|--|[,;:]", plain):
        candidates.add(_RUN.sub(r"\1", _NOISE.sub("", plain)))
    if re.search(r"\d", word) and not re.search(r"[а-я]\d+[а-я]|^[346]\w|[а-я]{2}\d$", word):
        candidates.clear()
    return any(candidate.isalpha() and len(candidate) > 2 and lists.is_word(candidate) for candidate in candidates)
