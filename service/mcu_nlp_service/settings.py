"""What can be set from the environment, each as ``MCU_NLP_<NAME>``."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from limits import parse_many
from platformdirs import user_state_path
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from mcu_nlp import MAX_TEXT


class Settings(BaseSettings):
    """Settings of the service; the unit of each number is told in its description."""

    # An empty variable is one that is not set: compose files hand them on so.
    model_config = SettingsConfigDict(env_prefix="MCU_NLP_", env_ignore_empty=True, extra="ignore")

    model: Path | None = Field(default=None, description="model folder to begin with; the shipped one when absent")
    models: Path | None = Field(default=None, description="folder of model folders that may be activated")
    routing: Path | None = Field(default=None, description="routing rules in TOML")
    state: Path = Field(
        default_factory=lambda: user_state_path("mcu-nlp"), description="folder of the database and of jobs' files"
    )
    database: str | None = Field(default=None, description="database URL; SQLite in the state folder when absent")

    access: Literal["auto", "keys", "open"] = Field(
        default="auto", description="keys: every call needs one; open: none, on loopback only; auto: by the address"
    )
    rate: str = Field(default="6000/minute", description="calls of one key (without keys: of one address)")

    max_text: int = Field(default=MAX_TEXT, gt=0, description="characters in one text; more is 413")
    max_body: int = Field(default=4_000_000, gt=0, description="bytes in one request; more is 413")
    max_batch: int = Field(default=1_000, gt=0, description="items in one batch; more is 413")
    max_upload: int = Field(default=50_000_000, gt=0, description="bytes in one file for a job; more is 413")
    max_unpacked: int = Field(default=500_000_000, gt=0, description="bytes in an unpacked xlsx; more is 413")
    max_connections: int = Field(default=1_000, gt=1, description="open connections; requests beyond them are 503")
    head_seconds: float = Field(default=20, gt=0, description="time for a request's head to arrive; longer: closed")
    body_seconds: float = Field(default=60, gt=0, description="time for a request's body to arrive; longer is 408")
    analysis_seconds: float = Field(default=60, gt=0, description="time for one piece of analysis; longer is 422")

    processes: int = Field(default=2, gt=0, le=64, description="processes that answer requests")
    max_waiting: int = Field(default=16, ge=0, description="requests of a burst that may wait; more is 429")
    job_processes: int = Field(default=1, gt=0, le=64, description="processes that work on jobs")
    job_days: float = Field(default=7, gt=0, description="days that a finished job is kept")
    lease_seconds: float = Field(default=10, gt=0, description="a job whose holder is silent so long is taken over")

    store: Literal["corrected", "review", "all"] = Field(
        default="corrected", description="which appeals are kept: corrected ones, also those to be reviewed, or all"
    )
    store_days: float = Field(default=365, gt=0, description="days that a kept appeal stays")
    shadow_share: float = Field(default=1.0, ge=0, le=1, description="share of calls that a shadow model answers too")

    @field_validator("rate")
    @classmethod
    def _rate_is_readable(cls, rate: str) -> str:
        try:
            limits = parse_many(rate)
        except ValueError as error:
            raise ValueError("expected a number of calls and a time, such as 600/minute") from error
        if not all(limit.amount for limit in limits):
            raise ValueError("expected at least one call in a time, such as 600/minute")
        return rate

    @property
    def database_url(self) -> str:
        """Where rows are kept."""
        return self.database or f"sqlite:///{self.state / 'mcu-nlp.db'}"
