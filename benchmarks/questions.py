"""Whether several questions are told from one, by cross-validation; texts come from MCU_NLP_DATA.

python benchmarks/questions.py           the figures
python benchmarks/questions.py --write   and learn mcu_nlp/data/questions.toml anew

Topics of sentences are scored by models that saw neither the message nor its copies, and
the weights that judge a message were learned without its fold.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
from rich.console import Console
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from mcu_nlp.bundle import shipped_corpus
from mcu_nlp.corpus.rows import CorpusQuestion, read_rows
from mcu_nlp.dataset.examples import FOLDS, Example, read_corpus
from mcu_nlp.questions.bounds import BoundaryWeights
from mcu_nlp.questions.signs import SIGNS, boundary_signs, compare_topics, is_same_matter
from mcu_nlp.questions.units import read_units
from mcu_nlp.records import Span
from mcu_nlp.stages.encode_text import encode_text
from mcu_nlp.stages.identify_topic import TopicIdentifier
from mcu_nlp.stages.split_questions import topic_kinship
from mcu_nlp.taxonomy import shipped_taxonomy
from mcu_nlp.text.document import Document
from mcu_nlp.training.__main__ import data_folder, shipped_examples
from mcu_nlp.training.fit import Fitted, fit_topics
from mcu_nlp.training.reading import read_documents
from mcu_nlp.training.recipe import Recipe
from mcu_nlp.training.run import with_departments

# How many single messages of the corpus may be cut by mistake.
FALSE_ALARMS = 0.03
INVERSE_PENALTY = 0.3
WRITTEN = Path(__file__).parent.parent / "mcu_nlp" / "data" / "questions.toml"


@dataclass
class Message:
    """A message with its signs and what a model that did not see it says of its pieces."""

    example: Example
    document: Document
    several: bool
    questions: tuple[CorpusQuestion, ...] = ()
    units: list[Span] = field(default_factory=list)
    signs: list[dict[str, float]] = field(default_factory=list)
    same: list[bool] = field(default_factory=list)
    begins: list[bool] = field(default_factory=list)
    likely: list[float] = field(default_factory=list)
    pieces: list[tuple[Span, str]] = field(default_factory=list)

    @property
    def score(self) -> float:
        return max(self.likely, default=0.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    console = Console()
    taxonomy = shipped_taxonomy()
    known = [example for example in shipped_examples(taxonomy) if example.source != "corpus"]
    examples, taxonomy = with_departments([*known, *read_corpus(shipped_corpus(), taxonomy, held_out=True)], taxonomy)
    messages = read_messages(examples)
    readings = read_documents(examples)
    models: dict[int, Fitted] = {}
    for fold in range(FOLDS):
        console.log(f"fold {fold + 1} of {FOLDS}")
        seen = [n for n, example in enumerate(examples) if example.fold != fold]
        models[fold] = fit_topics([examples[n] for n in seen], readings.take(seen), taxonomy, Recipe())
        sign([message for message in messages if message.example.fold == fold], models[fold])
    for fold in range(FOLDS):
        weights = learn([message for message in messages if message.example.fold != fold], 0.5)
        for message in messages:
            if message.example.fold == fold:
                judge(message, weights)
    threshold = choose(messages)
    console.print(f"threshold {threshold:.3f}")
    for message in messages:
        message.pieces = cut(message, threshold, models[message.example.fold])
    for name in ("corpus", "portal"):
        console.print(name, detection([message for message in messages if message.example.source == name]))
    console.print("pieces", pieces([message for message in messages if message.questions]))
    if arguments.write:
        write(learn(messages, threshold))


def read_messages(examples: list[Example]) -> list[Message]:
    """Rows of the corpus with their marks, and the messages of the register whose questions were counted."""
    rows = {row.id: row for row in read_rows(shipped_corpus())}
    lines = (data_folder() / "kursk" / "structure.jsonl").read_text("utf-8").splitlines()
    counted = {str(record["id"]): int(record["questions"]) for record in map(json.loads, lines)}
    messages = []
    for example in examples:
        if example.source == "corpus":
            marked = rows[example.id].questions
            messages.append(Message(example, Document.of(example.text), len(marked) > 1, marked))
        elif example.source == "portal" and example.id in counted:
            messages.append(Message(example, Document.of(example.text), counted[example.id] > 1))
    return messages


def sign(messages: list[Message], model: Fitted) -> None:
    """Read sentences with a model that did not see them."""
    identify = TopicIdentifier(model.taxonomy, Recipe().joint, {})
    kin, categories = topic_kinship(model.taxonomy)
    for message in messages:
        units = message.units = read_units(message.document)
        if not units:
            continue
        texts = [message.document.piece(unit.start, unit.end) for unit in units]
        _, scores = encode_text(texts, model.encoder, model.heads, style=False)
        matters = compare_topics(identify.joint_scores(scores["topic"], scores["category"]), kin, categories)
        message.signs = boundary_signs(units, matters)
        message.same = [is_same_matter(matters, n) for n in range(1, len(units))]
        begun = {max((n for n, u in enumerate(units) if u.start <= q.start), default=0) for q in message.questions[1:]}
        message.begins = [n in begun for n in range(1, len(units))]


def learn(messages: list[Message], threshold: float) -> BoundaryWeights:
    """Fit the weights; a register's message with several questions has no marked boundary and teaches nothing."""
    rows = [
        ([signs[name] for name in SIGNS], begins)
        for message in messages
        if message.example.source == "corpus" or not message.several
        for signs, begins in zip(message.signs, message.begins, strict=True)
    ]
    table, begins = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    scaler = StandardScaler().fit(table)
    fit = LogisticRegression(C=INVERSE_PENALTY, max_iter=1000).fit(scaler.transform(table), begins)
    weights = fit.coef_[0] / scaler.scale_
    bias = float(fit.intercept_[0] - weights @ scaler.mean_)
    return BoundaryWeights(dict(zip(SIGNS, map(float, weights), strict=True)), bias, threshold)


