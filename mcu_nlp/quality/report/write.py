"""Writing a report: the kind of file is told by the suffix."""

from __future__ import annotations

import json
from pathlib import Path

from mcu_nlp.errors import InputError
from mcu_nlp.quality.comparison import Comparison
from mcu_nlp.quality.records import Evaluation
from mcu_nlp.quality.report.comparison_page import comparison_page
from mcu_nlp.quality.report.page import evaluation_page
from mcu_nlp.quality.report.workbook import write_workbook
from mcu_nlp.whole_file import whole_file

EVALUATION_SUFFIXES = (".html", ".json")
COMPARISON_SUFFIXES = (".html", ".json", ".xlsx")


def check_suffix(path: str | Path, allowed: tuple[str, ...]) -> None:
    """Raise ``InputError`` (``output_type``, ``folder_missing``) for a file that no report can be written into."""
    suffix = Path(path).suffix.lower()
    if suffix not in allowed:
        raise InputError("output_type", path=path, got=suffix, expected=", ".join(allowed))
    if not Path(path).parent.is_dir():
        raise InputError("folder_missing", path=Path(path).parent)


def write_report(result: Evaluation | Comparison, path: str | Path) -> None:
    """Write an evaluation (``.html``, ``.json``) or a comparison (``.xlsx`` too).

    A page stands alone: no script, no outer address, texts masked and inert. Raises
    ``InputError`` (``output_type``, ``folder_missing``), ``MissingExtraError`` when a page
    is asked for without the extra ``analysis``, ``OSError`` when the disk refuses.
    """
    path = Path(path)
    check_suffix(path, COMPARISON_SUFFIXES if isinstance(result, Comparison) else EVALUATION_SUFFIXES)
    suffix = path.suffix.lower()
    if isinstance(result, Comparison) and suffix == ".xlsx":
        with whole_file(path) as draft:
            write_workbook(result, draft)
        return
    # The content is whole before the file is opened: a refusal leaves nothing half written.
    if suffix == ".json":
        content = json.dumps(result.to_dict(), ensure_ascii=False, indent=1) + "\n"
    else:
        content = comparison_page(result) if isinstance(result, Comparison) else evaluation_page(result)
    with whole_file(path) as draft:
        draft.write_text(content, "utf-8")
