"""All stages' answers -> one analysis, with the honest word whether a person must look."""

from __future__ import annotations

from mcu_nlp.records import Analysis, Review
from mcu_nlp.review import ReviewPolicy


def weigh_review(
    policy: ReviewPolicy, analysis: Analysis, *, out_of_scope: bool = False, complained_of: bool = False
) -> Review:
    """The review of an analysis whose parts are filled in; parts not asked for give no reason."""
    confidences: dict[str, float] = {}
    if analysis.category and analysis.topic:
        confidences = {"category": analysis.category.confidence, "topic": analysis.topic.confidence}
    if analysis.department:
        confidences["department"] = analysis.department.confidence
    found = []
    if analysis.card and len(analysis.card.questions) > 1:
        found.append("several_questions")
    if analysis.tone and analysis.tone.level == "conflict":
        found.append("conflict")
    if analysis.tone and any(signal.id == "risk" for signal in analysis.tone.signals):
        found.append("risk")
    if out_of_scope:
        found.append("out_of_scope")
    if complained_of:
        found.append("body_complained_of")
    return policy.decide(confidences, found)
