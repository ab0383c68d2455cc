"""A second model that answers in the background what the active one was asked; only differences are counted."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Sequence

from mcu_nlp import Message
from mcu_nlp_service.inference import worker
from mcu_nlp_service.inference.lane import ModelSource
from mcu_nlp_service.inference.pool import Pool
from mcu_nlp_service.inference.worker import Answer, Facts, ModelFacts
from mcu_nlp_service.seeing.metrics import Metrics

logger = logging.getLogger("mcu_nlp_service")

# Appeals that may wait for the second model; more are not compared.
ROOM = 64
DECISIONS = ("category", "topic", "department", "kind", "level")


class Shadow:
    """One process with the second model, and a short line of appeals before it."""

    def __init__(self, name: str, source: ModelSource, pool: Pool, facts: ModelFacts, metrics: Metrics) -> None:
        self.name, self.source, self.pool, self.facts, self.metrics = name, source, pool, facts, metrics
        self._waiting: asyncio.Queue[tuple[Message, Facts]] = asyncio.Queue(ROOM)
        self._comparing = asyncio.create_task(self._compare_all())

    def offer(self, messages: Sequence[Message], answers: Sequence[Facts], share: float) -> None:
        """Have a share of the calls compared; they are dropped when the second model does not keep up."""
        if random.random() >= share:  # noqa: S311 - a sample, not a secret
            return
        for pair in zip(messages, answers, strict=True):
            try:
                self._waiting.put_nowait(pair)
            except asyncio.QueueFull:
                self.metrics.shadow_dropped.inc()

    async def drain(self) -> None:
        """Wait until everything that was taken in is compared."""
        await self._waiting.join()

    async def close(self) -> None:
        """Forget what waits and end the process."""
        self._comparing.cancel()
        await asyncio.wait((self._comparing,))
        await self.pool.close(abandon=True)

    async def _compare_all(self) -> None:
        while True:
            message, facts = await self._waiting.get()
            try:
                (second,) = await self.pool.run(worker.analyze, [message], False, False)
                self._compare(facts, second)
            except Exception as error:  # whatever is wrong with one appeal, the next one is compared
                logger.warning("the shadow model failed: %s", type(error).__name__)
                self.metrics.shadow_failed.inc()
            finally:
                self._waiting.task_done()

    def _compare(self, first: Facts, second: object) -> None:
        if not isinstance(second, Answer):
            self.metrics.shadow_failed.inc()
            return
        self.metrics.shadow_compared.inc()
        for decision in DECISIONS:
            if getattr(first, decision) != getattr(second.facts, decision):
                self.metrics.shadow_differed.labels(decision).inc()
