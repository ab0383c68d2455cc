"""Labelled appeals: a file of them -> examples and the taxonomy of their labels."""

from mcu_nlp.dataset.check import DataCheck, Finding, check_data
from mcu_nlp.dataset.copies import Copies, find_copies
from mcu_nlp.dataset.examples import FOLDS, Example, read_corpus
from mcu_nlp.dataset.parts import Parts, split_file
from mcu_nlp.dataset.split import Split, split_table, stratified_folds
from mcu_nlp.dataset.table import LabelledTable, read_table
from mcu_nlp.dataset.taxonomy import read_taxonomy

__all__ = [
    "FOLDS",
    "Copies",
    "DataCheck",
    "Example",
    "Finding",
    "LabelledTable",
    "Parts",
    "Split",
    "check_data",
    "find_copies",
    "read_corpus",
    "read_table",
    "read_taxonomy",
    "split_file",
    "split_table",
    "stratified_folds",
]
