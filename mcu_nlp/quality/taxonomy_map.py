"""What became of classes between two taxonomies: a file of renames, merges and splits by stable ids.

Two models are compared on the classes that both can tell apart: a renamed or merged class
counts as what it became, the parts of a split one count as what they were.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from mcu_nlp.errors import ConfigError, InputError
from mcu_nlp.taxonomy import Taxonomy

LEVELS = ("category", "topic", "department")
# Kinds of change: which of the two sides is a list.
_KINDS = {"rename": (), "merge": ("from",), "split": ("to",)}
_KEYS = ("from", "to", "level")


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the file: ids before and ids after; one of the sides holds a single id."""

    kind: str
    level: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    where: str

    @property
    def common(self) -> str:
        """The class that both sides are counted as."""
        return self.before[0] if self.kind == "split" else self.after[0]


@dataclass(frozen=True)
class TaxonomyMap:
    """Changes of a taxonomy. An id stands in one change only, so their order does not matter."""

    changes: tuple[Change, ...] = ()
    path: Path | None = None

    def common(self, level: str) -> Mapping[str, str]:
        """Old and new ids of a level -> the id under which both models are compared."""
        return {
            id: change.common
            for change in self.changes
            if change.level == level
            for id in (*change.before, *change.after)
        }

    def check(self, old: Taxonomy, new: Taxonomy) -> None:
        """Hold the ids against both taxonomies.

        Raises ``ConfigError``: ``taxonomy_map_unknown_id`` for an id that its side does not
        know, ``taxonomy_map_kept`` for one that should be gone or should be new.
        """
        for change in self.changes:
            known = {"OLD": _ids(old, change.level), "NEW": _ids(new, change.level)}
            for side, ids, other in (("OLD", change.before, "NEW"), ("NEW", change.after, "OLD")):
                for id in ids:
                    details = {"path": self.path, "where": change.where, "got": id, "side": side}
                    if id not in known[side]:
                        nearest = get_close_matches(id, sorted(known[side]), n=1, cutoff=0.0)
                        raise ConfigError("taxonomy_map_unknown_id", **details, nearest=nearest[0] if nearest else "-")
                    # A class that is merged into itself, or keeps a part of what it was, stands on both sides.
                    if id in known[other] and not (id in change.before and id in change.after):
                        raise ConfigError("taxonomy_map_kept", **{**details, "side": other})


def load_taxonomy_map(path: str | Path, old: Taxonomy | None = None, new: Taxonomy | None = None) -> TaxonomyMap:
    """Read a file of changes; with both taxonomies, its ids are checked against them too.

    The file holds ``[[rename]]`` (``from``, ``to``), ``[[merge]]`` (``from`` is a list) and
    ``[[split]]`` (``to`` is a list); ``level`` is topic (the default), category or
    department. Raises ``InputError`` (``file_missing``) and ``ConfigError``:
    ``taxonomy_map_unreadable``, ``taxonomy_map_key``, ``taxonomy_map_value``,
    ``taxonomy_map_twice``, and what :meth:`TaxonomyMap.check` raises.
    """
    path = Path(path)
    try:
        content = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise InputError("file_missing", path=path) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise ConfigError("taxonomy_map_unreadable", path=path, problem=problem) from None
    for key in content:
        if key not in ("format", *_KINDS):
            raise ConfigError("taxonomy_map_key", path=path, where="file", got=key, expected=["format", *_KINDS])
    if content.get("format", 1) != 1:
        raise _value(path, "file", "format", "1", content["format"])
    found = TaxonomyMap(tuple(_changes(path, content)), path)
    _refuse_twice(found)
    if old is not None and new is not None:
        found.check(old, new)
    return found


def _changes(path: Path, content: Mapping[str, Any]) -> Iterator[Change]:
    for kind, lists in _KINDS.items():
        tables = content.get(kind, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise _value(path, "file", kind, f"[[{kind}]]", tables)
        for number, table in enumerate(tables, 1):
            where = f"[[{kind}]] {number}"
            for key in table:
                if key not in _KEYS:
                    raise ConfigError("taxonomy_map_key", path=path, where=where, got=key, expected=list(_KEYS))
            level = table.get("level", "topic")
            if level not in LEVELS:
                raise _value(path, where, "level", ", ".join(LEVELS), level)
            sides = [_side(path, where, table, key, many=key in lists) for key in ("from", "to")]
            yield Change(kind, level, sides[0], sides[1], where)


def _side(path: Path, where: str, table: Mapping[str, Any], key: str, *, many: bool) -> tuple[str, ...]:
    value = table.get(key)
    ids: list[Any] = (value if isinstance(value, list) else []) if many else [value]
    fine = all(isinstance(id, str) and id.strip() for id in ids)
    if not fine or (many and (len(ids) < 2 or len(set(ids)) < len(ids))):
        raise _value(path, where, key, '["id", "id", ...]' if many else '"id"', value)
    return tuple(ids)


def _refuse_twice(found: TaxonomyMap) -> None:
    """An id that two changes name would make the outcome depend on their order."""
    seen: dict[tuple[str, str], str] = {}
    for change in found.changes:
        if change.kind == "rename" and change.before == change.after:
            raise _value(found.path, change.where, "to", '"id" != from', change.after[0])
        for id in {*change.before, *change.after}:
            other = seen.setdefault((change.level, id), change.where)
            if other != change.where:
                raise ConfigError("taxonomy_map_twice", path=found.path, where=change.where, got=id, other=other)


def _ids(taxonomy: Taxonomy, level: str) -> frozenset[str]:
    labels = {"category": taxonomy.categories, "topic": taxonomy.topics, "department": taxonomy.departments}[level]
    return frozenset(label.id for label in labels)


def _value(path: Path | None, where: str, key: str, expected: str, got: object) -> ConfigError:
    return ConfigError("taxonomy_map_value", path=path, where=where, key=key, expected=expected, got=got)
