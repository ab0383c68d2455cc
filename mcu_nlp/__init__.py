"""Reads Russian citizens' appeals: card, topic, department, conflict tone.

>>> import mcu_nlp
>>> analyzer = mcu_nlp.load()
>>> analysis = analyzer("Яма на ул. Мира, 7, прошу отремонтировать дорогу")
>>> analysis.category.title, analysis.card.places[0].street
('Автомобильные дороги', 'Мира')
"""

from importlib.metadata import version

from mcu_nlp.analyzer import FIELDS, MAX_TEXT, Analyzer, load
from mcu_nlp.bundle import check_manifest
from mcu_nlp.errors import BundleError, ConfigError, InputError, McuNlpError, MissingExtraError
from mcu_nlp.labels import field_titles, level_titles, reason_titles
from mcu_nlp.masking import mask_text, pseudonymize, restore
from mcu_nlp.records import Analysis, Message
from mcu_nlp.render import render_html, stylesheet
from mcu_nlp.reply import ReplyReview
from mcu_nlp.routing import DryRun, RoutingTable, dry_run, load_routing
from mcu_nlp.stages.clean_text import CleanText, clean_text
from mcu_nlp.stages.identify_kind import kind_titles
from mcu_nlp.tables import BadRow, Row, check_xlsx, open_writer, read_rows
from mcu_nlp.taxonomy import Taxonomy, shipped_taxonomy
from mcu_nlp.whole_file import sync_folder, whole_file

__version__ = version("mcu-nlp")

__all__ = [
    "FIELDS",
    "MAX_TEXT",
    "Analysis",
    "Analyzer",
    "BadRow",
    "BundleError",
    "CleanText",
    "ConfigError",
    "DryRun",
    "InputError",
    "McuNlpError",
    "Message",
    "MissingExtraError",
    "ReplyReview",
    "RoutingTable",
    "Row",
    "Taxonomy",
    "__version__",
    "check_manifest",
    "check_xlsx",
    "clean_text",
    "dry_run",
    "field_titles",
    "kind_titles",
    "level_titles",
    "load",
    "load_routing",
    "mask_text",
    "open_writer",
    "pseudonymize",
    "read_rows",
    "reason_titles",
    "render_html",
    "restore",
    "shipped_taxonomy",
    "stylesheet",
    "sync_folder",
    "whole_file",
]
