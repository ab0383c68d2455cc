"""Whether a key is needed here, and who shows one."""

from __future__ import annotations

import logging

from anyio import to_thread
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import HTTPConnection

from mcu_nlp import ConfigError
from mcu_nlp_service.access.keys import Keys, split
from mcu_nlp_service.access.origin import is_loopback
from mcu_nlp_service.access.rate import Rate
from mcu_nlp_service.access.roles import Caller
from mcu_nlp_service.access.sessions import COOKIE, Ended, Session, Sessions
from mcu_nlp_service.problems import RefusalError
from mcu_nlp_service.settings import Settings
from mcu_nlp_service.storage import Database
from mcu_nlp_service.storage.secrets import SESSIONS, own_secret

logger = logging.getLogger("mcu_nlp_service")

_SCHEME = "bearer"
# A person who mistypes a key needs a few tries a minute; a program that tries keys needs more.
_WRONG_KEYS = "20/minute"


class Entrance:
    """Answers who calls; ``host`` is the address that the service listens on.

    Raises ``ConfigError`` when it should be open beyond this machine.
    """

    def __init__(self, settings: Settings, database: Database, host: str) -> None:
        if settings.access == "open" and not is_loopback(host):
            raise ConfigError("access_open_beyond", host=host)
        self.is_open = settings.access == "open" or (settings.access == "auto" and is_loopback(host))
        self.keys = Keys(database)
        self.ended = Ended(database)
        self.rate = Rate(settings.rate)
        self.wrong_keys = Rate(_WRONG_KEYS)
        self._database = database
        self._sessions: Sessions | None = None

    @property
    def sessions(self) -> Sessions:
        """The sessions of pages. Raises ``RefusalError``: ``not_ready``."""
        if self._sessions is None:
            raise RefusalError("not_ready")
        return self._sessions

    def start(self) -> None:
        """Read what is kept in the database, and say aloud who may call."""
        self._sessions = Sessions(own_secret(self._database, SESSIONS))
        if self.is_open:
            logger.warning(
                "Доступ без ключей: сервис отвечает любой программе этого компьютера. Ключи: MCU_NLP_ACCESS=keys."
            )
        elif not self.keys.any():
            logger.warning(
                "Доступ по ключам, но ни одного ключа нет: mcu-nlp keys create --name ИМЯ --role client|operator|admin"
            )

    def session(self, request: HTTPConnection) -> Session | None:
        """The session of this browser, whether or not it was ended. Raises ``RefusalError``: ``not_ready``."""
        cookie = request.cookies.get(COOKIE)
        return self.sessions.read(cookie) if cookie else None

    async def caller(self, request: HTTPConnection, address: str) -> Caller | None:
        """Who calls; ``None`` when nothing is shown.

        Raises ``RefusalError``: ``key_unknown``, ``not_ready``; ``rate_limited`` when too much came from ``address``.
        """
        given = request.headers.get("authorization")
        if given is None:
            session = self.session(request)
            return await self._holder(session) if session else None
        scheme, _, key = given.partition(" ")
        key_id, _ = split(key.strip())
        if key_id and not self.keys.knows(key_id):
            self.rate.check(address)  # whoever tries keys does not keep the database busy
        caller = await self.check(key.strip()) if scheme.lower() == _SCHEME else None
        if caller is None:
            raise RefusalError("key_unknown")
        return caller

    async def check(self, key: str) -> Caller | None:
        """Who shows this key, off the event loop where the database must be asked."""
        key_id, _ = split(key)
        try:
            if not key_id or self.keys.is_fresh(key_id):
                return self.keys.check(key)
            return await to_thread.run_sync(self.keys.check, key)
        except SQLAlchemyError as error:
            raise RefusalError("not_ready") from error

    async def _holder(self, session: Session) -> Caller | None:
        """Whose session this is, if it was not ended and its key still works."""

        def find() -> Caller | None:
            return None if self.ended.has(session) else self.keys.holder(session.key_id)

        try:
            if self.ended.is_fresh() and self.keys.is_fresh(session.key_id):
                return find()
            return await to_thread.run_sync(find)
        except SQLAlchemyError as error:
            raise RefusalError("not_ready") from error
