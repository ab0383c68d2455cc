"""Writers of one process, each in its turn."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """A lock that goes to whoever has waited longest; an ordinary one may go to whoever has just had it."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False

    @contextmanager
    def take(self) -> Iterator[None]:
        """Wait for one's turn; the next one's comes at the end."""
        turn = threading.Lock()
        with self._guard:
            if self._taken:
                turn.acquire()
                self._waiting.append(turn)
            self._taken = True
        turn.acquire()  # again: let go by whoever ends a turn
        try:
            yield
        finally:
            with self._guard:
                if self._waiting:
                    self._waiting.popleft().release()
                else:
                    self._taken = False