def judge(message: Message, weights: BoundaryWeights) -> None:
    message.likely = [
        0.0 if same else weights.probability(signs) for signs, same in zip(message.signs, message.same, strict=True)
    ]


def choose(messages: list[Message]) -> float:
    """The threshold at which so many single messages of the corpus are cut by mistake."""
    single = sorted((m.score for m in messages if m.example.source == "corpus" and not m.several), reverse=True)
    return round(single[int(FALSE_ALARMS * len(single))], 3)


def cut(message: Message, threshold: float, model: Fitted) -> list[tuple[Span, str]]:
    """The questions as the library tells them, each with its topic; fewer than two are none."""
    starts = [u.start for u, sure in zip(message.units[1:], message.likely, strict=True) if sure >= threshold]
    if not starts:
        return []
    text = message.document
    spans = [text.span(*bounds) for bounds in pairwise([0, *starts, len(text.text)])]
    _, scores = encode_text([text.piece(s.start, s.end) for s in spans], model.encoder, model.heads, style=False)
    identify = TopicIdentifier(model.taxonomy, Recipe().joint, {})
    best = identify.joint_scores(scores["topic"], scores["category"]).argmax(axis=1)
    kin, _ = topic_kinship(model.taxonomy)
    begun: list[tuple[int, int]] = []
    for span, place in zip(spans, map(int, best), strict=True):
        if not any(kin[place, other] for _, other in begun):
            begun.append((span.start, place))
    bounds = pairwise([*(start for start, _ in begun), len(text.text)])
    found = [(text.span(*b), model.taxonomy.topics[p].id) for b, (_, p) in zip(bounds, begun, strict=True)]
    return found if len(found) > 1 else []


def detection(messages: list[Message]) -> dict[str, float]:
    """Messages of several questions against the others."""
    found = sum(bool(message.pieces) for message in messages)
    hit = sum(bool(message.pieces) and message.several for message in messages)
    several = sum(message.several for message in messages)
    return {
        "several": several,
        "single": len(messages) - several,
        "precision": round(hit / max(1, found), 3),
        "recall": round(hit / several, 3),
        "f1": round(2 * hit / (found + several), 3),
        "false_alarms": round((found - hit) / (len(messages) - several), 3),
    }


def pieces(messages: list[Message]) -> dict[str, float]:
    """Pieces against marked questions (half of the words in common), and the topics of those that meet."""
    met = right = 0
    for message in messages:
        left = list(message.questions)
        for span, topic in message.pieces:
            near = max(left, key=lambda question: overlap(question, span), default=None)
            if near is not None and overlap(near, span) >= 0.5:
                left.remove(near)
                met += 1
                right += topic == near.topic
    told = sum(len(message.pieces) for message in messages)
    marked = sum(len(message.questions) for message in messages)
    return {
        "marked": marked,
        "told": told,
        "precision": round(met / max(1, told), 3),
        "recall": round(met / marked, 3),
        "topic_accuracy": round(right / max(1, met), 3),
    }


def overlap(one: Span, other: Span) -> float:
    """The words of two spans that both hold, of all their words."""
    a, b = one.text.lower().split(), other.text.lower().split()
    both = sum(min(a.count(word), b.count(word)) for word in set(a))
    return both / max(1, len(a) + len(b) - both)


def write(weights: BoundaryWeights) -> None:
    lines = [
        "# Where another question begins: a logistic regression over the signs of mcu_nlp/questions/signs.py,",
        "# learned from the corpus and the single messages of the register by `benchmarks/questions.py --write`.",
        f"bias = {weights.bias:.4f}",
        f"threshold = {weights.threshold:.3f}",
        "",
        "[weights]",
        *(f"{name} = {weight:.4f}" for name, weight in weights.weights.items()),
    ]
    WRITTEN.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
