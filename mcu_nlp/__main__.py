"""``python -m mcu_nlp`` is ``mcu-nlp``."""

from mcu_nlp.cli import run

run()
