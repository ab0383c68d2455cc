"""Appeals put together into requests that a service takes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mcu_nlp.records import Message

# Well below what the service takes in one body unless told otherwise.
DEFAULT_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Item:
    """One message and its part of a request's body."""

    message: Message
    json: bytes

    @classmethod
    def of(cls, message: str | Message, mask: bool, explain: bool) -> Item:
        """The message with what is wished of it.

        >>> Item.of("Яма", mask=True, explain=False).json.decode()
        '{"text": "Яма", "mask": true}'
        """
        message = Message(message) if isinstance(message, str) else message
        content = {
            "id": message.id,
            "text": message.text,
            "mask": mask or None,
            "explain": explain or None,
            "channel": message.channel,
            "received": message.received.isoformat() if message.received else None,
        }
        told = {name: value for name, value in content.items() if value is not None}
        # Half of a broken emoji becomes an escape, as JSON writes it.
        return cls(message, json.dumps(told, ensure_ascii=False).encode("utf-8", "backslashreplace"))


def in_batches(items: Iterable[Item], most: int, most_bytes: int) -> Iterator[list[Item]]:
    """The items in order, at most ``most`` together and, unless it is a single one, at most ``most_bytes``.

    >>> texts = ["a", "b", "c" * 50, "d"]
    >>> batches = in_batches([Item.of(text, False, False) for text in texts], most=2, most_bytes=60)
    >>> [[item.message.text[0] for item in batch] for batch in batches]
    [['a', 'b'], ['c'], ['d']]
    """
    batch: list[Item] = []
    size = 0
    for item in items:
        if batch and (len(batch) == most or size + len(item.json) > most_bytes):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += len(item.json)
    if batch:
        yield batch


def halves(batch: list[Item]) -> tuple[list[Item], list[Item]]:
    """The batch in two parts."""
    middle = len(batch) // 2
    return batch[:middle], batch[middle:]
