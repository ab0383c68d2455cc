"""A file that comes in for a job: on the disk, within limits, and looked at before anything reads it."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import IO, Any

from anyio import CapacityLimiter, to_thread
from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import FormData, UploadFile

from mcu_nlp import InputError, check_xlsx, sync_folder
from mcu_nlp_service.jobs.faults import storage_fault
from mcu_nlp_service.jobs.files import JobFiles
from mcu_nlp_service.problems import RefusalError
from mcu_nlp_service.settings import Settings
from mcu_nlp_service.storage.tables import Job

SUFFIXES = (".csv", ".xlsx", ".jsonl")
_FILE = "file"
_MAX_FIELDS = 16
_MAX_FIELD = 4_096
_NAME = 200
_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_STEP = 1 << 20
# Looking through an archive takes seconds: uploads may not take every thread of the service with it.
_looks = CapacityLimiter(2)


class JobOptions(BaseModel):
    """The fields of the form beside the file."""

    # A misspelt `mask` must not pass unseen.
    model_config = ConfigDict(extra="forbid")

    text: str | None = Field(None, min_length=1, max_length=_NAME, description="header of the column of texts")
    id: str | None = Field(None, min_length=1, max_length=_NAME, description="header of the column of numbers")
    mask: bool = Field(False, description="replace personal data by placeholders")
    explain: bool = Field(False, description="tell the words that decided")
    queue: bool = Field(False, description="put doubtful appeals into the queue of reviews")


async def receive_job(request: Request, files: JobFiles, settings: Settings) -> Job:
    """Store the form's file and describe its job; nothing is left of a file that is refused."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "multipart/form-data":
        raise RefusalError("form_expected")
    try:
        async with request.form(max_files=1, max_fields=_MAX_FIELDS, max_part_size=_MAX_FIELD) as form:
            upload, options = _parse(form)
            return await to_thread.run_sync(_store, upload, options, files, settings, limiter=_looks)
    except OSError as error:
        raise RefusalError(storage_fault(error)) from None


def _parse(form: FormData) -> tuple[UploadFile, JobOptions]:
    upload = form.get(_FILE)
    if not isinstance(upload, UploadFile) or not upload.filename:
        raise RefusalError("file_missing")
    fields = [(name, value) for name, value in form.multi_items() if name != _FILE]
    if len(dict(fields)) < len(fields) or len(form.getlist(_FILE)) != 1:
        raise RefusalError.of(InputError("request_invalid", problem="a field comes twice"))
    try:
        return upload, JobOptions.model_validate(dict(fields))
    except ValidationError as error:
        faults = [(str(fault["loc"][0]), fault["type"]) for fault in error.errors()]
        # Names that are not ours may hold anything: they are not repeated.
        told = [{"pointer": f"/{n}" if n in JobOptions.model_fields else "/?", "fault": kind} for n, kind in faults]
        problem = f"{told[0]['pointer']}: {told[0]['fault']}"
        raise RefusalError.of(InputError("request_invalid", problem=problem), errors=told) from None


def _store(upload: UploadFile, options: JobOptions, files: JobFiles, settings: Settings) -> Job:
    filename = _shown(upload.filename or "")
    suffix = Path(filename).suffix.lower()
    if suffix not in SUFFIXES:
        raise RefusalError("file_type")
    job_id = files.create()
    try:
        target = files.input(job_id, suffix)
        content = _write(upload.file, target)
        if suffix == ".xlsx":
            _check(target, settings.max_unpacked)
        sync_folder(target.parent)
        sync_folder(files.root)
    except BaseException:
        files.remove(job_id)
        raise
    chosen: dict[str, Any] = {**options.model_dump(), "suffix": suffix}
    request_hash = hashlib.sha256(f"{content} {sorted(chosen.items())}".encode()).hexdigest()
    return Job(id=job_id, filename=filename, options=chosen, request_hash=request_hash)


def _check(target: Path, limit: int) -> None:
    try:
        check_xlsx(target, limit)
    except InputError as error:  # its own words name a path of the service
        raise RefusalError(error.code) from None


def _shown(sent: str) -> str:
    """The name without folders and without what no name needs.

    >>> _shown("C:\\\\Выгрузки\\\\март.xlsx")
    'март.xlsx'
    """
    name = _NOT_IN_NAMES.sub("", re.split(r"[/\\]", sent)[-1])
    return name if len(name) <= _NAME else name[:80] + "…" + name[-80:]


def _write(source: IO[bytes], target: Path) -> str:
    """Copy to the disk and return the SHA-256 of what was written."""
    found = hashlib.sha256()
    with target.open("xb") as stream:
        while piece := source.read(_STEP):
            found.update(piece)
            stream.write(piece)
        stream.flush()
        os.fsync(stream.fileno())
    return found.hexdigest()
