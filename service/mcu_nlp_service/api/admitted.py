"""Routes that analyse: when there is no place for a request, nothing is spent on reading it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response

from mcu_nlp_service.access.roles import GuardedRoute
from mcu_nlp_service.api.schemas import MOST_ITEMS
from mcu_nlp_service.parts import Parts

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class AdmittedRoute(GuardedRoute):
    """Refuses with ``busy`` before the body is parsed; the handler itself takes the place."""

    def get_route_handler(self) -> Handler:
        """The route's handler behind the check."""
        handle = super().get_route_handler()

        async def check_and_handle(request: Request) -> Response:
            parts: Parts = request.app.state.parts
            parts.admission.check()
            MOST_ITEMS.set(parts.settings.max_batch)
            return await handle(request)

        return check_and_handle
