"""How training grows: time and memory of ``mcu-nlp train`` against the number of rows.

python benchmarks/training.py 2000 5000 20000 100000

Rows are drawn from the labelled appeals of MCU_NLP_DATA, or from the corpus when there are
none; a copy is varied (sentences dropped, shuffled, one taken from another row of the topic).
Memory is the largest sum over the processes of a run.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from mcu_nlp.bundle import shipped_corpus
from mcu_nlp.corpus.rows import read_rows
from mcu_nlp.taxonomy import shipped_taxonomy
from mcu_nlp.text.sentences import split_sentences

COLUMNS = ("text", "category", "topic", "department")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=int, nargs="+")
    arguments = parser.parse_args()
    console = Console()
    known = labelled_rows()
    table = Table("rows", "seconds", "CPU seconds", "memory, GB", "model, MB")
    with tempfile.TemporaryDirectory() as folder:
        for size in arguments.rows:
            data = Path(folder) / f"{size}.csv"
            write(data, resample(known, size, random.Random(size)))  # noqa: S311
            seconds, cpu, memory = run_train(data, Path(folder) / f"model-{size}")
            disk = sum(file.stat().st_size for file in (Path(folder) / f"model-{size}").iterdir())
            table.add_row(str(size), f"{seconds:.0f}", f"{cpu:.0f}", f"{memory / 1e9:.2f}", f"{disk / 1e6:.0f}")
            console.print(table)


def labelled_rows() -> list[dict[str, str]]:
    """Real rows where there are any, invented ones otherwise."""
    data = Path(os.environ.get("MCU_NLP_DATA", "../shared/data")) / "kursk" / "appeals.csv"
    if data.is_file():
        csv.field_size_limit(1 << 26)
        with data.open(encoding="utf-8", newline="") as lines:
            return [{name: row[name] for name in COLUMNS} for row in csv.DictReader(lines)]
    titles = {topic.id: topic for topic in shipped_taxonomy().topics}
    categories = {category.id: category.title for category in shipped_taxonomy().categories}
    rows = []
    for row in read_rows(shipped_corpus()):
        topic = titles[row.topic]
        rows.append(dict(zip(COLUMNS, (row.text, categories[topic.category], topic.title, ""), strict=True)))
    return rows


def resample(known: list[dict[str, str]], size: int, chance: random.Random) -> list[dict[str, str]]:
    """Every row once, in some order, and then varied copies."""
    sentences = [[row["text"][a:b] for a, b in split_sentences(row["text"])] for row in known]
    of_topic: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(known):
        of_topic[row["topic"]].append(number)
    order = chance.sample(range(len(known)), min(size, len(known)))
    rows = [known[number] for number in order]
    while len(rows) < size:
        number = chance.randrange(len(known))
        own = list(sentences[number])
        if len(own) > 2:
            del own[chance.randrange(len(own))]
        other = sentences[chance.choice(of_topic[known[number]["topic"]])]
        if own and other:
            own[chance.randrange(len(own))] = chance.choice(other)
        chance.shuffle(own)
        rows.append({**known[number], "text": " ".join(own) or known[number]["text"]})
    return rows


def write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


def run_train(data: Path, model: Path) -> tuple[float, float, float]:
    """Seconds, CPU seconds and the largest memory of one run with the processes that it starts."""
    begin = time.perf_counter()
    before = os.times()
    command = [sys.executable, "-m", "mcu_nlp", "train", str(data), "-o", str(model)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        watch = Watch(process.pid)
        watch.start()
        if process.wait():
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    watch.join()
    after = os.times()
    # Worker processes are waited for by the command itself, and so are counted with it.
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - begin, cpu, watch.most


class Watch(threading.Thread):
    """Looks twice a second at how much memory a process and its children hold."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.process, self.most = psutil.Process(pid), 0.0

    def run(self) -> None:
        while self.process.is_running():
            try:
                family = [self.process, *self.process.children(recursive=True)]
                self.most = max(self.most, sum(one.memory_info().rss for one in family))
            except psutil.Error:
                return
            time.sleep(0.5)


if __name__ == "__main__":
    main()
