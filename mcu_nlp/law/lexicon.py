"""The lexicon of the law's signs: ``data/law.toml``, checked when it is read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from mcu_nlp.errors import ConfigError
from mcu_nlp.text.document import Token
from mcu_nlp.text.phrases import PhraseMatcher

FLAGS = (
    "no_author",
    "no_address",
    "abuse",
    "threat",
    "unreadable",
    "court_decision",
    "collective",
    "benefit_category",
    "addressee",
    "complained_of",
)
BENEFITS = (
    "disabled_child",
    "disabled",
    "large_family",
    "single_parent",
    "labour_veteran",
    "combat_veteran",
    "war_veteran",
    "svo_participant",
    "svo_family",
    "widow_of_fallen",
    "pensioner",
    "orphan",
    "guardian",
    "chernobyl",
    "low_income",
    "displaced",
)
CUES = ("complaint", "blamed", "body", "home", "reported", "office")
# Flags whose finds are a matter of words alone (threats are looked at once more by code).
_BY_WORDS = ("abuse", "threat", "court_decision", "collective")
_SET = re.compile(r"<(\w+)>")
_TABLES = ("sets", "relation", "cue", "signatures", "patterns", "channels", "number")


_Phrase = tuple[tuple[str, str], str]


class Find(NamedTuple):
    """A find of the lexicon: words ``first`` to ``stop - 1``; ``role`` is any, unless, cue, term, alone or set."""

    role: str
    name: str
    first: int
    stop: int


class LawLexicon:
    """Finds all phrases of the file in one pass over the words."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        for name in (*_TABLES, "rule", "benefit"):
            if name not in content:
                raise _invalid(f"[{name}]", "the table is missing", "write it")
        self._sets: Mapping[str, str] = content["sets"]
        self.flag_of: dict[str, str] = {}
        self._matcher = PhraseMatcher(
            [*self._of_rules(content["rule"]), *self._of_benefits(content["benefit"]), *self._of_cues(content)]
        )
        self.masked_obscenity = re.compile(str(content["patterns"]["masked_obscenity"]), re.IGNORECASE)
        self.without_requisites = frozenset(map(str, content["channels"]["without_requisites"]))
        self.numbers: dict[str, int] = {str(word): int(value) for word, value in content["number"].items()}

    def _of_rules(self, rules: Iterable[Mapping[str, Any]]) -> Iterator[_Phrase]:
        for rule in rules:
            id, flag = str(rule["id"]), str(rule["flag"])
            if id in self.flag_of:
                raise _invalid(f"rule {id!r}", "the id stands twice", "ids must be unique")
            if flag not in _BY_WORDS:
                raise _invalid(f"rule {id!r}", f"unknown flag {flag!r}", f"use one of {_BY_WORDS}")
            self.flag_of[id] = flag
            for role in ("any", "unless"):
                yield from self._phrases(f"rule {id!r}", (role, id), rule.get(role, []))

    def _of_benefits(self, benefits: Iterable[Mapping[str, Any]]) -> Iterator[_Phrase]:
        for benefit in benefits:
            id = str(benefit["id"])
            if id not in BENEFITS:
                raise _invalid(f"benefit {id!r}", "unknown id", f"use one of {BENEFITS}")
            for role in ("term", "alone"):
                yield from self._phrases(f"benefit {id!r}", (role, id), benefit.get(role, []))

    def _of_cues(self, content: Mapping[str, Any]) -> Iterator[_Phrase]:
        if content["cue"].keys() != set(CUES):
            raise _invalid("[cue]", f"holds {sorted(content['cue'])}", f"it must hold {CUES}")
        for name, wanted in content["cue"].items():
            yield from self._phrases(f"cue {name!r}", ("cue", name), wanted)
        yield from self._phrases("[signatures]", ("cue", "signatures"), content["signatures"]["words"])
        for name in ("self", "third", "allowed"):
            yield from self._phrases(f"relation {name!r}", ("set", name), [str(content["relation"][name])])
        yield from self._phrases("[signatures] counted", ("set", "counted"), [str(content["signatures"]["counted"])])

    def _phrases(self, where: str, key: tuple[str, str], wanted: object) -> list[_Phrase]:
        if not isinstance(wanted, list) or not all(isinstance(phrase, str) for phrase in wanted):
            raise _invalid(where, f"{key[0]} is not a list of phrases", "write phrases in brackets")
        return [(key, _SET.sub(lambda hit: self._set(where, hit[1]), phrase)) for phrase in wanted]

    def _set(self, where: str, name: str) -> str:
        if name not in self._sets:
            raise _invalid(where, f"unknown set <{name}>", f"use one of {sorted(self._sets)}")
        return self._sets[name]

    def find(self, words: tuple[Token, ...]) -> list[Find]:
        """Everything that stands in the words, by place."""
        # The notation writes «е»; so must the words, or «придём» is not found by «=придем».
        plain = [t._replace(lower=t.lower.replace("ё", "е")) if "ё" in t.lower else t for t in words]
        return [Find(role, name, first, stop) for (role, name), first, stop in self._matcher.find(plain)]


def _invalid(where: str, problem: str, remedy: str) -> ConfigError:
    return ConfigError("taxonomy_invalid", where=f"law.toml: {where}", problem=problem, remedy=remedy)


@cache
def shipped_law() -> LawLexicon:
    """The lexicon that comes with the package."""
    return LawLexicon(tomllib.loads((files("mcu_nlp") / "data" / "law.toml").read_text("utf-8")))
