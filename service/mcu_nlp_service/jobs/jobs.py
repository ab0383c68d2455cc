"""The parts of the jobs, made together."""

from __future__ import annotations

from mcu_nlp_service.inference.models import Models
from mcu_nlp_service.jobs.files import JobFiles
from mcu_nlp_service.jobs.runner import JobRunner
from mcu_nlp_service.jobs.store import JobStore
from mcu_nlp_service.learning.analyses import Analyses
from mcu_nlp_service.seeing.metrics import Metrics
from mcu_nlp_service.settings import Settings
from mcu_nlp_service.storage import Database


class Jobs:
    """``store`` knows the jobs, ``files`` holds what belongs to them, ``runner`` works on them."""

    def __init__(
        self, settings: Settings, database: Database, models: Models, metrics: Metrics, analyses: Analyses
    ) -> None:
        self.store = JobStore(database, settings.job_days)
        self.files = JobFiles(settings.state)
        self.runner = JobRunner(settings, self.store, self.files, models, metrics, analyses)
