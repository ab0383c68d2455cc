"""Sessions of the pages: a signed cookie names the key that was shown at the login, until it expires."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from hashlib import sha256

COOKIE = "mcu_session"
SECONDS = 12 * 3600
_LONGEST = 200


class Sessions:
    """Makes and reads the cookie's value, ``<key id>.<end>.<signature>``; nothing is stored.

    >>> sessions = Sessions(b"secret", clock=lambda: 0)
    >>> value = sessions.begin("0a1b2c3d4e5f")
    >>> sessions.key_id(value)
    '0a1b2c3d4e5f'
    >>> sessions.key_id("f" + value[1:]) is None
    True
    """

    def __init__(self, secret: bytes, clock: Callable[[], float] = time.time) -> None:
        self._secret, self._clock = secret, clock

    def begin(self, key_id: str) -> str:
        """The cookie's value for a key that was checked."""
        content = f"{key_id}.{int(self._clock()) + SECONDS}"
        return f"{content}.{self._sign(content)}"

    def key_id(self, value: str) -> str | None:
        """The key of a cookie that was signed here and has not expired."""
        content, _, signature = value[:_LONGEST].rpartition(".")
        if not hmac.compare_digest(self._sign(content).encode(), signature.encode("utf-8", "replace")):
            return None
        key_id, _, end = content.partition(".")
        return key_id if self._clock() < int(end) else None

    def _sign(self, content: str) -> str:
        return hmac.new(self._secret, content.encode("utf-8", "replace"), sha256).hexdigest()
