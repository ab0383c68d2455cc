"""Looks at an xlsx before anything reads it: bombs, foreign paths and document types are refused."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from mcu_nlp.errors import InputError

# What an xlsx may unpack to; a real export of 100,000 appeals takes about a tenth of it.
XLSX_LIMIT = 2 << 30
# Elements and attributes; a parser keeps up to 200 bytes of each. A hundred thousand appeals in fifteen columns
# are some 7,500,000.
_MARKS = 8_000_000
# What a reader takes into memory as a tree costs it more than a hundred times its size.
_WHOLE_BYTES = 4_000_000
_WHOLE_MARKS = 60_000
_WHOLE = frozenset({"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"})
# A cell holds 32,767 characters. Longer than they can be written is a tag or a text that a parser chokes on.
_STRETCH = 1 << 19
_STEP = 1 << 16
_MAX_MEMBERS = 10_000
_ENTRY = b"PK\x01\x02"
_LOCAL_HEADER = 30
_ENCRYPTED = 1
_SPACE = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"


def check_xlsx(path: str | Path, limit: int = XLSX_LIMIT) -> None:
    """Unpack every member in small steps and throw it away: at most ``limit`` bytes in all, in bounded time and memory.

    What the archive tells of its members is compared with what they are: later readers may rely on it.
    Raises ``InputError``: ``file_unreadable``, ``file_unsafe``, ``file_too_large``.
    """
    path = Path(path)
    try:
        with path.open("rb") as stream:
            _check(path, stream, limit)
    except (InputError, OSError):
        raise
    except Exception as problem:  # zipfile meets whatever was sent: BadZipFile, zlib.error, struct.error
        raise InputError("file_unreadable", path=path, kind="xlsx", problem=type(problem).__name__) from None


class Parts(zipfile.ZipFile):
    """A checked xlsx. ``read`` gives what becomes a tree in memory, so it gives little, under whatever name."""

    _given = 0

    def read(self, name: str | zipfile.ZipInfo, pwd: bytes | None = None) -> bytes:
        """The content of a small member. Raises ``InputError``: ``file_unsafe``."""
        member = name if isinstance(name, zipfile.ZipInfo) else self.getinfo(name)
        content = super().read(name, pwd) if member.file_size <= _WHOLE_BYTES else b""
        self._given += _marks(content)
        if member.file_size > _WHOLE_BYTES or self._given > _WHOLE_MARKS:
            raise InputError("file_unsafe", path=self.filename, problem=member.filename)
        return content


def _check(path: Path, stream: IO[bytes], limit: int) -> None:
    # Counted before `zipfile` makes an object of each.
    if _occurrences(stream, _ENTRY) > _MAX_MEMBERS:
        raise InputError("file_unsafe", path=path, problem="entries")
    with zipfile.ZipFile(stream) as archive:
        members = archive.infolist()
    size = sum(member.file_size for member in members)
    if size > limit:
        raise InputError("file_too_large", path=path, size=size, limit=limit)
    # Members that lie over one another would be unpacked many times.
    packed = sum(member.compress_size for member in members)
    if packed > path.stat().st_size or any(map(_is_foreign, members)):
        raise InputError("file_unsafe", path=path, problem="entries")
    marks = 0
    for member in members:
        found = _check_member(path, stream, member)
        marks += found
        if member.filename in _WHOLE and (found > _WHOLE_MARKS or member.file_size > _WHOLE_BYTES):
            raise InputError("file_unsafe", path=path, problem=member.filename)
        if marks > _MARKS:
            raise InputError("file_too_large", path=path, size=marks, limit=_MARKS)


def _occurrences(stream: IO[bytes], wanted: bytes) -> int:
    found, tail = 0, b""
    while piece := stream.read(_STEP):
        found += (tail + piece).count(wanted)
        tail = piece[1 - len(wanted) :]
    return found


def _is_foreign(member: zipfile.ZipInfo) -> bool:
    parts = member.filename.replace("\\", "/").split("/")
    return ".." in parts or member.filename.startswith(("/", "\\")) or ":" in parts[0]


def _check_member(path: Path, stream: IO[bytes], member: zipfile.ZipInfo) -> int:
    """How many elements and attributes the member has; nothing but XML has any."""
    size = marks = 0
    markup: _Markup | None = _Markup()
    for piece in _unpacked(path, stream, member):
        size += len(piece)
        if size > member.file_size:
            raise InputError("file_unsafe", path=path, problem="size")
        if markup is not None and not markup.take(piece):
            markup = None
        if markup is not None:
            marks = markup.marks
            if markup.is_hostile:
                raise InputError("file_unsafe", path=path, problem="markup")
            if marks > _MARKS:
                raise InputError("file_too_large", path=path, size=marks, limit=_MARKS)
    if size != member.file_size:
        raise InputError("file_unreadable", path=path, kind="xlsx", problem="size")
    return marks


def _unpacked(path: Path, stream: IO[bytes], member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The member's bytes, no more than a step at once: ``zipfile`` itself would believe the told size."""
    if member.flag_bits & _ENCRYPTED:
        raise InputError("file_unreadable", path=path, kind="xlsx", problem="encrypted")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InputError("file_unsafe", path=path, problem="compression")
    stream.seek(member.header_offset)
    header = stream.read(_LOCAL_HEADER)
    stream.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    left = member.compress_size
    inflate = zlib.decompressobj(-zlib.MAX_WBITS) if member.compress_type == zipfile.ZIP_DEFLATED else None
    while left > 0 and (piece := stream.read(min(_STEP, left))):
        left -= len(piece)
        if inflate is None:
            yield piece
            continue
        while piece:
            yield inflate.decompress(piece, _STEP)
            piece = inflate.unconsumed_tail
        # What stands after the end is read by nobody: it is there to be copied about.
        if inflate.eof and (left or inflate.unused_data):
            raise InputError("file_unsafe", path=path, problem="size")
    if inflate is not None:
        yield inflate.flush()


class _Markup:
    """Counts what XML in pieces is made of, and looks for what makes parsers slow: all of it is plain in the bytes."""

    def __init__(self) -> None:
        self.marks = 0
        self.is_hostile = False
        self._begun = False
        self._since = 0  # bytes since the last tag began
        self._tail = b""

    def take(self, piece: bytes) -> bool:
        """Look at the next piece; ``False`` when this is no XML at all."""
        if not self._begun and (head := piece.lstrip(_SPACE)):
            if not head.startswith(b"<"):
                return False
            self._begun = True
            # UTF-16 would hide what is looked for; spreadsheets are UTF-8.
            self.is_hostile |= b"\0" in piece[:4]
        seen = self._tail + piece
        self.marks += _marks(piece)
        first, last = piece.find(b"<"), piece.rfind(b"<")
        self.is_hostile |= (
            self._since + (first if first >= 0 else len(piece)) > _STRETCH
            # Spreadsheets have no document type: one is an attack. Neither have they long remarks.
            or b"<!D" in seen
            or seen.rfind(b"<!--") > seen.rfind(b"-->")
            or seen.rfind(b"<?") > seen.rfind(b"?>")
        )
        self._since = len(piece) - last - 1 if last >= 0 else self._since + len(piece)
        self._tail = seen[-3:]
        return True


def _marks(piece: bytes) -> int:
    return piece.count(b"<") - piece.count(b"</") + piece.count(b"=")
