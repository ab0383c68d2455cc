"""What a routing file would do to a file of appeals, before it is put to work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from mcu_nlp.records import Analysis
from mcu_nlp.routing.rules import Facts, RoutingTable


@dataclass
class DryRun:
    """How many appeals each rule caught, what none caught, where rule and model differ.

    ``contradictions`` counts ``(rule id, title of the rule's department, title of the model's)``.
    """

    total: int = 0
    caught: Counter[str] = field(default_factory=Counter)
    uncaught_topics: Counter[str] = field(default_factory=Counter)
    contradictions: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    @property
    def uncaught(self) -> int:
        """How many appeals no rule caught."""
        return self.total - self.caught.total()


def dry_run(table: RoutingTable, analyses: Iterable[Analysis]) -> DryRun:
    """Hold every analysis against the table; the analyses must be made without a routing file.

    Their departments are then the model's, and a contradiction is a rule that
    leads to a department of another title.
    """
    result = DryRun(caught=Counter({rule.id: 0 for rule in table.rules}))
    for analysis in analyses:
        result.total += 1
        rule = table.match(Facts.of(analysis.category, analysis.topic, analysis.card, analysis.channel))
        if rule is None:
            result.uncaught_topics[analysis.topic.id if analysis.topic else ""] += 1
            continue
        result.caught[rule.id] += 1
        wanted = table.departments[rule.department].title
        learned = analysis.department
        if learned is not None and learned.source == "model" and learned.title != wanted:
            result.contradictions[rule.id, wanted, learned.title] += 1
    return result
