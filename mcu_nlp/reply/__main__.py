"""``python -m mcu_nlp.reply``: write the corpus of pairs as JSONL and tell how well reviews agree with it."""

from __future__ import annotations

import sys
from pathlib import Path

from mcu_nlp.records import Analysis
from mcu_nlp.reply.evaluate import evaluate
from mcu_nlp.reply.pairs import read_pairs, write_jsonl
from mcu_nlp.stages.clean_text import clean_text


def main(folder: Path) -> None:
    """Check ``folder/*.txt``, write ``folder.jsonl`` beside it and print the agreement on every file."""
    pairs = read_pairs(folder)
    write_jsonl(pairs, folder.with_suffix(".jsonl"))
    for file in sorted({pair.file for pair in pairs}):
        found = evaluate([pair for pair in pairs if pair.file == file], lambda text: Analysis(clean_text(text).text))
        figures = " ".join(f"{id}={value:.3f}" for id, value in found.points.items())
        sys.stdout.write(
            f"{file}: {found.pairs} pairs, brush_off={found.brush_off:.3f} mean={found.mean:.3f} {figures}\n"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "corpus/replies"))
