"""Routing rules that are not at work: checked and tried inside a worker, with its model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mcu_nlp import Analyzer, InputError, McuNlpError, Message, RoutingTable, dry_run, load_routing

_NAME = "routing.toml"


def checked(analyzer: Analyzer, rules: str) -> dict[str, Any]:
    """Whether rules can be used with this model, and what is wrong with them if not."""
    try:
        table = _table(analyzer, rules)
    except McuNlpError as error:
        return {"usable": False, "rules": 0, "departments": 0, "problem": error.russian}
    return {"usable": True, "rules": len(table.rules), "departments": len(table.departments), "problem": None}


def tried(analyzer: Analyzer, rules: str, messages: Sequence[Message]) -> dict[str, Any] | InputError:
    """What rules would do to these appeals; ``problem`` when they cannot be used."""
    try:
        table = _table(analyzer, rules)
    except McuNlpError as error:
        return {"problem": error.russian}
    # Departments as the model alone sees them: they are what rules are held against.
    unrouted = Analyzer(analyzer.bundle, max_text=analyzer.max_text)
    try:
        result = dry_run(table, unrouted.map(messages, fields=("card", "topic", "department")))
    except InputError as error:
        return error
    return {
        "total": result.total,
        "uncaught": result.uncaught,
        "caught": dict(result.caught),
        "uncaught_topics": dict(result.uncaught_topics),
        "contradictions": [
            {"rule": rule, "by_rule": wanted, "by_model": learned, "count": count}
            for (rule, wanted, learned), count in result.contradictions.most_common()
        ],
    }


def _table(analyzer: Analyzer, rules: str) -> RoutingTable:
    taxonomy = analyzer.bundle.taxonomy
    with TemporaryDirectory() as folder:
        file = Path(folder) / _NAME
        file.write_text(rules, "utf-8", errors="surrogatepass")
        try:
            return load_routing(
                file,
                categories=[category.id for category in taxonomy.categories],
                topics={topic.id: topic.category for topic in taxonomy.topics},
            )
        except McuNlpError as error:
            # The reader of the answer sent no file: its name alone is told.
            details = {**error.details, "path": _NAME} if "path" in error.details else error.details
            raise type(error)(error.code, **details) from None
