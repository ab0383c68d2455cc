"""``mcu-nlp routing``: check a routing file, and try it on appeals before it is put to work."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

import mcu_nlp
from mcu_nlp.errors import InputError
from mcu_nlp.records import Message
from mcu_nlp.routing import dry_run, load_routing
from mcu_nlp.tables import Row, read_channel, read_rows

app = typer.Typer(help="Правила маршрутизации: проверить и примерить.", no_args_is_help=True)


def _table(rules: Path, analyzer: mcu_nlp.Analyzer) -> mcu_nlp.RoutingTable:
    taxonomy = analyzer.bundle.taxonomy
    topics = {topic.id: topic.category for topic in taxonomy.topics}
    return load_routing(rules, categories=[category.id for category in taxonomy.categories], topics=topics)


@app.command()
def check(
    rules: Annotated[Path, typer.Argument(help="Файл правил (TOML).")],
    model: Annotated[Path | None, typer.Option(help="Папка модели.")] = None,
) -> None:
    """Проверить файл правил; ошибка называет строку и способ исправить."""
    table = _table(rules, mcu_nlp.load(model))
    typer.echo(f"Правил: {len(table.rules)}, подразделений: {len(table.departments)}. Ошибок нет.")


@app.command(name="dry-run")
def try_rules(
    rules: Annotated[Path, typer.Argument(help="Файл правил (TOML).")],
    appeals: Annotated[Path, typer.Argument(help="Файл обращений .csv, .xlsx или .jsonl.")],
    model: Annotated[Path | None, typer.Option(help="Папка модели.")] = None,
) -> None:
    """Показать, сколько обращений ловит каждое правило, что не ловит ни одно и где правило спорит с моделью."""
    analyzer = mcu_nlp.load(model)
    table = _table(rules, analyzer)
    messages = []
    for row in read_rows(appeals):
        try:
            if isinstance(row, Row):
                analyzer.check(row.values["text"])
                messages.append(Message(row.values["text"], id=row.id, channel=read_channel(row.values.get("channel"))))
        except InputError:
            continue  # `analyze` tells of bad rows; here they only cannot be routed
    result = dry_run(table, analyzer.map(messages))
    console = Console()
    view = Table("Правило", "Поймано", title=f"{rules.name}: {result.total} обращений")
    for rule, count in result.caught.most_common():
        view.add_row(rule, str(count))
    view.add_row("ни одно правило", str(result.uncaught), style="yellow")
    console.print(view)
    for topic, count in result.uncaught_topics.most_common(10):
        console.print(f"  без правила: {topic} — {count}", highlight=False)
    for (rule, wanted, learned), count in result.contradictions.most_common(10):
        console.print(f"  {rule}: правило ведёт в «{wanted}», модель в «{learned}» — {count}", highlight=False)
