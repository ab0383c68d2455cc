"""Classes by id or title, and what of them may be shown: an executor's title is often a person's name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mcu_nlp.dataset.examples import fold_title
from mcu_nlp.labels import level_titles
from mcu_nlp.masking import mask_text
from mcu_nlp.stages.identify_kind import kind_titles
from mcu_nlp.taxonomy import Label, Taxonomy, shipped_taxonomy

DECISIONS = ("category", "topic", "department", "kind", "tone")


class ClassNames:
    """Reads labels written as ids or titles; tells titles without personal data.

    The first taxonomy that knows a title gives its id; the shipped one comes last.
    """

    def __init__(self, *taxonomies: Taxonomy) -> None:
        official = shipped_taxonomy()
        self._ids: dict[str, dict[str, str]] = {decision: {} for decision in DECISIONS}
        self._titles: dict[str, dict[str, str]] = {decision: {} for decision in DECISIONS}
        self._shown: dict[tuple[str, str], tuple[str, str]] = {}
        self._public = {label.title for label in (*official.categories, *official.topics)}
        for taxonomy in (*taxonomies, official):
            self._add("category", taxonomy.categories)
            self._add("topic", taxonomy.topics)
            self._add("department", taxonomy.departments)
        for decision, titles in (("kind", kind_titles()), ("tone", level_titles())):
            self._add(decision, (Label(id, title) for id, title in titles.items()))
            self._public |= set(titles.values())

    def _add(self, decision: str, labels: Iterable[Label]) -> None:
        for label in labels:
            self._titles[decision].setdefault(label.id, label.title)
            self._ids[decision].setdefault(_key(label.id), label.id)
            self._ids[decision].setdefault(_key(label.title), label.id)

    def id(self, decision: str, written: str | None) -> str | None:
        """The id of a label; a title that nobody knows stays as it is, an empty cell is ``None``."""
        folded = fold_title(written)
        return self._ids[decision].get(_key(folded), folded) if folded else None

    def labels(self, values: Mapping[str, str]) -> dict[str, str]:
        """The ids of all decisions that a row is labelled with."""
        found = {decision: self.id(decision, values.get(decision)) for decision in DECISIONS}
        return {decision: id for decision, id in found.items() if id is not None}

    def title(self, decision: str, id: str) -> str:
        """The title to show; classes whose titles look alike when masked are numbered."""
        return self._show(decision, id)[1]

    def shown_id(self, decision: str, id: str) -> str:
        """The id to show: that of a masked title tells no more than the title."""
        return self._show(decision, id)[0]

    def _show(self, decision: str, id: str) -> tuple[str, str]:
        if (decision, id) not in self._shown:
            title = self._titles[decision].get(id, id)
            masked = title if title in self._public else mask_text(title).text or "…"
            shown = (id if id in self._titles[decision] else masked, masked)
            if masked != title:
                taken = {other for (known, _), (_, other) in self._shown.items() if known == decision}
                alike = sum(other == masked or other.startswith(f"{masked} №") for other in taken)
                masked = f"{masked} №{alike + 1}" if alike else masked
                shown = (masked, masked)
            self._shown[decision, id] = shown
        return self._shown[decision, id]


def _key(written: str) -> str:
    return written.lower()
