"""Tone: the lexicon's rules, hidden obscenities and their look-alikes, levels, evidence, whom it is aimed at."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import mcu_nlp
from mcu_nlp.errors import ConfigError
from mcu_nlp.records import Priority, Signal, Tone
from mcu_nlp.text.document import Document
from mcu_nlp.text.phrases import PhraseMatcher, parse_phrase
from mcu_nlp.tone.levels import LEVELS, ConflictMix, conflict_scores, decide, level_scores
from mcu_nlp.tone.lexicon import OBSCENE, SIGNALS, Rule, ToneLexicon, shipped_lexicon
from mcu_nlp.tone.obscene import find_obscene
from mcu_nlp.tone.priority import find_priority
from mcu_nlp.tone.style import StyleEncoder
from mcu_nlp.tone.target import find_target

CASES = Path(__file__).parent / "cases" / "tone"


def lines(name: str) -> list[str]:
    read = (CASES / f"{name}.txt").read_text("utf-8").splitlines()
    return [line.strip() for line in read if line.strip() and not line.startswith("#")]


def found(text: str, signal: str) -> list[str]:
    return [hit.rule for hit in shipped_lexicon().hits(Document.of(text)) if hit.signal == signal and hit.strong]


@pytest.mark.parametrize("line", lines("signals"))
def test_signals(line: str) -> None:
    mark, marked = line.split(": ", 1)
    signal, absent = mark.removeprefix("no "), mark.startswith("no ")
    assert signal in SIGNALS
    text = re.sub("[{}]", "", marked)
    hits = [hit for hit in shipped_lexicon().hits(Document.of(text)) if hit.signal == signal and hit.strong]
    if absent:
        assert hits == []
        return
    proofs = [(text.index(words), text.index(words) + len(words)) for words in re.findall(r"\{([^{}]*)\}", marked)]
    assert any(hit.span.start < end and start < hit.span.end for hit in hits for start, end in proofs)


def test_cases_are_many() -> None:
    assert len(lines("signals")) >= 200
    assert len(set(lines("innocent"))) >= 150
    assert len(set(lines("hidden"))) >= 150


@pytest.mark.parametrize("frame", ["{}", "Прошу решить: {} у дома.", "{}!!!"])
def test_no_look_alike_is_abuse(frame: str) -> None:
    alarms = {word: rules for word in lines("innocent") if (rules := found(frame.format(word), "insult"))}
    assert alarms == {}


def test_capitals_do_not_make_abuse() -> None:
    assert {word for word in lines("innocent") if find_obscene(Document.of(word.upper()))} == set()


@pytest.mark.parametrize("frame", ["{}", "Это {} какой-то у дома 5", "Дорога, {}, разбита!"])
def test_hidden_obscenities_are_found(frame: str) -> None:
    words = lines("hidden")
    missed = [word for word in words if OBSCENE not in found(frame.format(word), "insult")]
    assert len(missed) <= 0.05 * len(words), missed


@pytest.mark.parametrize("piece", ["п ", "а.", "х*", "ё", "б**", "ааа", "п.и.", "_", "х у ", "1а", "*a*"])
def test_search_is_linear(piece: str) -> None:
    # Not timed, the machine is shared: a quadratic search of so much text would not end in minutes.
    document = Document.of(piece * 100_000)
    assert all(document.text[span.start : span.end] == span.text for span in find_obscene(document))


def test_place_of_a_hidden_word() -> None:
    document = Document.of("Кругом грязь и п**дец, ещё раз: п и з д е ц!")
    assert [span.text for span in find_obscene(document)] == ["п**дец", "п и з д е ц"]
    assert all(document.text[span.start : span.end] == span.text for span in find_obscene(document))


def test_nothing_reaches_over_the_end_of_a_sentence() -> None:
    assert found("Буду ждать. Прокуратура напротив.", "escalation") == []


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("Управляющая компания нас обманывает", "company"),
        ("Сосед нас обманывает", "neighbour"),
        ("Администрация бездействует", "official"),
        ("Вы врёте", "official"),
        ("Водитель маршрутки нахамил", "citizen"),
        ("Всё это обман", None),
    ],
)
def test_target(text: str, target: str | None) -> None:
    document = Document.of(text)
    assert find_target(document, document.sentences[0]) == target


def test_threat_of_another_is_risk_not_escalation() -> None:
    text = "Сосед угрожает убить мою собаку"
    assert found(text, "escalation") == []
    assert found(text, "risk")


def levels(scores: list[list[float]], suspected: list[bool], bias: list[float]) -> list[str]:
    raw = np.array(scores)
    found = level_scores(raw, raw[:, 2], np.array(suspected), np.array(bias))
    return [LEVELS[place] for place in found.argmax(axis=1)]


def test_levels_are_two_decisions() -> None:
    scores = [[0.9, 0, -0.9], [-0.9, 0, -0.9], [0.9, 0, 0.9], [-0.9, 0, 0.1]]
    assert levels(scores, [False] * 4, [0.1, -0.2, -0.2]) == ["neutral", "tense", "conflict", "tense"]


def test_suspected_conflict_is_not_calm() -> None:
    scores = [[0.9, 0, -0.3], [0.9, 0, -0.7], [0.9, 0, 0.9]]
    assert levels(scores, [True] * 3, [0.1, 0.5, -0.2]) == ["tense", "neutral", "conflict"]
    assert levels(scores, [False] * 3, [0.1, 0.5, -0.2]) == ["neutral", "neutral", "conflict"]


def test_reason_and_anger_speak_for_conflict() -> None:
    level, signal = np.array([[-0.5, 0, 0.1]]), np.full((1, len(SIGNALS)), -1.0)
    signal[0, SIGNALS.index("escalation")] = 0.6
    assert conflict_scores(level, signal, ConflictMix()) == pytest.approx([0.1])
    assert conflict_scores(level, signal, ConflictMix(reason=0.5, anger=0.2)) == pytest.approx([0.1 + 0.3 + 0.1])


HALF = dict.fromkeys(SIGNALS, 0.5)
THREAT = {"threat": Rule("escalation", conflict=True)}


@pytest.mark.parametrize(
    ("level", "likely", "found", "told", "shown"),
    [
        ("conflict", {"accusation": 0.7}, {}, "conflict", ("accusation",)),
        ("conflict", {"accusation": 0.3}, {}, "conflict", ("accusation",)),
        ("conflict", {"accusation": 0.1, "risk": 0.9}, {}, "tense", ("risk",)),
        ("neutral", {"escalation": 0.6}, THREAT, "tense", ("escalation",)),
        ("neutral", {"escalation": 0.4}, THREAT, "neutral", ()),
        ("tense", {"insult": 0.9}, {}, "tense", ()),
        ("tense", {"insult": 0.9}, {"rude": Rule("insult")}, "tense", ("insult",)),
        ("neutral", {}, {OBSCENE: Rule("insult", conflict=True)}, "conflict", ("insult",)),
    ],
)
def test_level_and_signals_agree(
    level: str, likely: dict[str, float], found: dict[str, Rule], told: str, shown: tuple[str, ...]
) -> None:
    decision = decide(level, dict.fromkeys(SIGNALS, 0.0) | likely, HALF, found)
    assert (decision.level, decision.shown) == (told, shown)
    assert decision.proven == (0.95 if OBSCENE in found else 0.0)


def test_priority_comes_from_danger_alone() -> None:
    angry, danger = Document.of("Вы все воры!"), Document.of("Просим помочь. Провод искрит, детей бьёт током.")
    lexicon = shipped_lexicon()
    insult = Tone("conflict", 0.9, (Signal("insult", 0.9, ()),))
    risk = Tone("neutral", 0.9, (Signal("risk", 0.9, ()),))
    assert find_priority(angry, lexicon.hits(angry), insult) == Priority("normal")
    found = find_priority(danger, lexicon.hits(danger), risk)
    assert found.level == "high"
    assert any("током" in span.text for span in found.spans)


@pytest.mark.parametrize(
    "text",
    [
        "Сосед угрожает убить меня, помогите",
        "Искрит провод над детской площадкой",
        "Пахнет газом в подъезде дома 5 на улице Мира",
        "Собака покусала ребёнка у школы",
    ],
)
def test_danger_to_life_is_risk_and_read_first_however_calm_the_words(text: str, analyzer: mcu_nlp.Analyzer) -> None:
    analysis = analyzer(text)
    assert analysis.tone
    (risk,) = [signal for signal in analysis.tone.signals if signal.id == "risk"]
    assert risk.spans
    assert analysis.priority
    assert analysis.priority.level == "high"
    assert not [signal for signal in analysis.tone.signals if signal.id == "insult"]


def test_style_names_fit_the_numbers() -> None:
    style = StyleEncoder(shipped_lexicon())
    row = style.encode(Document.of("Сколько можно?! ПОЗОР вам!!!"))
    assert row.shape == (len(style.names),)
    assert len(set(style.names)) == len(style.names)
    named = dict(zip(style.names, row.tolist(), strict=True))
    assert all(named[name] > 0 for name in ("how_long", "outrage", "shout", "capitals"))


def test_empty_and_odd_texts() -> None:
    style = StyleEncoder(shipped_lexicon())
    for text in ("", ".", "!!!", "123", "a" * 50_000, "п " * 5_000, "\u0301"):
        assert np.isfinite(style.encode(Document.of(text))).all()


@pytest.mark.parametrize(
    "rule",
    [
        {"id": "a", "signal": "rage", "any": ["яма"]},
        {"id": "a", "signal": "risk", "any": "яма"},
        {"id": "a", "signal": "risk", "any": ["$nobody"]},
        {"id": "a", "signal": "risk", "any": ["... яма"]},
        {"id": "a", "signal": "risk", "grade": "so-so", "any": ["яма"]},
        {"id": "a", "signal": "risk", "level": "tense", "any": ["яма"]},
        {"id": OBSCENE, "signal": "risk", "any": ["яма"]},
    ],
)
def test_faulty_rules_are_refused(rule: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        ToneLexicon({"rule": [rule]})


@pytest.mark.parametrize(
    ("phrase", "text", "matched"),
    [
        ("писать:past ... прокуратура", "Писали в прокуратуру", True),
        ("писать:past ... прокуратура", "Пишем в прокуратуру", False),
        ("# =раз", "обращались 5 раз", True),
        ("=спустя_рукава|плохо", "сделано спустя рукава", True),
        ("=спустя_рукава|плохо", "спустя год", False),
        ("=еще", "ещё", True),
    ],
)
def test_notation_of_phrases(phrase: str, text: str, matched: bool) -> None:
    tokens = [token for token in Document.of(text).tokens if token.text[0].isalnum()]
    assert bool(list(PhraseMatcher([("x", phrase)]).find(tokens))) is matched


def test_every_shipped_phrase_can_be_read() -> None:
    assert parse_phrase("а|б ... в")
    assert {rule.signal for rule in shipped_lexicon().rules.values()} >= set(SIGNALS)
