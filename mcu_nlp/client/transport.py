"""Calls with patience: what may be repeated is repeated, when the service says so."""

from __future__ import annotations

from typing import Any

import httpx
import tenacity

from mcu_nlp.client.refusals import ClientError

_LATER = (429, 503)
_LONGEST_WAIT = 60.0


class _LaterError(Exception):
    """The service asked to come again."""

    def __init__(self, answer: httpx.Response) -> None:
        super().__init__(answer.status_code)
        self.answer = answer


class Transport:
    """One connection pool; ``tries`` counts every attempt of a call."""

    def __init__(self, http: httpx.Client, tries: int) -> None:
        self.http, self.tries = http, tries

    def call(self, method: str, path: str, *, repeatable: bool = True, **request: Any) -> httpx.Response:
        """The answer (2xx). A call that changes something is repeated only if it surely was not heard.

        Raises ``ClientError``.
        """
        heard: tuple[type[Exception], ...] = (httpx.TransportError,) if repeatable else (httpx.ConnectError,)
        attempts = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self.tries),
            retry=tenacity.retry_if_exception_type((_LaterError, *heard)),
            wait=_pause,
            reraise=True,
        )
        try:
            return attempts(self._once, method, path, **request)
        except _LaterError as later:
            raise ClientError.of(later.answer) from None
        except httpx.TransportError as error:
            raise ClientError.unreachable(error) from error

    def _once(self, method: str, path: str, **request: Any) -> httpx.Response:
        answer = self.http.request(method, path, **request)
        if answer.status_code in _LATER:
            raise _LaterError(answer)
        if not answer.is_success:
            raise ClientError.of(answer)
        return answer


_backoff = tenacity.wait_random_exponential(multiplier=0.5, max=_LONGEST_WAIT)


def _pause(state: tenacity.RetryCallState) -> float:
    """Seconds to wait: what ``Retry-After`` says at least, and a little more each time, at random."""
    own = _backoff(state)
    error = state.outcome.exception() if state.outcome else None
    asked = error.answer.headers.get("retry-after", "") if isinstance(error, _LaterError) else ""
    return min(_LONGEST_WAIT, max(own, float(asked) if asked.isdecimal() else 0.0))
