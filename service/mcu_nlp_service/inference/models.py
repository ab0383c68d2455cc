"""Which model answers: one active pool of workers; calls begun with a model are ended with it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from anyio import to_thread

from mcu_nlp import McuNlpError, Message
from mcu_nlp_service.inference.catalogue import Catalogue
from mcu_nlp_service.inference.lane import ModelSource
from mcu_nlp_service.inference.pool import Pool, TooSlowError, WorkerLostError
from mcu_nlp_service.inference.self_test import SelfTestError, self_test
from mcu_nlp_service.inference.shadow import Shadow
from mcu_nlp_service.inference.snapshot import sweep
from mcu_nlp_service.inference.worker import Facts, ModelFacts
from mcu_nlp_service.problems import RefusalError
from mcu_nlp_service.seeing.audit import record
from mcu_nlp_service.seeing.metrics import Metrics
from mcu_nlp_service.settings import Settings
from mcu_nlp_service.storage import Database
from mcu_nlp_service.storage.tables import Setting

logger = logging.getLogger("mcu_nlp_service")

_T = TypeVar("_T")
_REMEMBERED = "active_model"
# Calls that have looked up the model but not yet asked it anything come within this time.
_GRACE_SECONDS = 1.0


@dataclass
class Loaded:
    """A model at work; ``name`` is that of its folder."""

    source: ModelSource
    facts: ModelFacts
    pool: Pool
    name: str
    users: int = 0
    left: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, work: Callable[..., _T], *arguments: Any) -> _T:
        """Do a piece of work in a process. Raises ``RefusalError``: ``analysis_timeout``, ``worker_lost``."""
        try:
            return await self.pool.run(work, *arguments)
        except TooSlowError:
            raise RefusalError("analysis_timeout") from None
        except WorkerLostError:
            raise RefusalError("worker_lost") from None


class Models:
    """Starts, changes and ends the active model and the one that answers in its shadow."""

    def __init__(self, settings: Settings, database: Database, metrics: Metrics) -> None:
        self.settings, self.database, self.metrics = settings, database, metrics
        self.catalogue = Catalogue(settings)
        self.previous: str | None = None
        self.shadow: Shadow | None = None
        self._active: Loaded | None = None
        self._changing = asyncio.Lock()
        self._ending: set[asyncio.Task[None]] = set()
        metrics.watch("mcu_nlp_pool_processes", "Processes that live and have a model", lambda: self._of_pool("alive"))
        metrics.watch(
            "mcu_nlp_pool_waiting", "Pieces of work that wait for a process", lambda: self._of_pool("waiting")
        )
        metrics.watch("mcu_nlp_pool_restarts", "Processes lost and replaced", lambda: self._of_pool("restarts"))

    async def start(self) -> None:
        """Load the model that was active last, or the one to begin with. Raises what loading that raises."""
        await to_thread.run_sync(sweep)
        remembered = await to_thread.run_sync(self._remembered)
        first = self.catalogue.first_name
        # A model that was set anew since then is what the operator wants now.
        if remembered.get("configured") == self._configured and remembered.get("name") not in (None, first):
            try:
                self._active = await self._load(remembered["name"])
            except RefusalError as refusal:
                logger.warning("the model activated last cannot be used (%s); the configured one answers", refusal.code)
        if self._active is None:
            self._active = await self._begin(first)
        elif remembered.get("previous"):
            self.previous = remembered["previous"]
        self.metrics.tell_model(self._active.facts)

    @property
    def active(self) -> Loaded:
        """The model that answers now. Raises ``RefusalError``: ``not_ready``."""
        if self._active is None:
            raise RefusalError("not_ready")
        return self._active

    @contextmanager
    def use(self) -> Iterator[Loaded]:
        """The active model for the length of a call: it is not ended before. Raises as ``active``."""
        model = self.active
        model.users += 1
        try:
            yield model
        finally:
            model.users -= 1
            if not model.users:
                model.left.set()

    def is_ready(self) -> bool:
        """Whether the active model's processes all live."""
        return self._active is not None and self._active.pool.is_ready()

    async def run(self, work: Callable[..., _T], *arguments: Any) -> _T:
        """Do a piece of work with the active model."""
        with self.use() as model:
            return await model.run(work, *arguments)

    async def activate(self, name: str, who: str | None = None) -> Loaded:
        """Let another model answer; the old one serves until the new one has passed its test.

        ``who`` is told in the audit log. Raises ``RefusalError``: ``model_unknown``, ``model_refused`` (the old one
        goes on).
        """
        async with self._changing:
            return await self._activate(name, who, "model_activated")

    async def roll_back(self, who: str | None = None) -> Loaded:
        """Activate the model that answered before. Raises ``RefusalError``: ``model_no_previous``, and as above."""
        async with self._changing:
            if self.previous is None:
                raise RefusalError("model_no_previous")
            return await self._activate(self.previous, who, "model_rolled_back")

    async def set_shadow(self, name: str | None) -> None:
        """Let another model answer in the background, or none. Raises as ``activate`` does."""
        async with self._changing:
            new = None if name is None else await self._load(name, processes=1)
            old, self.shadow = self.shadow, None
            if new is not None:
                self.shadow = Shadow(new.name, new.source, new.pool, new.facts, self.metrics)
            self.metrics.tell_shadow(new.facts if new else None)
            if old is not None:
                await old.close()

    def compare(self, messages: Sequence[Message], answers: Sequence[Facts]) -> None:
        """Let the shadow model, where there is one, answer too."""
        if self.shadow is not None:
            self.shadow.offer(messages, answers, self.settings.shadow_share)

    async def close(self) -> None:
        """End all processes at once: nobody waits for their answers any more."""
        for ending in self._ending:
            ending.cancel()
        shadow, self.shadow = self.shadow, None
        active, self._active = self._active, None
        closings = [*self._ending, *([shadow.close()] if shadow else ())]
        closings += [active.pool.close(abandon=True)] if active else ()
        for ended in await asyncio.gather(*closings, return_exceptions=True):
            if isinstance(ended, Exception):
                logger.error("a model was not ended in order: %s", type(ended).__name__)

    def _of_pool(self, what: str) -> float:
        return float(getattr(self._active.pool, what)) if self._active is not None else 0.0

    @property
    def _configured(self) -> str:
        return str(self.settings.model or "")

    async def _activate(self, name: str, who: str | None, action: str) -> Loaded:
        old, new = self.active, await self._load(name)
        # A model that is loaded anew has the same one before it as it had.
        previous = self.previous if name == old.name else old.name
        try:
            version = new.facts.version
            await to_thread.run_sync(lambda: self._remember(name, previous, who, action, version))
        except BaseException:
            await new.pool.close(abandon=True)
            raise
        self._active, self.previous = new, previous
        self.metrics.tell_model(new.facts)
        self.metrics.changes.labels("activated").inc()
        task = asyncio.create_task(self._end(old))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
        return new

    async def _end(self, model: Loaded) -> None:
        """End a model when the last of its calls has; when the service ends, at once."""
        abandon = True
        try:
            await asyncio.sleep(_GRACE_SECONDS)
            while model.users:
                model.left.clear()
                await model.left.wait()
            abandon = False
        finally:
            await model.pool.close(abandon)

    async def _begin(self, name: str, processes: int | None = None) -> Loaded:
        folder = await to_thread.run_sync(self.catalogue.find, name)
        source = ModelSource(folder, self.settings.routing, self.settings.max_text)
        pool = Pool(source, processes or self.settings.processes, self.settings.analysis_seconds)
        return Loaded(source, await pool.start(), pool, name)

    async def _load(self, name: str, processes: int | None = None) -> Loaded:
        """Load and test a model; whatever is wrong with it is a refusal with its reason."""
        try:
            model = await self._begin(name, processes)
        except McuNlpError as error:
            raise RefusalError("model_refused", error.russian) from None
        except (RuntimeError, OSError) as error:
            logger.warning("a model was refused: %s", type(error).__name__)
            raise RefusalError("model_refused") from None
        try:
            await self_test(model.pool, model.facts)
        except BaseException as error:
            await model.pool.close(abandon=True)
            if isinstance(error, Exception):
                told = str(error) if isinstance(error, SelfTestError) else ""
                raise RefusalError("model_refused", told) from None
            raise
        return model

    def _remembered(self) -> dict[str, Any]:
        with self.database.read() as session:
            kept = session.get(Setting, _REMEMBERED)
            return dict(kept.value) if kept else {}

    def _remember(self, name: str, previous: str | None, who: str | None, action: str, version: str) -> None:
        """Write down the change and who wanted it: both or neither."""
        value = {"name": name, "previous": previous, "configured": self._configured}
        with self.database.write() as session:
            session.merge(Setting(name=_REMEMBERED, value=value))
            record(session, who, action, name, version=version)
