"""Reading a routing file: each fault is told with its line and its remedy."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from mcu_nlp.errors import ConfigError, InputError
from mcu_nlp.routing.rules import WEIGHTS, RoutingTable, Rule
from mcu_nlp.tables.channels import known_channels
from mcu_nlp.taxonomy import Label
from mcu_nlp.text.names import fold_name

_HEADER = re.compile(r"^[ \t]*\[\[[ \t]*(\w+)[ \t]*\]\]", re.MULTILINE)
_DEPARTMENT_KEYS = frozenset({"id", "title", "curator"})
_RULE_KEYS = frozenset({"id", "department", "note", *WEIGHTS})
_TOP_KEYS = frozenset({"format", "default", "department", "rule"})


def read_checked(path: Path, categories: frozenset[str], topics: Mapping[str, str]) -> RoutingTable:
    """The table in ``path``; see :func:`mcu_nlp.routing.load_routing` for what is raised."""
    reader = _Reader(path, categories, topics)
    departments, curators = reader.departments()
    rules = sorted(reader.rules(departments), key=lambda rule: (-rule.weight, rule.line))
    default = reader.default(departments)
    reader.refuse_contradictions(rules)
    reader.refuse_unreachable(rules)
    return RoutingTable(path, departments, tuple(rules), default, curators)


class _Reader:
    def __init__(self, path: Path, categories: frozenset[str], topics: Mapping[str, str]) -> None:
        self.path, self.categories, self.topics = path, categories, topics
        try:
            text = path.read_text("utf-8-sig")
            self.content: dict[str, Any] = tomllib.loads(text)
        except FileNotFoundError:
            raise InputError("file_missing", path=path) from None
        except UnicodeDecodeError as problem:
            raise InputError("file_unreadable", path=path, kind="UTF-8", problem=problem.reason) from None
        except tomllib.TOMLDecodeError as problem:
            line = re.search(r"line (\d+)", str(problem))
            raise self.error("routing_unreadable", int(line[1]) if line else 1, problem=problem) from None
        # tomllib tells no lines; the n-th [[rule]] header is the n-th rule.
        self.lines: dict[str, list[int]] = {}
        for header in _HEADER.finditer(text):
            self.lines.setdefault(header[1], []).append(text.count("\n", 0, header.start()) + 1)
        self.refuse_keys(self.content, _TOP_KEYS, 1, "file")
        if self.content.get("format") != 1:
            raise self.error("routing_value", 1, what="file", key="format", expected=1, got=self.content.get("format"))

    def error(self, code: str, line: int, **details: object) -> ConfigError:
        return ConfigError(code, path=self.path, line=line, **details)

    def entries(self, kind: str) -> Iterable[tuple[int, str, dict[str, Any]]]:
        """Each ``[[kind]]`` table with its line and what to call it; its id must be new."""
        tables = self.content.get(kind, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise self.error("routing_value", 1, what="file", key=kind, expected=f"[[{kind}]] tables", got=tables)
        seen: dict[str, int] = {}
        lines = self.lines.get(kind, [])
        for number, table in enumerate(tables):
            line = lines[number] if number < len(lines) else 1
            id = self.string(table, "id", line, kind)
            if id in seen:
                raise self.error("routing_duplicate", line, what=kind, got=id, other=seen[id])
            seen[id] = line
            yield line, f"{kind} {id!r}", table

    def string(self, table: Mapping[str, Any], key: str, line: int, what: str) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.error("routing_value", line, what=what, key=key, expected="text", got=value)
        return value

    def refuse_keys(self, table: Mapping[str, Any], known: frozenset[str], line: int, what: str) -> None:
        for key in table:
            if key not in known:
                raise self.error("routing_key", line, what=what, got=key, expected=sorted(known))

    def known(self, value: str, among: Iterable[str], key: str, line: int, what: str) -> str:
        names = list(among)
        if value not in names:
            nearest = get_close_matches(value, names, n=1, cutoff=0.0)
            details = {"what": what, "key": key, "got": value, "nearest": nearest[0] if nearest else "-"}
            raise self.error("routing_unknown_id", line, **details)
        return value

    def departments(self) -> tuple[dict[str, Label], dict[str, str]]:
        found: dict[str, Label] = {}
        curators: dict[str, tuple[str, int]] = {}
        for line, what, table in self.entries("department"):
            self.refuse_keys(table, _DEPARTMENT_KEYS, line, what)
            found[table["id"]] = Label(table["id"], self.string(table, "title", line, what))
            if "curator" in table:
                curators[table["id"]] = (self.string(table, "curator", line, what), line)
        for id, (curator, line) in curators.items():
            self.known(curator, found, "curator", line, f"department {id!r}")
        return found, {id: curator for id, (curator, _) in curators.items()}

    def default(self, departments: Mapping[str, Label]) -> str | None:
        if "default" not in self.content:
            return None
        return self.known(self.string(self.content, "default", 1, "file"), departments, "default", 1, "file")

    def rules(self, departments: Mapping[str, Label]) -> Iterable[Rule]:
        for line, what, table in self.entries("rule"):
            self.refuse_keys(table, _RULE_KEYS, line, what)
            department = self.known(self.string(table, "department", line, what), departments, "department", line, what)
            conditions = {name: self.condition(table, name, line, what) for name in WEIGHTS if name in table}
            if not conditions:
                raise self.error(
                    "routing_value",
                    line,
                    what=what,
                    key="rule",
                    expected=f"at least one of {sorted(WEIGHTS)}",
                    got=None,
                )
            yield Rule(table["id"], department, conditions, line, table.get("note"))

    def condition(self, table: Mapping[str, Any], name: str, line: int, what: str) -> frozenset[str]:
        values = [table[name]] if isinstance(table[name], str) else table[name]
        if not isinstance(values, list) or not values or not all(isinstance(v, str) and v.strip() for v in values):
            raise self.error("routing_value", line, what=what, key=name, expected="text or a list of texts", got=values)
        vocabulary = {"category": self.categories, "topic": self.topics, "channel": known_channels()}.get(name)
        if vocabulary is None:
            return frozenset(fold_name(value) for value in values)
        return frozenset(self.known(value, vocabulary, name, line, what) for value in values)

    def refuse_contradictions(self, rules: list[Rule]) -> None:
        """Two rules that ask for the same things, share a value of each, and lead apart."""
        for number, rule in enumerate(rules):
            for other in rules[number + 1 :]:
                if other.weight != rule.weight or other.department == rule.department:
                    continue
                if all(values & other.conditions[name] for name, values in rule.conditions.items()):
                    first, second = sorted((rule, other), key=lambda r: r.line)
                    details = {"rule": second.id, "other_rule": first.id, "other": first.line}
                    raise self.error("routing_contradiction", second.line, **details)

    def refuse_unreachable(self, rules: list[Rule]) -> None:
        """A rule that cannot hold, or whose every appeal is caught by rules before it."""
        for number, rule in enumerate(rules):
            topics = rule.conditions.get("topic")
            categories = rule.conditions.get("category")
            if topics and categories and not any(self.topics[topic] in categories for topic in topics):
                raise self.unreachable(rule, "its topics lie outside its categories")
            left = self.topics_of(rule)
            for earlier in rules[:number]:
                if self.wider_apart_from_topic(earlier, rule):
                    left = left - self.topics_of(earlier)
            if not left:
                raise self.unreachable(rule, "more specific or equal rules catch every appeal that it could")

    def unreachable(self, rule: Rule, reason: str) -> ConfigError:
        return self.error("routing_unreachable", rule.line, rule=rule.id, reason=reason)

    def topics_of(self, rule: Rule) -> frozenset[str]:
        """The topics that a rule's topic and category conditions leave."""
        topics = rule.conditions.get("topic", frozenset(self.topics))
        categories = rule.conditions.get("category", self.categories)
        return frozenset(topic for topic in topics if self.topics[topic] in categories)

    @staticmethod
    def wider_apart_from_topic(earlier: Rule, rule: Rule) -> bool:
        """Whether, topic and category aside, ``earlier`` catches all that ``rule`` catches."""
        return all(
            name in rule.conditions and rule.conditions[name] <= values
            for name, values in earlier.conditions.items()
            if name not in ("topic", "category")
        )
