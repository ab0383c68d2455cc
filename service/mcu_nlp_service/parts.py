"""The parts of a running service, made once and handed to whoever needs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from mcu_nlp_service.access.entrance import Entrance
from mcu_nlp_service.background import Background
from mcu_nlp_service.inference.admission import Admission
from mcu_nlp_service.inference.models import Models
from mcu_nlp_service.jobs import Jobs
from mcu_nlp_service.learning.analyses import Analyses
from mcu_nlp_service.seeing.audit import Audit
from mcu_nlp_service.seeing.metrics import Metrics
from mcu_nlp_service.settings import Settings
from mcu_nlp_service.storage import Database


@dataclass(frozen=True)
class Parts:
    """Everything that lives as long as the app."""

    settings: Settings
    database: Database
    models: Models
    admission: Admission
    metrics: Metrics
    analyses: Analyses
    audit: Audit
    background: Background
    entrance: Entrance
    jobs: Jobs


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


PartsDep = Annotated[Parts, Depends(_parts)]
