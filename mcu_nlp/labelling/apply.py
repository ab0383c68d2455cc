"""Decisions of a review -> corrected labels in the data, everything else as it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from mcu_nlp.dataset.examples import fold_title
from mcu_nlp.errors import InputError
from mcu_nlp.labelling.records import Applied, Decision, Review
from mcu_nlp.labelling.review_read import read_review
from mcu_nlp.tables import BadRow
from mcu_nlp.tables.whole import WholeTable, read_whole, sheet_cell, write_whole
from mcu_nlp.taxonomy import shipped_taxonomy

# So much of a text tells it from others; a cell may have cut the rest off.
_TOLD = 2000


def apply_review(
    data: str | Path, review: str | Path | Review, output: str | Path, *, chosen: Mapping[str, str | None] | None = None
) -> Applied:
    """Write ``data`` to ``output`` with the labels that the review decided.

    All columns and records stay. A category follows its topic unless the review decides it
    too. Applied again, to the same data or to its own output, it changes nothing more.
    Decisions that cannot be applied are in ``errors`` by their line of the review:
    ``review_row_missing``, ``review_label_unknown``, ``review_stale`` (the label is not the one that
    was reviewed), ``review_conflict`` (two decisions on one label: neither is applied).
    Raises what :func:`read_review` and :func:`mcu_nlp.read_rows` raise, and ``InputError``
    ``output_is_input``, ``output_type``, ``folder_missing``.
    """
    sources = [source for source in (data, review) if isinstance(source, (str, Path))]
    if Path(output).resolve() in {Path(source).resolve() for source in sources}:
        raise InputError("output_is_input", path=output)
    review = review if isinstance(review, Review) else read_review(review)
    table = read_whole(data, chosen)
    work = _Correction(table, review)
    applied = work.run()
    write_whole(table, output)
    return applied


class _Correction:
    """One run over one table."""

    def __init__(self, table: WholeTable, review: Review) -> None:
        self.table, self.review = table, review
        self.errors: list[BadRow] = list(review.errors)
        self.counts: Counter[str] = Counter()
        self.by_text: dict[str, list[int]] = {}
        for record in range(len(table.records)):
            self.by_text.setdefault(_key(table.cell(record, "text")), []).append(record)
        self.known = {field: self._known(field) for field in ("topic", "category", "department")}
        self.category_of = self._categories()

    def run(self) -> Applied:
        """Apply every decision that can be."""
        targets = self._targets()
        explicit = {record for record, field in targets if field == "category"}
        for (record, field), decisions in targets.items():
            for other in decisions[1:]:
                if (other.choice, _same(other.new)) != (decisions[0].choice, _same(decisions[0].new)):
                    self._fail(other, InputError("review_conflict", other=decisions[0].row))
                    break
            else:
                self._apply(record, field, decisions[0], follow=record not in explicit)
        count = self.counts
        return Applied(
            rows=len(self.table.records),
            changed=count["changed"],
            unchanged=count["unchanged"],
            followed=count["followed"],
            kept=count["keep"],
            unsure=count["unsure"],
            undecided=self.review.undecided,
            errors=tuple(sorted(self.errors, key=lambda error: error.number)),
        )

    def _targets(self) -> dict[tuple[int, str], list[Decision]]:
        """Decisions by the record and the field that they are about."""
        found: dict[tuple[int, str], list[Decision]] = {}
        for decision in self.review.decisions:
            record = self._find(decision)
            if record is None:
                self._fail(decision, InputError("review_row_missing"))
            else:
                found.setdefault((record, decision.field), []).append(decision)
        return found

    def _find(self, decision: Decision) -> int | None:
        """The record with the text of the decision: by number, else by id, else the only one."""
        same = self.by_text.get(_key(decision.text), [])
        if decision.number is not None and decision.number - 1 in same:
            return decision.number - 1
        by_id = [record for record in same if decision.id and self.table.cell(record, "id") == decision.id]
        candidates = by_id or same
        return candidates[0] if len(candidates) == 1 else None

    def _apply(self, record: int, field: str, decision: Decision, *, follow: bool) -> None:
        if decision.choice != "replace":
            self.counts[decision.choice] += 1
            return
        new = self.known[field].get(_same(decision.new))
        if new is None:
            self._fail(decision, InputError("review_label_unknown", field=field, label=decision.new))
            return
        present = self.table.cell(record, field)
        if _same(present) == _same(new):
            self.counts["unchanged"] += 1
        elif _same(present) != _same(decision.label):
            self._fail(decision, InputError("review_stale", reviewed=decision.label or "—", found=present or "—"))
            return
        else:
            self.table.put(record, field, new)
            self.counts["changed"] += 1
        category = self.category_of.get(_same(new)) if field == "topic" and follow else None
        if category and _same(self.table.cell(record, "category")) != _same(category):
            self.table.put(record, "category", category)
            self.counts["followed"] += 1

    def _fail(self, decision: Decision, problem: InputError) -> None:
        self.errors.append(BadRow(decision.row, problem))

    def _known(self, field: str) -> dict[str, str]:
        """Labels as they are written, by what they are compared by: those of the data go first."""
        taxonomy = shipped_taxonomy()
        national = {"topic": taxonomy.topics, "category": taxonomy.categories}.get(field, ())
        own = [self.table.cell(record, field) for record in range(len(self.table.records))]
        titles = [label.title for label in national]
        found: dict[str, str] = {}
        for label in [*own, *self.review.choices.get(field, ()), *titles]:
            if label:
                found.setdefault(_same(label), fold_title(label) or label)
        return found

    def _categories(self) -> dict[str, str]:
        """The category of every topic, as the data write it; none where the data have no categories."""
        if "category" not in self.table.places:
            return {}
        counts: dict[str, Counter[str]] = {}
        for record in range(len(self.table.records)):
            topic, category = self.table.cell(record, "topic"), self.table.cell(record, "category")
            if topic and category:
                counts.setdefault(_same(topic), Counter())[category] += 1
        found = {topic: count.most_common(1)[0][0] for topic, count in counts.items()}
        national = shipped_taxonomy()
        for label in national.topics:
            parent = national.category(label.category)
            written = self.known["category"].get(_same(parent.id)) or parent.title
            found.setdefault(_same(label.title), written)
        return found


def _same(label: str | None) -> str:
    """What labels are compared by: case, white space and a guard against formulas aside."""
    return (fold_title(label) or "").removeprefix("'").casefold()


def _key(text: str) -> str:
    """What texts are compared by, however the sheet had to write them."""
    return " ".join(str(sheet_cell(text)).removeprefix("'").split())[:_TOLD]
