"""Labels: which are suspected to be wrong, what to label next, how far annotators agree."""

from mcu_nlp.labelling.agreement import Agreement, Disagreement, FieldAgreement, agreement
from mcu_nlp.labelling.apply import apply_review
from mcu_nlp.labelling.choose import choose_next
from mcu_nlp.labelling.records import Applied, Decision, Review, ReviewItem, ReviewList
from mcu_nlp.labelling.review_read import read_review
from mcu_nlp.labelling.review_sheet import write_review
from mcu_nlp.labelling.suspects import find_suspects

__all__ = [
    "Agreement",
    "Applied",
    "Decision",
    "Disagreement",
    "FieldAgreement",
    "Review",
    "ReviewItem",
    "ReviewList",
    "agreement",
    "apply_review",
    "choose_next",
    "find_suspects",
    "read_review",
    "write_review",
]
