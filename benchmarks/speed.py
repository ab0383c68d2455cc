"""Speed beside stock natasha (segmenter, NER, morphology), in one run, on the same texts, on one core.

Texts are the register of MCU_NLP_DATA where there is one, else the project's invented corpus.
Ratios are what counts; absolute numbers belong to the machine.
"""

from __future__ import annotations

import os

# One core for both sides; must stand before numpy is imported.
os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from rich.console import Console
from rich.table import Table

WARM, MEASURED = 300, 1000
START = """
import time
begun = time.perf_counter()
import mcu_nlp
mcu_nlp.load()("Яма на дороге")
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(time.perf_counter() - begun, int(peak.split()[1]) // 1024)
"""


def main() -> None:
    import mcu_nlp
    from mcu_nlp.bundle import shipped_corpus
    from mcu_nlp.dataset.examples import read_corpus, read_register
    from mcu_nlp.taxonomy import shipped_taxonomy
    from mcu_nlp.training.__main__ import data_folder

    taxonomy = shipped_taxonomy()
    register = data_folder() / "kursk"
    examples = read_register(register, taxonomy) if register.is_dir() else read_corpus(shipped_corpus(), taxonomy)
    texts = [example.text for example in examples[: WARM + MEASURED]]
    warm, measured = texts[:WARM], texts[WARM:]
    clean = [mcu_nlp.clean_text(text).text for text in measured]
    analyzer = mcu_nlp.load()

    for text in warm:
        analyzer(text)
    rates = {"natasha: segment + NER + morph": rate(natasha(), clean)}
    rates["mcu-nlp: everything, map"] = rate_all(analyzer, measured, mcu_nlp.FIELDS)
    rates["mcu-nlp: topic, department, tone, map"] = rate_all(analyzer, measured, ("topic", "department", "tone"))
    rates["mcu-nlp: card alone, map"] = rate_all(analyzer, measured, ("card",))
    times = []
    for text in measured:
        begun = time.perf_counter()
        analyzer(text)
        times.append(time.perf_counter() - begun)

    base = rates["natasha: segment + NER + morph"]
    table = Table("", "appeals a second", "times natasha")
    for name, value in rates.items():
        table.add_row(name, f"{value:.0f}", f"{value / base:.2f}")
    console = Console()
    console.print(table)
    start, memory = subprocess.run(
        [sys.executable, "-c", START], capture_output=True, text=True, check=True
    ).stdout.split()
    p99 = statistics.quantiles(times, n=100)[98]
    console.print(f"one by one: median {statistics.median(times) * 1e3:.1f} ms, p99 {p99 * 1e3:.1f} ms")
    console.print(f"import, load and first appeal: {float(start):.2f} s, {memory} MB")


def rate(work: Callable[[str], object], texts: Sequence[str]) -> float:
    # Time of the processor, not of the wall: other work on the machine does not count.
    begun = time.process_time()
    for text in texts:
        work(text)
    return len(texts) / (time.process_time() - begun)


def rate_all(analyzer, texts: Sequence[str], fields: Sequence[str]) -> float:
    begun = time.process_time()
    for _ in analyzer.map(texts, fields=fields):
        pass
    return len(texts) / (time.process_time() - begun)


def natasha() -> Callable[[str], object]:
    from natasha import Doc, NewsEmbedding, NewsMorphTagger, NewsNERTagger, Segmenter

    embedding = NewsEmbedding()
    segmenter, names, morph = Segmenter(), NewsNERTagger(embedding), NewsMorphTagger(embedding)

    def work(text: str) -> object:
        doc = Doc(text)
        doc.segment(segmenter)
        doc.tag_ner(names)
        doc.tag_morph(morph)
        return doc

    return work


if __name__ == "__main__":
    main()
