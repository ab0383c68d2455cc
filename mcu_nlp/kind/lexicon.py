"""The cues of kinds: named rules of ``data/kind_cues.toml``, checked when they are read."""

from __future__ import annotations

import tomllib
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from mcu_nlp.errors import ConfigError
from mcu_nlp.records import Span
from mcu_nlp.text.document import Document
from mcu_nlp.text.phrases import PhraseMatcher

# Speaks for no kind by itself.
SCENE = "scene"
_SPEAKS_FOR = ("statement", "complaint", "proposal", "information_request", "gratitude", SCENE)


@dataclass(frozen=True, slots=True)
class Cue:
    """A rule's find in a text, and the kind it speaks for."""

    rule: str
    kind: str
    span: Span


class KindLexicon:
    """Finds the named rules' phrases in a document, in one pass over its words.

    >>> [(cue.rule, cue.span.text) for cue in shipped_cues().find(Document.of("Хорошо бы поставить урну. Спасибо!"))]
    [('would_be_good', 'Хорошо бы'), ('thanks', 'Спасибо')]
    """

    def __init__(self, content: Mapping[str, Any]) -> None:
        phrases: list[tuple[tuple[str, bool], str]] = []
        self.rules: dict[str, str] = {}
        for rule in content["rule"]:
            id, kind = str(rule["id"]), str(rule["kind"])
            if id in self.rules:
                raise _invalid(id, "the id stands twice", "ids must be unique")
            if kind not in _SPEAKS_FOR:
                raise _invalid(id, f"unknown kind {kind!r}", f"use one of {', '.join(_SPEAKS_FOR)}")
            self.rules[id] = kind
            for key, cancels in (("any", False), ("unless", True)):
                phrases += [((id, cancels), phrase) for phrase in _phrases(id, rule, key)]
        self._matcher = PhraseMatcher(phrases)

    def find(self, document: Document) -> list[Cue]:
        """Every find that is not cancelled, by place; none reaches over the end of a sentence."""
        words = document.words
        ends = [sentence.end for sentence in document.sentences]
        found: list[tuple[str, int, int]] = []
        cancelled: list[tuple[str, int, int]] = []
        for (rule, cancels), first, last in self._matcher.find(words):
            end = words[last - 1].end
            if last - first == 1 or bisect_left(ends, words[first].end) == bisect_left(ends, end):
                (cancelled if cancels else found).append((rule, first, last))
        cues = [
            Cue(rule, self.rules[rule], document.span(words[first].start, words[last - 1].end))
            for rule, first, last in dict.fromkeys(found)
            if not any(rule == other and first < end and begin < last for other, begin, end in cancelled)
        ]
        return sorted(cues, key=lambda cue: (cue.span.start, -cue.span.end, cue.rule))


def _phrases(id: str, rule: Mapping[str, Any], key: str) -> list[str]:
    wanted = rule.get(key, [])
    if not isinstance(wanted, list) or not all(isinstance(one, str) and one.strip() for one in wanted):
        raise _invalid(id, f"{key} is not a list of phrases", "write phrases in brackets")
    return wanted


def _invalid(rule: str, problem: str, remedy: str) -> ConfigError:
    return ConfigError("taxonomy_invalid", where=f"kind_cues.toml: rule {rule!r}", problem=problem, remedy=remedy)


@cache
def shipped_cues() -> KindLexicon:
    """The cues that come with the package."""
    return KindLexicon(tomllib.loads((files("mcu_nlp") / "data" / "kind_cues.toml").read_text("utf-8")))
