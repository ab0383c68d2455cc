"""The refusals of a route, as its documentation lists them."""

from __future__ import annotations

from typing import Any

from mcu_nlp_service.api.schemas import Problem

MEANINGS = {
    400: "not JSON",
    401: "no key, or one that is unknown or revoked",
    403: "the key's role does not allow this",
    404: "not there",
    408: "the body came too slowly",
    409: "the state does not allow this",
    413: "body, text, batch or file too large",
    415: "not the expected media type",
    422: "empty text, or not of the contract's form",
    429: "too many calls, or all processes busy; Retry-After tells when to come again",
    503: "not ready; try again",
    507: "the service's disk is full or refuses",
}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What ``responses=`` of a route takes."""
    return {status: {"model": Problem, "description": MEANINGS[status]} for status in statuses}
