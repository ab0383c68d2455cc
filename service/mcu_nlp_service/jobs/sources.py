"""What a job is decided by: one model and one version of the rules from its first row to its last."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

from mcu_nlp import check_manifest, whole_file
from mcu_nlp_service.inference import ModelSource

# Beside what the manifest vouches for, this file of a model decides too.
_REVIEW = "review.toml"


def freeze(source: ModelSource, rules: Path) -> ModelSource:
    """The same model with a private copy of the rules: the operator may edit theirs while the job runs."""
    if source.routing is None:
        return source
    with whole_file(rules) as draft:
        shutil.copyfile(source.routing, draft)
    return replace(source, routing=rules)


def fingerprint(source: ModelSource) -> str:
    """Other contents of the model's folder or of the rules have another one, wherever they lie.

    Raises ``BundleError`` when the folder is damaged, ``OSError`` when something cannot be read.
    """
    found = hashlib.sha256(json.dumps([check_manifest(source.folder), source.max_text], sort_keys=True).encode())
    for file in (source.folder and source.folder / _REVIEW, source.routing):
        found.update(hashlib.sha256(file.read_bytes() if file else b"").digest())
    return found.hexdigest()
