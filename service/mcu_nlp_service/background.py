"""What runs beside the requests as long as the service does."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from mcu_nlp_service.seeing.log import told_of

logger = logging.getLogger("mcu_nlp_service")


class Background:
    """Loops that nobody waits for; ``ended`` names those that stopped though the service goes on."""

    def __init__(self) -> None:
        self.ended: list[str] = []

    async def keep(self, name: str, loop: Callable[[], Awaitable[None]]) -> None:
        """Run a loop until it is cancelled; whatever else ends it is logged, and does not end the others."""
        try:
            await loop()
        except Exception as error:
            logger.error("%s ended", name, extra=told_of(error))
        self.ended.append(name)
