"""Bytes of a file -> its text, whatever wrote them and whatever happened to them on the way."""

from __future__ import annotations

_UNREADABLE = "\ufffd"
# What part of the non-ASCII characters of a UTF-8 file may be broken; of Windows-1251 read so, nearly all are.
_BROKEN = 0.01
# JSON is UTF-8 by its standard, and a line is too short to be measured in hundredths.
_BROKEN_IN_LINE = 0.5


def decode(content: bytes) -> str:
    """Read UTF-8 (with or without a mark), else UTF-16 by its mark, else Windows-1251.

    A broken byte or two do not make another encoding of a UTF-8 file: they become U+FFFD.

    >>> decode("Яма".encode("cp1251")), decode("Яма".encode("utf-8-sig"))
    ('Яма', 'Яма')
    >>> decode("Яма на дороге. ".encode() * 20 + b"\\xff").count("\\ufffd")
    1
    """
    return _decode(content, _BROKEN)


def decode_line(content: bytes) -> str:
    """The same for one line of JSON.

    >>> decode_line("Яма".encode() + b"\\xff")
    'Яма\ufffd'
    """
    return _decode(content, _BROKEN_IN_LINE)


def _decode(content: bytes, broken: float) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("utf-8-sig", "replace")
    strange = sum(not character.isascii() for character in text)
    return text if text.count(_UNREADABLE) < broken * strange else content.decode("cp1251", "replace")
