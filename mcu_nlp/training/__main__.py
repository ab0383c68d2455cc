"""``python -m mcu_nlp.training FOLDER``: rebuild the shipped model from ``MCU_NLP_DATA`` and the corpus."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from rich.console import Console

from mcu_nlp.bundle import shipped_corpus
from mcu_nlp.dataset.examples import Example, read_corpus, read_messages, read_register
from mcu_nlp.taxonomy import Taxonomy, shipped_taxonomy
from mcu_nlp.training.card import write_card
from mcu_nlp.training.run import train


def data_folder() -> Path:
    """Where the register lies: ``MCU_NLP_DATA``, by default ``../shared/data``."""
    return Path(os.environ.get("MCU_NLP_DATA", "../shared/data"))


def shipped_examples(taxonomy: Taxonomy, corpus: Path | None = None) -> list[Example]:
    """What the shipped model learns from: the register, messages of social networks, the invented corpus."""
    examples = read_register(data_folder() / "kursk", taxonomy)
    examples += read_messages(data_folder() / "perm" / "messages.jsonl", taxonomy)
    return examples + read_corpus(corpus or shipped_corpus(), taxonomy)


def main() -> None:
    """Train and write the model folder with its card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--name", default="kursk")
    arguments = parser.parse_args()
    console = Console()
    taxonomy = shipped_taxonomy()
    examples = shipped_examples(taxonomy)
    report = train(examples, taxonomy, arguments.folder, name=arguments.name, tell=lambda step: console.log(str(step)))
    write_card(arguments.folder)
    console.print_json(data=report["figures"])


if __name__ == "__main__":
    main()
