"""Inference in numpy alone: n-grams and meaning of a text, linear heads, calibrated confidence."""

from mcu_nlp.linear.calibrator import Calibrator
from mcu_nlp.linear.encoder import Encoded, TextEncoder
from mcu_nlp.linear.heads import Heads, Scores
from mcu_nlp.linear.meaning import MeaningEncoder
from mcu_nlp.linear.ngrams import NgramEncoder

__all__ = ["Calibrator", "Encoded", "Heads", "MeaningEncoder", "NgramEncoder", "Scores", "TextEncoder"]
