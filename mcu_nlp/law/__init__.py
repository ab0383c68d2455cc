"""Signs of 59-ФЗ in an appeal: small ordered rules that point at words and judge nothing."""

from mcu_nlp.law.lexicon import BENEFITS, FLAGS, LawLexicon, shipped_law
from mcu_nlp.law.reading import Reading

__all__ = ["BENEFITS", "FLAGS", "LawLexicon", "Reading", "shipped_law"]
