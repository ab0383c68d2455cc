"""Where a job's files are. A file under its final name is whole and on the disk."""

from __future__ import annotations

import shutil
import time
from collections.abc import Collection, Iterable
from pathlib import Path
from uuid import uuid4

from mcu_nlp import sync_folder

FORMATS = ("jsonl", "csv", "xlsx")
# A folder without a row in the database may belong to an upload that is still coming in.
_UPLOAD_SECONDS = 6 * 3600


class JobFiles:
    """A folder a job under ``state/jobs``; only the service's user can read them."""

    def __init__(self, state: Path) -> None:
        self.root = state / "jobs"

    def create(self) -> str:
        """Make the folder of a new job and return its id."""
        job_id = uuid4().hex
        self.root.mkdir(parents=True, exist_ok=True)
        self.folder(job_id).mkdir(mode=0o700)
        return job_id

    def folder(self, job_id: str) -> Path:
        """The folder of a job."""
        return self.root / job_id

    def input(self, job_id: str, suffix: str) -> Path:
        """The file as it was sent."""
        return self.folder(job_id) / f"input{suffix}"

    def rows(self, job_id: str) -> Path:
        """The file's records, one a line."""
        return self.folder(job_id) / "rows.jsonl"

    def rules(self, job_id: str, token: int) -> Path:
        """The routing rules as they were when the holder with this token began the job."""
        return self.folder(job_id) / f"routing-{token}.toml"

    def part(self, job_id: str, chunk: int, token: int) -> Path:
        """The result of a chunk, written by the holder with this token."""
        return self.folder(job_id) / f"part-{chunk:06}-{token}.jsonl"

    def result(self, job_id: str, kind: str) -> Path:
        """The finished result in one of ``FORMATS``."""
        return self.folder(job_id) / f"result.{kind}"

    def draft(self, job_id: str, kind: str, token: int) -> Path:
        """A result that is being written."""
        return self.folder(job_id) / f"draft-{token}.{kind}"

    def publish(self, job_id: str, token: int) -> None:
        """Give the drafts their final names, the whole result last."""
        for kind in reversed(FORMATS):
            draft = self.draft(job_id, kind, token)
            if draft.exists():
                draft.replace(self.result(job_id, kind))
        sync_folder(self.folder(job_id))

    def tidy(self, job_id: str) -> None:
        """Remove all but the results: what was sent is not kept longer than needed."""
        for path in self._listed(self.folder(job_id)):
            if not path.name.startswith("result."):
                path.unlink(missing_ok=True)

    def remove(self, job_id: str) -> None:
        """Remove a job's files."""
        shutil.rmtree(self.folder(job_id), ignore_errors=True)

    def sweep(self, known: Collection[str], finished: Collection[str]) -> None:
        """Remove what a kill left behind: folders of no job, and more than the results of finished jobs."""
        oldest = time.time() - _UPLOAD_SECONDS
        for folder in self._listed(self.root):
            if folder.name in finished:
                self.tidy(folder.name)
            elif folder.name not in known and folder.stat().st_mtime < oldest:
                self.remove(folder.name)

    def _listed(self, folder: Path) -> Iterable[Path]:
        return list(folder.iterdir()) if folder.is_dir() else []
