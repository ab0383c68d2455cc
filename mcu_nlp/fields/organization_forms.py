"""The normal form of an organisation: one for all its spellings, cases and quotes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mcu_nlp.fields.address_numbers import read_number
from mcu_nlp.fields.lexicon import WordSet, lexicon
from mcu_nlp.fields.organization_bodies import Hit, is_adjective
from mcu_nlp.fields.words import QUOTES, Words
from mcu_nlp.text.morph import grammemes, is_known, lemma

_FULL_FORMS: Mapping[str, str] = {"ооо": "ООО", "оао": "АО", "зао": "АО", "пао": "АО"}
_PLACE_HEADS = WordSet("organization_words", "place_heads")
_EXPANDED: Mapping[str, str] = {
    "г": "города",
    "обл": "области",
    "р-на": "района",
    "пос": "поселка",
    "с": "села",
    "п": "поселка",
}
_ORDINALS = ("перв", "втор", "трет", "четверт", "пят", "шест", "седьм", "восьм", "девят", "десят")
_LONGEST_ABBREVIATION = 5
_NUMBER = re.compile(r"[№#N] ?(?=\d)")
_ENDINGS = {"femn": {"ий": "ая", "ый": "ая", "ой": "ая"}, "neut": {"ий": "ое", "ый": "ое", "ой": "ое"}}
_SOFT = {"femn": "няя", "neut": "нее"}


def normal_form(words: Words, hit: Hit) -> str:
    """One form for all spellings: known words by their list, types in the nominative, names in «».

    >>> from mcu_nlp.text.document import Document
    >>> words = Words(Document.of('в управляющей компании "Уют"'))
    >>> normal_form(words, Hit(1, 6, "legal"))
    'УК «Уют»'
    """
    if hit.section in ("named", "phrase"):
        return _known(words, hit)
    if hit.section == "body":
        return _body(words, hit)
    if hit.section == "institution":
        return _institution(words, hit.first, hit.stop)
    if hit.section in ("council", "source"):
        noun = lemma(words.tokens[hit.stop - 1].lower)
        name = _agreeing(words, hit.first, hit.stop - 1, of=noun) + noun
        return name[:1].upper() + name[1:]
    return _firm(words, hit)


def _known(words: Words, hit: Hit) -> str:
    names = lexicon("organization_names")
    if hit.section == "phrase":
        length = hit.stop - hit.first
        return names["phrase"]["_".join(words.low[hit.first : hit.first + length])]
    at = next(i for i in range(hit.first, hit.stop) if words.low[i] in names["named"])
    form = names["named"][words.low[at]]
    if at == hit.first:
        return form
    feminine = words.low[at - 1].endswith(("ая", "ой", "ую"))
    if words.low[at - 1].endswith(("ие", "их", "ым", "ими")):
        return f"{words.text(at - 1, at)} {form}"
    return _agreed(lemma(words.tokens[at - 1].lower), "femn" if feminine else "masc").capitalize() + f" {form}"


def _body(words: Words, hit: Hit) -> str:
    """«комитете ЖКХ г.Ольховска» -> «комитет ЖКХ города Ольховска»: what follows the head keeps its case."""
    bodies = lexicon("organization_words")["body"]
    head = next((i for i in range(hit.first, hit.stop) if words.low[i] in bodies), None)
    if head is None:
        return _firm(words, hit)
    title = bodies[words.low[head]]
    rest = " ".join(_complement_words(words, head + 1, hit.stop)).replace(" ,", ",")
    return f"{_agreeing(words, hit.first, head, of=title)}{title} {rest}".strip()


def _complement_words(words: Words, i: int, stop: int) -> list[str]:
    found = []
    while i < stop:
        quoted = min(words.quoted(i), stop)
        if quoted > i:
            found.append(f"«{_title(words.text(i + 1, quoted - 1))}»")
            i = quoted
            continue
        low, after = words.low[i], words.word(i + 1)
        if low.startswith("российск") and after == "федерации":
            found.append("РФ")
            i += 2
            continue
        if low == "с" and after == "/":
            found.append("сельсовета")
            i += 3
            continue
        if low in _EXPANDED and (after == "." or words.has_capital(i + 1) or low == "р-на"):
            found.append(_EXPANDED[low])
            i += 2 if after == "." else 1
            continue
        if low != ".":
            found.append(_cased(words, i))
        i += 1
    return found


def _cased(words: Words, i: int) -> str:
    """A word of a body's name with the capital that a place or an abbreviation has."""
    written, low = words.tokens[i].text, words.low[i]
    if low in lexicon("organization_words")["legal"]:
        return _FULL_FORMS.get(low, written.upper())
    if low in lexicon("organization_words")["abbreviated_matters"] or (
        written.isupper() and len(low) <= _LONGEST_ABBREVIATION and not is_known(written.lower())
    ):
        return written.upper()
    before = words.word(i - 2) if words.word(i - 1) == "." else words.word(i - 1)
    placed = (before in _PLACE_HEADS or words.word(i + 1) in _PLACE_HEADS) and low not in _PLACE_HEADS
    if words.has_capital(i) and (placed or "Geox" in grammemes(written.lower())):
        return written.capitalize() if written.isupper() else written
    return written.lower()


