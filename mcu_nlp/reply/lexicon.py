"""The words of replies: named rules, verbs and reasons of ``data/reply.toml``, checked when they are read."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from mcu_nlp.errors import ConfigError
from mcu_nlp.records import Span
from mcu_nlp.text.document import Document
from mcu_nlp.text.phrases import PhraseMatcher

GROUPS = (
    "template", "forward", "sent_away", "refusal", "vague_norm", "next_step", "vague", "action", "officialese",
    "greeting", "thanks", "by_name", "office", "worker", "post", "private", "extension", "receipt", "law", "no_means",
    "because", "intake", "preparer", "hours", "sensitive", "condition",
    "cause", "price",
)  # fmt: skip
POINTS = (
    "on_time", "answered", "action", "terms", "norm", "not_forwarded", "plain", "courtesy", "contacts", "form",
)  # fmt: skip
SCORES = ("bad", "weak", "good")
_VERBS = ("talk", "arriving", "finished")


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule's find in a reply; ``words`` counts the words that it covers."""

    rule: str
    group: str
    span: Span
    words: int

    @property
    def start(self) -> int:
        """Where the find begins."""
        return self.span.start

    @property
    def end(self) -> int:
        """Where the find ends."""
        return self.span.end


class ReplyLexicon:
    """Finds the named rules' phrases, knows the verbs, and words the reasons.

    >>> hits = shipped_lexicon().hits(Document.of("Ваше обращение направлено по компетенции."))
    >>> sorted({hit.group for hit in hits})
    ['forward', 'officialese']
    """

    def __init__(self, content: Mapping[str, Any]) -> None:
        phrases: list[tuple[tuple[str, bool], str]] = []
        self.groups: dict[str, str] = {}
        for rule in content.get("rule", []):
            id, group = str(rule["id"]), str(rule["group"])
            if id in self.groups:
                raise _invalid(f"rule {id!r}", "the id stands twice", "ids must be unique")
            if group not in GROUPS:
                raise _invalid(f"rule {id!r}", f"unknown group {group!r}", f"use one of {', '.join(GROUPS)}")
            self.groups[id] = group
            for key, cancels in (("any", False), ("unless", True)):
                phrases += [((id, cancels), phrase) for phrase in _strings(rule, key, f"rule {id!r}")]
        verbs = content.get("verbs", {})
        self.talk, self.arriving, self.finished = (frozenset(_strings(verbs, name, "verbs")) for name in _VERBS)
        self.points = {str(point["id"]): {**point} for point in content.get("point", [])}
        if tuple(self.points) != POINTS:
            raise _invalid("points", f"got {', '.join(self.points)}", f"write in this order: {', '.join(POINTS)}")
        for id, point in self.points.items():
            missing = [key for key in ("title", *SCORES) if not point.get(key)]
            if missing:
                raise _invalid(f"point {id!r}", f"{', '.join(missing)} missing", "word every score")
        self._matcher = PhraseMatcher(phrases)

    def hits(self, document: Document) -> list[Hit]:
        """Every find that is not cancelled, by place."""
        words = document.words
        found: list[tuple[str, int, int]] = []
        cancelled: list[tuple[str, int, int]] = []
        for (rule, cancels), first, last in self._matcher.find(words):
            (cancelled if cancels else found).append((rule, first, last))
        hits = [
            Hit(rule, self.groups[rule], document.span(words[first].start, words[last - 1].end), last - first)
            for rule, first, last in found
            if not any(rule == other and first < end and begin < last for other, begin, end in cancelled)
        ]
        return sorted(hits, key=lambda hit: (hit.span.start, -hit.span.end, hit.rule))

    def title(self, point: str) -> str:
        """What a point of the rubric asks."""
        return str(self.points[point]["title"])

    def reason(self, point: str, key: str, **details: object) -> str:
        """The wording of a score: ``key`` is one of ``SCORES``, ``none`` or a key of the point's own."""
        return str(self.points[point][key]).format(**details)


def _strings(rule: Mapping[str, Any], key: str, where: str) -> list[str]:
    wanted = rule.get(key, [])
    if not isinstance(wanted, list) or not all(isinstance(one, str) and one.strip() for one in wanted):
        raise _invalid(where, f"{key} is not a list of phrases", "write phrases in brackets")
    return wanted


def _invalid(where: str, problem: str, remedy: str) -> ConfigError:
    return ConfigError("taxonomy_invalid", where=f"reply.toml: {where}", problem=problem, remedy=remedy)


@cache
def shipped_lexicon() -> ReplyLexicon:
    """The lexicon that comes with the package."""
    return ReplyLexicon(tomllib.loads((files("mcu_nlp") / "data" / "reply.toml").read_text("utf-8")))
