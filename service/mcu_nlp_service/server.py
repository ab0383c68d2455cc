"""Runs the app with uvicorn: quiet about appeals, and ends in order when told to."""

from __future__ import annotations

import signal
import sys
from types import FrameType

import uvicorn

from mcu_nlp import load
from mcu_nlp_service.app import create_app
from mcu_nlp_service.connection import Connection
from mcu_nlp_service.seeing.log import log_config
from mcu_nlp_service.settings import Settings
from mcu_nlp_service.storage.private import private_files
from mcu_nlp_service.storage.state_folder import check_writable

GRACE_SECONDS = 30


@private_files()
def serve(settings: Settings, host: str, port: int) -> None:
    """Answer on ``host:port`` until SIGINT or SIGTERM; requests begun are answered first, then the status is 0.

    Raises ``ConfigError`` when it would be open beyond this machine or cannot write to its folder, and what
    ``mcu_nlp.load`` raises: told in one line, and not as a traceback of the server.
    """
    app = create_app(settings, host)
    check_writable(settings.state, app.state.parts.database.file)
    load(settings.model, routing=settings.routing)

    class Patient(Connection):
        head_seconds = settings.head_seconds

    # uvicorn ends what it does and then raises the signal again: it was an order, not a failure.
    signal.signal(signal.SIGTERM, _end)
    uvicorn.run(
        app,
        host=host,
        port=port,
        # uvicorn's own access log writes raw paths; the service writes its own lines.
        access_log=False,
        log_config=log_config(),
        server_header=False,
        http=Patient,
        limit_concurrency=settings.max_connections,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def _end(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)
