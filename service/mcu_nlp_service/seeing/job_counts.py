"""How many jobs there are, by state: asked of the database now and then, and not whenever metrics are read."""

from __future__ import annotations

import asyncio
import logging

from anyio import to_thread
from sqlalchemy import func, select

from mcu_nlp_service.seeing.metrics import Metrics
from mcu_nlp_service.storage import Database
from mcu_nlp_service.storage.failures import reason
from mcu_nlp_service.storage.tables import Job

logger = logging.getLogger("mcu_nlp_service")

_EVERY_SECONDS = 15
_STATES = ("queued", "running", "done", "failed", "cancelled")


class JobCounts:
    """Keeps the metric ``mcu_nlp_jobs`` up to date."""

    def __init__(self, database: Database, metrics: Metrics) -> None:
        self.database, self.metrics = database, metrics

    async def run(self) -> None:
        """Count, now and again, until cancelled."""
        while True:
            try:
                found = await to_thread.run_sync(self.count)
            except Exception as error:  # the database may come back before the next turn
                logger.error("jobs could not be counted: %s", reason(error))
            else:
                for state in _STATES:
                    self.metrics.jobs.labels(state).set(found.get(state, 0))
            await asyncio.sleep(_EVERY_SECONDS)

    def count(self) -> dict[str, int]:
        """Jobs by state."""
        with self.database.read() as session:
            found = session.execute(select(Job.state, func.count()).group_by(Job.state))
            return {row[0]: row[1] for row in found}
