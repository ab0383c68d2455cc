"""The model in use against a new one, on the same labelled appeals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from mcu_nlp.analyzer import Analyzer
from mcu_nlp.errors import InputError
from mcu_nlp.masking import mask_text
from mcu_nlp.quality.answers import Answers, LabelledRow, answer_rows, judge, read_labelled, shown_text
from mcu_nlp.quality.comparison import ChangedDecision, Comparison, Paired, VerdictRule
from mcu_nlp.quality.course import Course
from mcu_nlp.quality.intervals import RESAMPLES, Judged, suspect_seen
from mcu_nlp.quality.names import ClassNames
from mcu_nlp.quality.paired import class_changes, decide, pair
from mcu_nlp.quality.taxonomy_map import LEVELS, TaxonomyMap, load_taxonomy_map
from mcu_nlp.taxonomy import Label, Taxonomy
from mcu_nlp.training.progress import Step, Tell, silent

# The one that decides when none is named: the finest that is labelled.
_TARGETS = ("topic", "category", "department")
# Masking every text of a large file would take longer than the comparison.
_TEXTS = 2000
_RULE = VerdictRule()
# What the figures of a decision cost a row, in answers to an appeal; measured on 2,000 rows.
_FIGURES_COST = 0.1

Common = Mapping[str, Mapping[str, str]]


def compare(
    old: Analyzer,
    new: Analyzer,
    data: str | Path,
    *,
    target: str | None = None,
    taxonomy_map: TaxonomyMap | str | Path | None = None,
    chosen: Mapping[str, str | None] | None = None,
    rule: VerdictRule = _RULE,
    resamples: int = RESAMPLES,
    tell: Tell = silent,
) -> Comparison:
    """Compare two models by every label column of a file, and decide by ``target``.

    ``target`` is topic, category or department; without it, the first of these that is
    labelled. Labels may be of either taxonomy; classes of the same title are one class
    whatever their ids, the rest of what changed is told by ``taxonomy_map``. A label that a
    model cannot answer counts against it. Texts in the result are masked. ``tell`` is told
    how far the work has come.

    Raises what :func:`mcu_nlp.read_rows` and :func:`load_taxonomy_map` raise, and
    ``InputError``: ``rows_missing`` when no row can be analysed, ``target_missing`` when none
    has a label of the target.
    """
    taxonomies = old.bundle.taxonomy, new.bundle.taxonomy
    if taxonomy_map is not None and not isinstance(taxonomy_map, TaxonomyMap):
        taxonomy_map = load_taxonomy_map(taxonomy_map, *taxonomies)
    tell(Step("reading"))
    names = ClassNames(taxonomies[1], taxonomies[0])
    table = read_labelled(new, data, names, chosen)
    labelled = [decision for decision in _TARGETS if decision in table.labelled]
    if not labelled or (target is not None and target not in labelled):
        told = ", ".join(labelled) or "-"
        raise InputError("target_missing", path=data, target=target or "topic", labelled=told)
    target = target or labelled[0]
    common = _common(taxonomies[0], taxonomies[1], taxonomy_map or TaxonomyMap())
    rows = [replace(row, labels=_labels(row.labels, common)) for row in table.rows]
    costs = {"old": 1.0, "new": 1.0, "figures": len(labelled) * _FIGURES_COST}
    course = Course(tell, costs)
    answers = [
        [_answers(one, common) for one in answer_rows(analyzer, rows, labelled, course.part(side))]
        for side, analyzer in (("old", old), ("new", new))
    ]
    decisions: dict[str, Paired] = {}
    for number, decision in enumerate(labelled, 1):
        before, after, classes = _judge_both(decision, rows, answers)
        decisions[decision] = pair(before, after, resamples=resamples)
        if decision == target:
            shown = [(names.shown_id(target, id), names.title(target, id)) for id in classes]
            changes = class_changes(before, after, shown, rule)
            seen = [suspect_seen(one) for one in (before, after)]
        course.part("figures")(number, len(labelled))
    verdict, reasons = decide(decisions[target], changes, rule)
    return Comparison(
        old=asdict(old.model),
        new=asdict(new.model),
        data=table.name,
        rows=len(rows),
        skipped=len(table.failed),
        failed=table.failed,
        target=target,
        verdict=verdict,
        reasons=reasons,
        rule=rule,
        decisions=decisions,
        classes=changes,
        changed=_changed(target, rows, answers, names),
        unknown={
            side: _unknown(target, rows, taxonomy, common)
            for side, taxonomy in zip(("old", "new"), taxonomies, strict=True)
        },
        seen=tuple(side for side, suspected in zip(("old", "new"), seen, strict=True) if suspected),
    )


def _common(old: Taxonomy, new: Taxonomy, changes: TaxonomyMap) -> Common:
    """Ids -> the ids under which both models are compared, by decision."""
    found: dict[str, dict[str, str]] = {}
    for level in LEVELS:
        by_title = {label.title: label.id for label in _labels_of(new, level)}
        known = set(by_title.values())
        same = {
            label.id: by_title[label.title]
            for label in _labels_of(old, level)
            if label.title in by_title and label.id not in known
        }
        found[level] = same | dict(changes.common(level))
    return found


def _labels_of(taxonomy: Taxonomy, level: str) -> Sequence[Label]:
    return {"category": taxonomy.categories, "topic": taxonomy.topics, "department": taxonomy.departments}[level]


def _labels(labels: Mapping[str, str], common: Common) -> dict[str, str]:
    return {decision: common.get(decision, {}).get(id, id) for decision, id in labels.items()}


def _answers(answer: Answers, common: Common) -> Answers:
    return {
        decision: tuple(replace(choice, id=ids.get(choice.id, choice.id)) for choice in answer[decision])
        for decision, ids in common.items()
    }


def _judge_both(
    decision: str, rows: Sequence[LabelledRow], answers: Sequence[Sequence[Answers]]
) -> tuple[Judged, Judged, list[str]]:
    """Both models' answers as places in one list of classes."""
    places = [place for place, row in enumerate(rows) if decision in row.labels]
    told = [rows[place] for place in places]
    # Judged as one list, so that both share the places of the classes.
    both, classes = judge(decision, told + told, [side[place] for side in answers for place in places])
    n = len(told)
    halves = [
        Judged(both.truth[part], both.answer[part], both.confidence[part], both.classes)
        for part in (slice(0, n), slice(n, None))
    ]
    return halves[0], halves[1], classes


