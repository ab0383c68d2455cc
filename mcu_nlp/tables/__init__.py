"""Appeals in files: csv, xlsx and jsonl, in and out."""

from mcu_nlp.tables.archive import check_xlsx
from mcu_nlp.tables.channels import known_channels, read_channel
from mcu_nlp.tables.columns import Columns, column_option, find_columns
from mcu_nlp.tables.read import BadRow, Row, read_rows
from mcu_nlp.tables.write import AnalysisWriter, open_writer
from mcu_nlp.tables.write_sheet import write_sheet

__all__ = [
    "AnalysisWriter",
    "BadRow",
    "Columns",
    "Row",
    "check_xlsx",
    "column_option",
    "find_columns",
    "known_channels",
    "open_writer",
    "read_channel",
    "read_rows",
    "write_sheet",
]
