"""Calls with patience: what may be repeated is repeated, when the service says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import IO, Any

import httpx
import tenacity

from mcu_nlp.client.refusals import ClientError

_LATER = (429, 503)
# Refused before the service did anything; a gateway's 503 or a lost worker does not promise that.
_UNHEARD = frozenset({"busy", "rate_limited", "not_ready"})
# The same text takes as long the next time.
_NEVER = frozenset({"analysis_timeout"})
_LONGEST_WAIT = 60.0


class _LaterError(Exception):
    """The service asked to come again, after ``seconds`` at least."""

    def __init__(self, refusal: ClientError, seconds: float) -> None:
        super().__init__(refusal.code)
        self.refusal, self.seconds = refusal, seconds


class Transport:
    """One connection pool; ``tries`` counts every attempt of a call."""

    def __init__(self, http: httpx.Client, tries: int) -> None:
        self.http, self.tries = http, tries

    def call(
        self,
        method: str,
        path: str,
        *,
        repeatable: bool = True,
        into: IO[bytes] | None = None,
        gone_is_done: bool = False,
        **request: Any,
    ) -> httpx.Response:
        """The answer (2xx), its body written ``into`` a file where one is given.

        A call that is not ``repeatable`` is repeated only if it surely was not heard. With ``gone_is_done``
        a 404 is no refusal when an attempt before it may have done the work. Raises ``ClientError``.
        """
        heard: tuple[type[Exception], ...] = (httpx.TransportError,) if repeatable else (httpx.ConnectError,)
        lost: list[BaseException] = []
        attempts = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self.tries),
            retry=tenacity.retry_if_exception_type((_LaterError, *heard)),
            wait=_pause,
            before_sleep=lambda state: lost.append(_failure(state)),
            reraise=True,
        )
        try:
            return attempts(self._once, method, path, repeatable, into, request)
        except _LaterError as later:
            raise later.refusal from None
        except httpx.TransportError as error:
            raise ClientError.unreachable(error) from error
        except ClientError as error:
            maybe_done = any(isinstance(one, httpx.TransportError) for one in lost)
            if gone_is_done and maybe_done and error.status == httpx.codes.NOT_FOUND:
                return httpx.Response(httpx.codes.NO_CONTENT)
            raise

    def _once(
        self, method: str, path: str, repeatable: bool, into: IO[bytes] | None, request: dict[str, Any]
    ) -> httpx.Response:
        with self.http.stream(method, path, **request) as answer:
            if answer.is_success and into is not None:
                into.seek(0)
                into.truncate()
                for piece in answer.iter_bytes():
                    into.write(piece)
                return answer
            answer.read()
        if answer.is_success:
            return answer
        refusal = ClientError.of(answer)
        seconds = _asked(answer)
        again = refusal.code not in _NEVER if repeatable else refusal.code in _UNHEARD
        if answer.status_code in _LATER and again and seconds <= _LONGEST_WAIT:
            raise _LaterError(refusal, seconds)
        raise refusal


@contextmanager
def understood(answer: httpx.Response) -> Iterator[None]:
    """Reading an answer that has not the form it should have is a ``ClientError``: a gateway's page, say."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise ClientError.strange(answer) from problem


_backoff = tenacity.wait_random_exponential(multiplier=0.5, max=_LONGEST_WAIT)


def _pause(state: tenacity.RetryCallState) -> float:
    """Seconds to wait: what ``Retry-After`` says at least, and a little more each time, at random."""
    failure = _failure(state)
    return max(_backoff(state), failure.seconds if isinstance(failure, _LaterError) else 0.0)


def _failure(state: tenacity.RetryCallState) -> BaseException:
    failure = state.outcome.exception() if state.outcome else None
    return failure or RuntimeError("an attempt without an outcome")


def _asked(answer: httpx.Response) -> float:
    """The seconds of ``Retry-After``, which may be a number or a date."""
    told = answer.headers.get("retry-after", "").strip()
    if told.isdecimal():
        return float(told)
    try:
        when = parsedate_to_datetime(told)
    except ValueError:
        return 0.0
    return max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