def _changed(
    target: str, rows: Sequence[LabelledRow], answers: Sequence[Sequence[Answers]], names: ClassNames
) -> tuple[ChangedDecision, ...]:
    found: list[ChangedDecision] = []
    for row, *sides in zip(rows, *answers, strict=True):
        before, after = (side[target][0].id if side[target] else "" for side in sides)
        if before == after:
            continue
        truth = row.labels.get(target)
        found.append(
            ChangedDecision(
                number=row.number,
                id=mask_text(str(row.message.id or row.number)).text,
                old=names.title(target, before) if before else "",
                new=names.title(target, after) if after else "",
                truth=names.title(target, truth) if truth else None,
                outcome=_outcome(truth, before, after),
                text=shown_text(row.message.text) if len(found) < _TEXTS else None,
            )
        )
    return tuple(found)


def _outcome(truth: str | None, before: str, after: str) -> str:
    if truth is None:
        return "unlabelled"
    return "win" if after == truth else "loss" if before == truth else "both_wrong"


def _unknown(target: str, rows: Sequence[LabelledRow], taxonomy: Taxonomy, common: Common) -> int:
    """Rows whose label a model cannot answer."""
    known = {common[target].get(label.id, label.id) for label in _labels_of(taxonomy, target)}
    return sum(target in row.labels and row.labels[target] not in known for row in rows)
