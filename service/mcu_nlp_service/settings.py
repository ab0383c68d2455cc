"""What can be set from the environment, each as ``MCU_NLP_<NAME>``."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from mcu_nlp import MAX_TEXT


class Settings(BaseSettings):
    """Settings of the service; the unit of each number is told in its description."""

    model_config = SettingsConfigDict(env_prefix="MCU_NLP_", extra="ignore")

    model: Path | None = Field(default=None, description="model folder; the shipped one when absent")
    routing: Path | None = Field(default=None, description="routing rules in TOML")
    max_text: int = Field(default=MAX_TEXT, gt=0, description="characters in one text; more is 413")
    max_body: int = Field(default=4_000_000, gt=0, description="bytes in one request; more is 413")
    max_batch: int = Field(default=1_000, gt=0, description="items in one batch; more is 413")
    body_seconds: float = Field(default=60, gt=0, description="time for a request's body to arrive; longer is 408")
    threads: int = Field(default=4, gt=0, le=64, description="requests analysed at the same time")
    max_waiting: int = Field(default=64, ge=0, description="requests that may wait for a thread; more is 503")
