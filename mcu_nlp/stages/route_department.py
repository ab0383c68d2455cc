"""Topic, card and text -> responsible department, with the source that decided.

Rules win over the model, the model over the default. A complaint that would go to the
body complained of (59-ФЗ, art. 8 p. 6 forbids it) is marked for a person.
"""

from __future__ import annotations

import re

import numpy as np

from mcu_nlp.linear import Calibrator
from mcu_nlp.linear.calibrator import log_softmax
from mcu_nlp.linear.ngrams import Floats
from mcu_nlp.records import Card, Choice, Department, Flag
from mcu_nlp.routing.rules import Facts, RoutingTable
from mcu_nlp.stages.identify_topic import TopicAnswers, candidates
from mcu_nlp.taxonomy import Label, Taxonomy
from mcu_nlp.text.names import fold_name, fold_words

_COMPLAINT = re.compile(r"жалоб|жалу[ею]|бездейств|(?:на|не) действи", re.IGNORECASE)
# The department of an appeal that nothing decides.
UNKNOWN = Label("unknown", "Не определено")


class DepartmentRouter:
    """Decides by rules, then by what was learned, then by the default.

    ``topic_weights`` (topics + categories, departments) adds what the topic says to
    what the words of the text say.
    """

    def __init__(
        self, taxonomy: Taxonomy, topic_weights: Floats, calibrator: Calibrator, table: RoutingTable | None = None
    ) -> None:
        self.taxonomy, self.topic_weights, self.calibrator, self.table = taxonomy, topic_weights, calibrator, table

    def learned(self, text_scores: Floats | None, answers: TopicAnswers) -> list[tuple[Choice, ...]]:
        """What history says of each text: the three likeliest departments, none where none was learned."""
        if text_scores is None or not self.taxonomy.departments:
            return [()] * len(answers.topics)
        scores = self.scores(text_scores, answers.joint, answers.by_category)
        return candidates(self.calibrator.probabilities(scores), self.taxonomy.departments)

    def __call__(
        self,
        category: Choice,
        topics: tuple[Choice, ...],
        learned: tuple[Choice, ...],
        card: Card | None,
        channel: str | None = None,
    ) -> tuple[Department, tuple[Choice, ...]]:
        """The department of one appeal, and the candidates, best first: it, and what else it could be.

        Where a rule decides, the others are where the rules lead with the next topics; the
        departments that were learned may not exist in the district.
        """
        topic = topics[0]
        chosen = self._by_rule(category, topic, card, channel)
        if chosen is not None:
            return chosen, self._ruled(chosen, topics[1:], card, channel)
        if learned:
            because = (f"model: topic={topic.id} ({topic.confidence:.2f})",)
            chosen = Department(learned[0].id, learned[0].title, learned[0].confidence, "model", because)
        if chosen is None:
            chosen = self._default()
        rivals = tuple(choice for choice in learned if choice.id != chosen.id)
        return chosen, (Choice(chosen.id, chosen.title, chosen.confidence), *rivals)[:3]

    def _ruled(
        self, chosen: Department, topics: tuple[Choice, ...], card: Card | None, channel: str | None
    ) -> tuple[Choice, ...]:
        found = {chosen.id: Choice(chosen.id, chosen.title, chosen.confidence)}
        for topic in topics:
            label = self.taxonomy.category(self.taxonomy.topic(topic.id).category)
            other = self._by_rule(Choice(label.id, label.title, topic.confidence), topic, card, channel)
            if other is not None and other.id not in found:
                found[other.id] = Choice(other.id, other.title, min(other.confidence, topic.confidence))
        return tuple(sorted(found.values(), key=lambda choice: (choice.id != chosen.id, -choice.confidence)))

    def scores(self, text_scores: Floats, joint: Floats, by_category: Floats) -> Floats:
        """Scores of departments: text plus topic, for several texts."""
        return np.asarray(text_scores + topic_features(joint, by_category) @ self.topic_weights, np.float32)

    def _by_rule(self, category: Choice, topic: Choice, card: Card | None, channel: str | None) -> Department | None:
        if self.table is None:
            return None
        rule = self.table.match(Facts.of(category, topic, card, channel))
        if rule is None:
            return None
        # A rule is as sure as what it rests on.
        confidence = topic.confidence if "topic" in rule.conditions else 1.0
        if "category" in rule.conditions and "topic" not in rule.conditions:
            confidence = category.confidence
        department = self.table.departments[rule.department]
        met = ", ".join(f"{name}={'|'.join(sorted(values))}" for name, values in rule.conditions.items())
        because = [f"rule={rule.id}", f"{self.table.path.name}:{rule.line}: {met}"]
        if department.id in self.table.curators:
            because.append(f"curator={self.table.curators[department.id]}")
        return Department(department.id, department.title, confidence, "rule", tuple(because))

    def _default(self) -> Department:
        if self.table is not None and self.table.default is not None:
            label = self.table.departments[self.table.default]
            return Department(label.id, label.title, 0.0, "default", (f"{self.table.path.name}: default",))
        return Department(UNKNOWN.id, UNKNOWN.title, 0.0, "default", ("no rule and no learned department",))


def topic_features(joint: Floats, by_category: Floats) -> Floats:
    """Square roots of topic and category probabilities: ``(texts, topics + categories)``."""
    topics = np.exp(0.5 * log_softmax(joint))
    categories = np.exp(0.5 * log_softmax(by_category))
    return np.asarray(np.concatenate((topics, categories), axis=1), np.float32)


def may_complain(text: str) -> bool:
    """Whether a text may complain of somebody at all: only then is it held against the department.

    >>> may_complain("Жалоба на жилищный отдел"), may_complain("Не горит фонарь")
    (True, False)
    """
    return _COMPLAINT.search(text) is not None


def complained_of(department: Department, flags: tuple[Flag, ...], text: str) -> bool:
    """Whether an appeal complains of the very body that would answer it (59-ФЗ, art. 8 p. 6).

    Either a flag names the body, or a text that complains holds the body's whole title.
    """
    title = fold_name(department.title)
    names = [fold_name(str(flag.value)) for flag in flags if flag.id == "complained_of" and flag.value]
    if any(name == title or (" " in name and (name in title or title in name)) for name in names):
        return True
    return may_complain(text) and title in fold_words(text)
