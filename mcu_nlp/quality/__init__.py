"""Understand a model before it is put to work: evaluate, compare, report.

>>> import mcu_nlp
>>> from mcu_nlp.quality import compare, evaluate, write_report
>>> evaluation = evaluate(mcu_nlp.load("models/our"), "next-month.csv")  # doctest: +SKIP
>>> evaluation.decisions["topic"].figures["accuracy"]  # doctest: +SKIP
Estimate(value=0.71, low=0.68, high=0.74)
>>> write_report(evaluation, "report.html")  # doctest: +SKIP
"""

from mcu_nlp.quality.compare import compare
from mcu_nlp.quality.comparison import ChangedDecision, ClassChange, Comparison, Paired, VerdictRule
from mcu_nlp.quality.evaluate import evaluate
from mcu_nlp.quality.records import DecisionReport, Drift, Estimate, Evaluation, LearningCurve
from mcu_nlp.quality.report.write import write_report
from mcu_nlp.quality.taxonomy_map import TaxonomyMap, load_taxonomy_map

__all__ = [
    "ChangedDecision",
    "ClassChange",
    "Comparison",
    "DecisionReport",
    "Drift",
    "Estimate",
    "Evaluation",
    "LearningCurve",
    "Paired",
    "TaxonomyMap",
    "VerdictRule",
    "compare",
    "evaluate",
    "load_taxonomy_map",
    "write_report",
]
