"""Looks at an xlsx before anything reads it: bombs, foreign paths and document types are refused."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.parsers import expat

from mcu_nlp_service.problems import RefusalError

_STEP = 1 << 16
_MAX_MEMBERS = 10_000
_LOCAL_HEADER = 30
_ENCRYPTED = 1


class _DoctypeError(Exception):
    pass


class _ElementError(Exception):
    pass


def check_archive(path: Path, limit: int) -> None:
    """Unpack every member in small steps and throw it away; at most ``limit`` bytes in all.

    The sizes that the archive tells are compared with the true ones: later readers may rely on them.
    Raises ``RefusalError``: ``file_unreadable``, ``file_unsafe``, ``file_too_large``.
    """
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as stream:
            members = archive.infolist()
            if sum(member.file_size for member in members) > limit:
                raise RefusalError("file_too_large", limit=limit)
            if len(members) > _MAX_MEMBERS or any(map(_is_foreign, members)):
                raise RefusalError("file_unsafe")
            for member in members:
                _check_member(stream, member)
    except RefusalError:
        raise
    except Exception:  # zipfile meets whatever was sent: BadZipFile, zlib.error, struct.error, NotImplementedError
        raise RefusalError("file_unreadable") from None


def _is_foreign(member: zipfile.ZipInfo) -> bool:
    parts = member.filename.replace("\\", "/").split("/")
    return ".." in parts or member.filename.startswith(("/", "\\")) or ":" in parts[0]


def _check_member(stream: IO[bytes], member: zipfile.ZipInfo) -> None:
    size = 0
    prolog: expat.XMLParserType | None = _prolog_parser()
    for piece in _unpacked(stream, member):
        size += len(piece)
        if size > member.file_size:
            raise RefusalError("file_unsafe")
        if prolog is not None and not _looks_on(prolog, piece):
            prolog = None
    if size != member.file_size:
        raise RefusalError("file_unreadable")


def _unpacked(stream: IO[bytes], member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The member's bytes, no more than a step at once: ``zipfile`` itself would believe the told size."""
    if member.flag_bits & _ENCRYPTED:
        raise RefusalError("file_unreadable")
    stream.seek(member.header_offset)
    header = stream.read(_LOCAL_HEADER)
    stream.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    left = member.compress_size
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise RefusalError("file_unsafe")
    inflate = zlib.decompressobj(-zlib.MAX_WBITS) if member.compress_type == zipfile.ZIP_DEFLATED else None
    while left > 0 and (piece := stream.read(min(_STEP, left))):
        left -= len(piece)
        if inflate is None:
            yield piece
            continue
        while piece:
            yield inflate.decompress(piece, _STEP)
            piece = inflate.unconsumed_tail
    if inflate is not None:
        yield inflate.flush()


def _prolog_parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise _DoctypeError

    def end(*_: object) -> None:
        raise _ElementError

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = end
    return parser


def _looks_on(parser: expat.XMLParserType, piece: bytes) -> bool:
    """Whether the first element has not come yet. Spreadsheets have no document type: one is an attack."""
    try:
        parser.Parse(piece, False)
    except _DoctypeError:
        raise RefusalError("file_unsafe") from None
    except (_ElementError, expat.ExpatError):
        return False
    return True