def _institution(words: Words, first: int, stop: int) -> str:
    """«5 поликлинику», «поликлинике номер 5» -> «поликлиника № 5»."""
    known = lexicon("organization_words")["institution"]
    head = next(i for i in range(first, stop) if words.low[i] in known)
    noun = lemma(words.tokens[head].lower)
    title = {"садик": "сад", "детсад": "детский сад", "сош": "школа"}.get(noun, noun)
    if words.low[head].isascii() or (words.tokens[head].text.isupper() and not is_known(noun)):
        title = noun.upper()
    number = _ordinal(words, first)
    begin = first + (number is not None) + (2 if number and words.word(first + 1) == "-" else 0)
    after = read_number(words, head + 2 if words.word(head + 1) == "." else head + 1)
    if after > head + 1 and after <= stop:
        digits = next(i for i in range(head + 1, after) if words.is_digits(i))
        number = words.text(digits, stop)
    name = f" № {number}" if number else ""
    if not name and stop > head + 1:
        name = " " + " ".join(_complement_words(words, head + 1, stop))
    return _agreeing(words, begin, head, of=title, proper=not number) + title + name


def _ordinal(words: Words, i: int) -> str | None:
    """The number of «5 поликлиника», «3-я больница», «третья больница»."""
    if words.is_digits(i):
        return words.low[i]
    if "Anum" not in words.grammemes(i):
        return None
    return next((str(n) for n, stem in enumerate(_ORDINALS, 1) if words.low[i].startswith(stem)), None)


def _agreeing(words: Words, first: int, head: int, *, of: str = "", proper: bool = False) -> str:
    """The adjectives before a noun, in the nominative and in its gender, with a blank after each."""
    gender = "femn" if of.endswith(("а", "я", "ОШ", "ость")) else "neut" if of.endswith(("о", "е")) else "masc"
    pieces = []
    for i in range(first, head):
        if not words.is_letters(i):
            continue
        low = words.tokens[i].lower
        piece = _agreed(lemma(low), gender) if is_adjective(words, i) else lemma(low)
        named = words.has_capital(i) and not words.tokens[i].text.isupper()
        # «Приозёрная больница»: inside a sentence the capital of an institution is its own.
        named = named and not (is_common(low) and (not proper or words.opens_sentence(i)))
        pieces.append((piece.capitalize() if named else piece) + " ")
    return "".join(pieces)


def is_common(low: str) -> bool:
    """Whether an adjective is a plain word that a capital makes no proper name: «Государственная»."""
    return is_known(low) and not lemma(low).endswith(("ский", "цкий"))


def _agreed(adjective: str, gender: str) -> str:
    """The nominative of an adjective given in the masculine: «жилищный» -> «жилищная»."""
    if gender == "masc" or adjective[-2:] not in _ENDINGS[gender]:
        return adjective
    if adjective.endswith("ний"):
        return adjective[:-3] + _SOFT[gender]
    return adjective[:-2] + _ENDINGS[gender][adjective[-2:]]


def _firm(words: Words, hit: Hit) -> str:
    """Forms in capitals, then the name in «» whether quotes were written or not."""
    known = lexicon("organization_words")
    pieces: list[str] = []
    i = hit.first
    while i < hit.stop:
        low = words.low[i]
        quoted = min(words.quoted(i), hit.stop)
        if quoted > i:
            pieces.append(f"«{_title(words.text(i + 1, quoted - 1))}»")
            i = quoted
        elif low in known["legal"] or low in ("жкх", "сош"):
            pieces.append(_form(words, i))
            i += 2 if low.startswith("управляющ") and words.word(i + 1).startswith("компан") else 1
        elif low in known["institution"]:
            pieces.append(_institution(words, i, hit.stop))
            break
        elif low in QUOTES or low in (".", "»", "-"):
            i += 1
        elif low in known["firm"] and i == hit.first and words.quoted(i + 1) > i + 1:
            pieces.append(lemma(words.tokens[i].lower))
            i += 1
        elif read_number(words, i) > i:
            pieces.append(words.text(i, min(read_number(words, i), hit.stop)))
            i = read_number(words, i)
        else:
            stop = next((at for at in range(i, hit.stop) if words.low[at] in QUOTES or words.low[at] == "»"), hit.stop)
            name = _title(words.text(i, stop))
            pieces.append(f"«{name}»" if hit.section == "legal" and words.low[hit.first] != "ип" else name)
            i = stop
    return " ".join(piece for piece in pieces if piece)


def _form(words: Words, i: int) -> str:
    low = words.low[i]
    if low.startswith("управляющ"):
        return "УК"
    return _FULL_FORMS.get(low, low.upper())


def _title(name: str) -> str:
    """«МОЙ ДОМ», «мой Дом» -> «Мой дом»; unknown and proper words keep their letters."""
    written = _NUMBER.sub("№ ", name.strip(" ,.«»\"`“”‘’'")).replace("ё", "е").replace("Ё", "Е")
    pieces: list[str] = []
    for piece in written.split():
        form = piece.lower() in lexicon("organization_words")["legal"]
        told = _word(piece) if not form else _FULL_FORMS.get(piece.lower(), piece.upper())
        opens = not pieces or pieces[-1].lower() in lexicon("organization_words")["legal"]
        pieces.append(told[:1].upper() + told[1:] if opens else told)
    return " ".join(pieces)


def _word(piece: str) -> str:
    low = piece.lower()
    if not piece.isalpha() or "Abbr" in grammemes(low):
        return piece
    if piece.isupper() and (len(piece) > _LONGEST_ABBREVIATION or is_known(low)) and len(piece) > 2:
        return low.capitalize() if {"Geox", "Name", "Surn"} & grammemes(low) or not is_known(low) else low
    if is_known(low) and not {"Geox", "Name", "Surn", "Abbr"} & grammemes(low):
        return low if len(piece) > 1 else piece
    return piece
