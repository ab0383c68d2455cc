"""A database that does not take or give rows, told to the caller as ``storage_failed``."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy import exc
from sqlalchemy.exc import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    ProgrammingError,
    SQLAlchemyError,
)

from mcu_nlp_service.problems import RefusalError

logger = logging.getLogger("mcu_nlp_service")


def install(app: FastAPI) -> None:
    """Answer 503 where the disk is full or read-only or the database is away; our own mistakes stay 500."""

    async def refuse(_request: Request, error: Exception) -> JSONResponse:
        if is_our_mistake(error):
            raise error
        logger.error("the database failed: %s", reason(error))
        return RefusalError("storage_failed").response()

    for kind in (DatabaseError, InterfaceError, exc.TimeoutError):
        app.add_exception_handler(kind, refuse)


def is_our_mistake(error: Exception) -> bool:
    """Whether the database refused what it was given: given it again it would refuse again."""
    return isinstance(error, DataError | IntegrityError | ProgrammingError)


def reason(error: Exception) -> str:
    """The error's type and the driver's code; its message may quote a row."""
    driver = error.orig if isinstance(error, SQLAlchemyError) and hasattr(error, "orig") else None
    code = getattr(driver, "sqlite_errorname", None) or getattr(driver, "sqlstate", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
