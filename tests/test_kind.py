"""Kind: the cues of the lexicon, the shape of sentences, and the reasons shown."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from mcu_nlp.analyzer import Analyzer
from mcu_nlp.errors import ConfigError
from mcu_nlp.explain import cue_weights, place_weights
from mcu_nlp.kind.encoder import CueEncoder
from mcu_nlp.kind.lexicon import SCENE, KindLexicon, shipped_cues
from mcu_nlp.stages.identify_kind import KINDS
from mcu_nlp.text.document import Document

CASES = Path(__file__).parent / "cases" / "kind" / "cues.txt"
LINES = [line for line in CASES.read_text("utf-8").splitlines() if line.strip() and not line.startswith("#")]


def shape(text: str) -> dict[str, float]:
    encoder = CueEncoder(shipped_cues())
    return dict(zip(encoder.names, encoder.encode(Document.of(text)).tolist(), strict=True))


@pytest.mark.parametrize("line", LINES)
def test_cues(line: str) -> None:
    mark, marked = line.split(": ", 1)
    rule, absent = mark.removeprefix("no "), mark.startswith("no ")
    assert rule in shipped_cues().rules
    document = Document.of(re.sub("[{}]", "", marked))
    cues = [cue for cue in shipped_cues().find(document) if cue.rule == rule]
    assert all(document.text[cue.span.start : cue.span.end] == cue.span.text for cue in cues)
    if absent:
        assert cues == []
        return
    proofs = [(found.start(), len(found[1])) for found in re.finditer(r"\{([^{}]*)\}", marked)]
    assert any(cue.span.start < at + size and at < cue.span.end for cue in cues for at, size in proofs)


def test_every_rule_that_speaks_for_a_kind_has_cases() -> None:
    spoken = {rule for rule, kind in shipped_cues().rules.items() if kind != SCENE}
    assert {line.split(": ", 1)[0] for line in LINES} >= spoken | {f"no {rule}" for rule in spoken}
    assert set(shipped_cues().rules.values()) == {*KINDS, SCENE}


def test_no_cue_reaches_over_a_sentence() -> None:
    document = Document.of("Лампа не. Горит свет")
    assert [cue for cue in shipped_cues().find(document) if cue.rule == "left_undone"] == []


@pytest.mark.parametrize(
    ("text", "present", "absent"),
    [
        ("Когда откроют каток?", {"question_only", "bare_question", "one_sentence", "tiny"}, {"nothing_asked"}),
        ("а когда откроют каток", {"asking_word", "unmarked_question", "unended"}, {"question"}),
        ("Двор не убран. Когда это кончится?", {"question_last"}, {"question_first", "question_only"}),
        ("Прошу ответить: когда уберут двор?", {"question_and_request", "polite_question"}, {"bare_question"}),
        ("Темно,страшно идти", {"unedited"}, {"emoji"}),
        (", да и у нас темно 😡", {"comma_first", "emoji"}, {"unedited"}),
    ],
)
def test_shape(text: str, present: set[str], absent: set[str]) -> None:
    found = {name for name, value in shape(text).items() if value > 0}
    assert present <= found
    assert not absent & found


def test_numbers_are_small_for_any_text() -> None:
    encoder = CueEncoder(shipped_cues())
    assert len(set(encoder.names)) == len(encoder.names)
    for text in ("", ".", "?", "?" * 9000, "не " * 9000, "а" * 50_000, "Когда? " * 3000, "\u0301"):
        row = encoder.encode(Document.of(text))
        assert row.shape == (len(encoder.names),)
        assert ((row >= 0) & (row <= 0.4501)).all()


@pytest.mark.parametrize(
    "rule",
    [
        {"id": "a", "kind": "no_kind", "any": ["яма"]},
        {"id": "a", "kind": "statement", "any": "яма"},
        {"id": "a", "kind": "statement", "any": ["... яма"]},
        {"id": "a", "kind": "statement", "any": [""]},
    ],
)
def test_faulty_rules_are_refused(rule: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        KindLexicon({"rule": [rule]})


def test_ids_are_unique() -> None:
    rule = {"id": "a", "kind": "statement", "any": ["яма"]}
    with pytest.raises(ConfigError):
        KindLexicon({"rule": [rule, rule]})


def test_a_kind_shows_its_words(analyzer: Analyzer) -> None:
    analysis = analyzer("Предлагаю добавить рейсы вечером. Когда появится ещё один автобус?", explain=True)
    assert analysis.explanation is not None
    assert analysis.explanation.kind
    for reason in analysis.explanation.kind:
        assert reason.weight > 0
        assert all(analysis.text[span.start : span.end] == span.text for span in reason.spans)


@pytest.mark.parametrize("model", ["analyzer", "shipped"])
def test_a_cue_weighs_on_its_words_alone(request: pytest.FixtureRequest, model: str) -> None:
    analyzer: Analyzer = request.getfixturevalue(model)
    encoder, heads = analyzer.bundle.encoder, analyzer.bundle.heads
    document = Document.of("Яма у школы, подскажите срок ремонта")
    cues = [cue for cue in encoder.cues.cues(document) if cue.rule == "tell_us"]
    encoded = encoder.encode([document])
    column = heads.columns("kind").start + KINDS.index("information_request")
    weights = cue_weights(analyzer, encoded, 0, column, cues)
    told = [term.token.text for term, weight in zip(encoded.terms[0], weights, strict=True) if weight]
    assert told == ["подскажите"]
    feature = encoder.blocks["cues"].start + encoder.cues.place("tell_us")
    assert weights.sum() == pytest.approx(encoded.dense[0, feature] * heads.dense[feature, column])


def test_a_place_weighs_on_the_word_that_names_it(shipped: Analyzer) -> None:
    encoder, heads = shipped.bundle.encoder, shipped.bundle.heads
    document = Document.of("Яма в Сосновке, а в Льгове и под Льговом светло")
    encoded = encoder.encode([document])
    title = "Администрация города Льгов"
    column = heads.columns("department").start + [d.title for d in shipped.bundle.taxonomy.departments].index(title)
    weights = place_weights(shipped, encoded, 0, column)
    told = [term.token.text for term, weight in zip(encoded.terms[0], weights, strict=True) if weight > 0]
    assert told == ["Льгове", "Льговом"]


def test_only_the_kind_reads_cues(analyzer: Analyzer) -> None:
    encoder, heads = analyzer.bundle.encoder, analyzer.bundle.heads
    cues = heads.dense[encoder.blocks["cues"]]
    others = np.ones(heads.dense.shape[1], bool)
    others[heads.columns("kind")] = False
    assert not cues[:, others].any()
    assert cues[:, heads.columns("kind")].any()
