"""The log: one JSON object a line; of an exception only its type and places, since its message may quote an appeal."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

import structlog

_PLACES = 8
# What is put before the words of whoever writes, our own lines and uvicorn's alike.
_FIRST = (
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def told_of(error: BaseException) -> dict[str, str]:
    """What the log may tell of an error."""
    places = [
        f"{Path(frame.f_code.co_filename).name}:{line} {frame.f_code.co_name}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    return {"error": type(error).__name__, "at": " < ".join(reversed(places[-_PLACES:]))}


def log_config() -> dict[str, Any]:
    """What ``logging.config.dictConfig`` takes: everything to standard error, as JSON."""
    quiet = {"handlers": ["lines"], "level": "INFO", "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _FIRST,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    _only_type_and_places,
                    structlog.processors.JSONRenderer(ensure_ascii=False),
                ],
            }
        },
        "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}},
        "loggers": dict.fromkeys(("mcu_nlp_service", "uvicorn", "uvicorn.error", "uvicorn.access"), quiet),
        "root": {"handlers": ["lines"], "level": "WARNING"},
    }


def _only_type_and_places(_logger: Any, _method: str, line: Any) -> Any:
    fault = line.pop("exc_info", None)
    line.pop("color_message", None)
    error = fault[1] if isinstance(fault, tuple) else fault
    if isinstance(error, BaseException):
        line.update(told_of(error))
        # uvicorn's message may hold the traceback's text.
        line["event"] = "failed"
    return line
