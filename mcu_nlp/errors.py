"""Errors: a stable English code, an English message for developers, a Russian one for users.

Every text is in ``data/messages.toml``; it says where, what was expected, what came
and how to mend it. No text of an appeal ever gets into an error.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def _messages() -> dict[str, dict[str, str]]:
    return tomllib.loads((files("mcu_nlp") / "data" / "messages.toml").read_text("utf-8"))


class McuNlpError(Exception):
    """What every error of the library derives from.

    >>> error = InputError("text_too_long", size=70000, limit=50000)
    >>> error.code, str(error)
    ('text_too_long', 'the text has 70000 characters, at most 50000 are read; split it or raise the limit')
    """

    def __init__(self, code: str, **details: object) -> None:
        self.code = code
        self.details = details
        super().__init__(_messages()[code]["en"].format(**details))

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions cross process borders in parallel work.
        return _rebuild, (type(self), self.code, self.details)

    @property
    def russian(self) -> str:
        """The message for the user of the page and the command line."""
        return _messages()[self.code]["ru"].format(**self.details)


def _rebuild(kind: type[McuNlpError], code: str, details: dict[str, object]) -> McuNlpError:
    return kind(code, **details)


class InputError(McuNlpError):
    """An appeal, a file or an argument that cannot be read."""


class BundleError(McuNlpError):
    """A model folder that is missing, damaged or of another format."""


class ConfigError(McuNlpError):
    """A taxonomy, routing, lexicon or settings file that contradicts itself."""


class MissingExtraError(McuNlpError):
    """An optional part of the package that is not installed."""
