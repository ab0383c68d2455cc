"""The tone lexicon: named rules of ``data/tone.toml``, checked when they are read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from mcu_nlp.errors import ConfigError
from mcu_nlp.records import Span
from mcu_nlp.text.document import Document, Token
from mcu_nlp.text.morph import name_score
from mcu_nlp.text.phrases import PhraseMatcher
from mcu_nlp.tone.obscene import find_obscene

SIGNALS = ("insult", "accusation", "escalation", "repeat", "reply_dispute", "sarcasm", "risk")
# Raise and lower the level of tone without being signals of the contract.
ANGER, CALM = "anger", "calm"
# The rule of :mod:`mcu_nlp.tone.obscene`, which is no phrase.
OBSCENE = "obscene"
# From how likely a surname on a capitalised word is taken for one.
_NAMED = 0.1
_OF_SURNAMES = ("ов", "ова", "ову", "овым", "ев", "ева")
_SET = re.compile(r"\$(\w+)")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule says: its signal, whether it proves it, and whether that makes a conflict or is grave."""

    signal: str
    strong: bool = True
    conflict: bool = False
    grave: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule's find in a text."""

    rule: str
    signal: str
    span: Span
    strong: bool = True
    conflict: bool = False
    grave: bool = False


class ToneLexicon:
    """Finds the named rules' phrases in a document, in one pass over its words."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        sets = {str(name): str(words) for name, words in dict(content.get("sets", {})).items()}
        phrases: list[tuple[tuple[str, bool], str]] = []
        self.rules: dict[str, Rule] = {OBSCENE: Rule("insult", conflict=True)}
        for rule in content["rule"]:
            id = str(rule["id"])
            if id in self.rules:
                raise _invalid(id, "the id stands twice", "ids must be unique")
            self.rules[id] = _read_rule(id, rule)
            for key, cancels in (("any", False), ("unless", True)):
                wanted = rule.get(key, [])
                if not isinstance(wanted, list):
                    raise _invalid(id, f"{key} is not a list", "write phrases in brackets")
                phrases += [((id, cancels), _expand(id, phrase, sets)) for phrase in wanted]
        self._matcher = PhraseMatcher(phrases)

    def hits(self, document: Document) -> list[Hit]:
        """Every find that is not cancelled, by place; no find reaches over the end of a sentence."""
        hits = [self._hit(OBSCENE, span) for span in find_obscene(document)]
        for words in _sentences(document):
            found: list[tuple[str, int, int]] = []
            cancelled: list[tuple[str, int, int]] = []
            for (rule, cancels), first, last in self._matcher.find(words):
                (cancelled if cancels else found).append((rule, first, last))
            hits += [
                self._hit(rule, document.span(words[first].start, words[last - 1].end))
                for rule, first, last in dict.fromkeys(found)
                if not any(rule == other and first < end and begin < last for other, begin, end in cancelled)
                and not (self.rules[rule].signal == "insult" and last - first == 1 and _is_surname(words[first]))
            ]
        return sorted(hits, key=lambda hit: (hit.span.start, -hit.span.end, hit.rule))

    def _hit(self, rule: str, span: Span) -> Hit:
        says = self.rules[rule]
        return Hit(rule, says.signal, span, says.strong, says.conflict, says.grave)


def _is_surname(token: Token) -> bool:
    """«Козлов», not «козлов»: a surname made of a rude word."""
    if not token.is_capitalized or token.text.isupper():
        return False
    return token.lower.endswith(_OF_SURNAMES) or name_score(token.lower)[1] > _NAMED


def _sentences(document: Document) -> list[Sequence[Token]]:
    """Words and numbers, sentence by sentence."""
    words = [token for token in document.tokens if token.text[0].isalnum()]
    found: list[Sequence[Token]] = []
    begin = 0
    for sentence in document.sentences:
        end = begin
        while end < len(words) and words[end].start < sentence.end:
            end += 1
        if end > begin:
            found.append(words[begin:end])
        begin = end
    return found


def _read_rule(id: str, rule: Mapping[str, object]) -> Rule:
    signal, grade, level = str(rule["signal"]), rule.get("grade", "strong"), rule.get("level")
    grave = rule.get("grave", False)
    known = (*SIGNALS, ANGER, CALM)
    if signal not in known:
        raise _invalid(id, f"unknown signal {signal!r}", f"use one of {known}")
    if grade not in ("strong", "weak"):
        raise _invalid(id, f"unknown grade {grade!r}", "use strong or weak")
    if level not in (None, "conflict"):
        raise _invalid(id, f"unknown level {level!r}", "use conflict or leave it out")
    if grave and signal != "risk":
        raise _invalid(id, f"grave = {grave!r} with the signal {signal}", "only rules of risk are grave")
    return Rule(signal, grade == "strong", level == "conflict", grave is True)


def _expand(id: str, phrase: str, sets: Mapping[str, str]) -> str:
    """Write out the sets that a phrase names; a set may name others."""
    for _ in range(3):
        try:
            phrase = _SET.sub(lambda name: sets[name[1]], phrase)
        except KeyError as missing:
            raise _invalid(id, f"unknown set {missing}", "define it under [sets]") from None
    return phrase


def _invalid(rule: str, problem: str, remedy: str) -> ConfigError:
    return ConfigError("taxonomy_invalid", where=f"tone.toml: rule {rule!r}", problem=problem, remedy=remedy)


@cache
def shipped_lexicon() -> ToneLexicon:
    """The lexicon that comes with the package."""
    return ToneLexicon(tomllib.loads((files("mcu_nlp") / "data" / "tone.toml").read_text("utf-8")))
