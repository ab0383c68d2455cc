"""The command line: ``mcu-nlp analyze | split | train | evaluate | routing | corpus | serve``."""

from mcu_nlp.cli.main import run

__all__ = ["run"]
