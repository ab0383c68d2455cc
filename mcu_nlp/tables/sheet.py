"""Opens the first sheet of a workbook for reading, with nothing else of it but styles and strings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from mcu_nlp.tables.archive import Parts

# Rows of a sheet; one that tells a greater number would be preceded by so many empty ones.
_ROWS = 1_048_576


@contextmanager
def first_sheet(path: Path) -> Iterator[Iterator[tuple[Any, ...]]]:
    """The lines of the first sheet as values. Raises whatever openpyxl's parsers meet."""
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.styles.stylesheet import apply_stylesheet
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

    # `load_workbook` would read charts, links and every other sheet too: more to bound, and nothing to gain.
    with path.open("rb") as stream, Parts(stream) as parts:
        reader = ExcelReader(stream, read_only=True, data_only=True, keep_links=False)
        reader.archive = parts
        reader.read_manifest()
        reader.read_strings()
        reader.read_workbook()
        apply_stylesheet(parts, reader.wb)
        name, target = next(
            (sheet.name, rel.target)
            for sheet, rel in reader.parser.find_sheets()
            if rel.target in reader.valid_files and "chartsheet" not in rel.Type
        )
        sheet = ReadOnlyWorksheet(reader.wb, name, target, reader.shared_strings)
        # What a sheet tells of its size is sometimes wrong: rows would be lost, or a million empty cells made.
        sheet.reset_dimensions()
        yield islice(sheet.iter_rows(values_only=True), _ROWS)
