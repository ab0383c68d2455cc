"""What the service refused, and what could not be asked at all."""

from __future__ import annotations

from typing import Any

import httpx

from mcu_nlp.errors import InputError, McuNlpError


class ClientError(McuNlpError):
    """A refusal: ``code`` is the problem's own, ``russian`` says what to do.

    ``status`` is 0 and ``code`` is ``service_unreachable`` when no answer came. ``item`` is the number of
    the faulty appeal, counted from 0; ``request_id`` finds the call in the service's log.

    >>> raise ClientError("text_empty", status=422, russian="В обращении нет текста.", item=3)
    Traceback (most recent call last):
    mcu_nlp.client.refusals.ClientError: 422 text_empty (item 3)
    """

    def __init__(
        self, code: str, *, status: int = 0, russian: str = "", item: int | None = None, request_id: str | None = None
    ) -> None:
        self.code, self.status, self.item, self.request_id = code, status, item, request_id
        self.details = {"status": status, "russian": russian, "item": item, "request_id": request_id}
        Exception.__init__(self, f"{status} {code}" + (f" (item {item})" if item is not None else ""))

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (self.code, self.details)

    @property
    def russian(self) -> str:
        """What the service said to do."""
        return str(self.details["russian"])

    def moved(self, begin: int) -> ClientError:
        """The same refusal with its item counted from another beginning."""
        item = None if self.item is None else self.item + begin
        return ClientError(self.code, status=self.status, russian=self.russian, item=item, request_id=self.request_id)

    @classmethod
    def of(cls, answer: httpx.Response) -> ClientError:
        """The refusal that an answer carries; of a gateway's own page only the status is told."""
        number = answer.headers.get("x-request-id")
        try:
            problem = answer.json()
            return cls(
                str(problem["code"]),
                status=answer.status_code,
                russian=str(problem["detail"]),
                item=problem.get("item"),
                request_id=number,
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return cls.strange(answer)

    @classmethod
    def strange(cls, answer: httpx.Response) -> ClientError:
        """What answered is not the service, or not one that this client knows."""
        told = InputError("service_answer_strange", status=answer.status_code)
        number = answer.headers.get("x-request-id")
        return cls(told.code, status=answer.status_code, russian=told.russian, request_id=number)

    @classmethod
    def unreachable(cls, error: httpx.TransportError) -> ClientError:
        """No answer came."""
        told = InputError("service_unreachable", problem=type(error).__name__)
        return cls(told.code, russian=told.russian)


def _rebuild(code: str, details: dict[str, Any]) -> ClientError:
    return ClientError(code, **details)
