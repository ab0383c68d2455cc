"""Tone: is the evidence shown where people marked it, are look-alikes spared, hidden obscenities found, how fast.

python benchmarks/tone.py            evidence on one fold of the corpus, which the model of that run did not see
python benchmarks/tone.py --folds 5  on the whole corpus, in five runs

F1 of levels and signals and the table of thresholds stand in the model card (`make model`).
"""

from __future__ import annotations

import os

# One core; must stand before numpy is imported.
os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")

import argparse
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from mcu_nlp.bundle import Bundle, read_bundle, shipped_corpus
from mcu_nlp.dataset.examples import Example, read_corpus
from mcu_nlp.stages.score_tone import ToneScorer
from mcu_nlp.taxonomy import shipped_taxonomy
from mcu_nlp.text.document import Document
from mcu_nlp.tone.lexicon import OBSCENE, SIGNALS, shipped_lexicon
from mcu_nlp.training.__main__ import data_folder, shipped_examples
from mcu_nlp.training.fit import Fitted, fit_model
from mcu_nlp.training.reading import read_documents
from mcu_nlp.training.recipe import Recipe
from mcu_nlp.training.run import with_departments

CASES = Path(__file__).parent.parent / "tests" / "cases" / "tone"
FRAMES = ("{}", "Прошу решить: {} у дома.", "Это {} какой-то у дома 5")
WARM = 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, help="whose thresholds and speed; by default the shipped model's")
    parser.add_argument("--folds", type=int, choices=range(6), default=1)
    arguments = parser.parse_args()
    console = Console()
    bundle = read_bundle(arguments.model)
    innocent, hidden = lines("innocent"), lines("hidden")
    alarmed = [word for word in innocent if any("insult" in hits(frame.format(word)) for frame in FRAMES)]
    missed = [word for word in hidden if not all(OBSCENE in hits(frame.format(word)) for frame in FRAMES)]
    console.print(f"look-alikes taken for abuse: {len(alarmed)} of {len(innocent)}", *alarmed)
    console.print(f"hidden obscenities missed: {len(missed)} of {len(hidden)}", *missed)
    tell_speed(console, bundle)
    if arguments.folds:
        tell_evidence(console, bundle, arguments.folds)


def lines(name: str) -> list[str]:
    read = (CASES / f"{name}.txt").read_text("utf-8").splitlines()
    return list(dict.fromkeys(line.strip() for line in read if line.strip() and not line.startswith("#")))


def hits(text: str) -> set[str]:
    """The rules and, of strong ones, the signals that hit a text."""
    found = shipped_lexicon().hits(Document.of(text))
    return {hit.rule for hit in found} | {hit.signal for hit in found if hit.strong}


def tell_speed(console: Console, bundle: Bundle) -> None:
    """What tone adds to a text that is encoded already: rules, marks of style, level, signals, evidence."""
    register = data_folder() / "kursk"
    taxonomy = shipped_taxonomy()
    examples = shipped_examples(taxonomy) if register.is_dir() else read_corpus(shipped_corpus(), taxonomy)
    texts = [example.text for example in examples if example.source == examples[0].source]
    middle = sorted(texts, key=len)[len(texts) // 2 - WARM : len(texts) // 2 + WARM]
    scorer = tone_scorer(bundle, None)
    begin = bundle.encoder.meaning.width
    style = slice(begin, begin + len(bundle.encoder.style.names))
    times = []
    for text in [*middle[:WARM], *middle]:
        document = Document.of(text)
        encoded = bundle.encoder.encode([document], style=False)
        begun = time.process_time()
        encoded.dense[0, style] = bundle.encoder.style.encode(document)
        marked = time.process_time() - begun
        scores = bundle.heads.score(encoded.rows, encoded.dense)
        begun = time.process_time()
        found = bundle.encoder.style.hits(document)
        levels = scorer.levels(scores, [found])
        scorer(document, levels[0], scores["signal"][0], found, encoded.terms[0], encoded.rows[0])
        times.append(marked + time.process_time() - begun)
    size = len(middle[WARM])
    console.print(f"tone of a text of about {size} characters: median {statistics.median(times[WARM:]) * 1000:.2f} ms")


def tone_scorer(bundle: Bundle, fitted: Fitted | None) -> ToneScorer:
    """The bundle's, or one with other weights and the bundle's thresholds."""
    heads, encoder = (fitted.heads, fitted.encoder) if fitted else (bundle.heads, bundle.encoder)
    return ToneScorer(
        heads,
        encoder.ngrams,
        bundle.calibrators["level"],
        bundle.level_bias,
        bundle.signals,
        bundle.conflict_mix,
        encoder.meaning.width,
    )


def tell_evidence(console: Console, bundle: Bundle, folds: int) -> None:
    """The share of shown spans that overlap a marked one, on corpus texts that the model did not see."""
    taxonomy = shipped_taxonomy()
    real = [e for e in shipped_examples(taxonomy) if e.source != "corpus"] if data_folder().is_dir() else []
    invented = read_corpus(shipped_corpus(), taxonomy, held_out=True)
    real, taxonomy = with_departments(real, taxonomy)
    shown: Counter[str] = Counter()
    right: Counter[str] = Counter()
    alarms: Counter[str] = Counter()
    for fold in range(folds):
        seen = [*real, *(example for example in invented if example.fold != fold)]
        fitted = fit_model(seen, read_documents(seen), taxonomy, Recipe())
        judge_spans([example for example in invented if example.fold == fold], fitted, bundle, shown, right, alarms)
    table = Table("", "spans shown", "overlap a marked one", "share", "spans of signals nobody marked")
    for signal in (*SIGNALS, "all"):
        of, good, false = (counts.total() if signal == "all" else counts[signal] for counts in (shown, right, alarms))
        table.add_row(signal, str(of), str(good), f"{good / max(of, 1):.3f}", str(false))
    console.print(table)


def judge_spans(
    examples: Sequence[Example],
    fitted: Fitted,
    bundle: Bundle,
    shown: Counter[str],
    right: Counter[str],
    alarms: Counter[str],
) -> None:
    """Count the spans of rightly shown signals, those of them that overlap a marked span, and those of false alarms."""
    scorer = tone_scorer(bundle, fitted)
    documents = [Document.of(example.text) for example in examples]
    encoded = fitted.encoder.encode(documents)
    scores = fitted.heads.score(encoded.rows, encoded.dense)
    found = [fitted.encoder.style.hits(document) for document in documents]
    levels = scorer.levels(scores, found)
    for number, (example, document) in enumerate(zip(examples, documents, strict=True)):
        if document.text != example.text:
            continue  # marks are places in the raw text
        own = (levels[number], scores["signal"][number], found[number], encoded.terms[number], encoded.rows[number])
        for signal in scorer(document, *own).signals:
            marked = [(start, end) for name, start, end in example.evidence if name == signal.id]
            if not marked:
                alarms[signal.id] += len(signal.spans)
                continue
            shown[signal.id] += len(signal.spans)
            right[signal.id] += sum(any(s < span.end and span.start < e for s, e in marked) for span in signal.spans)


if __name__ == "__main__":
    main()
