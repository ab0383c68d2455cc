"""Clean texts -> what the classifiers see: features and the scores of every head."""

from __future__ import annotations

from collections.abc import Sequence

from mcu_nlp.linear import Encoded, Heads, Scores, TextEncoder
from mcu_nlp.text.document import Document


def encode_text(
    documents: Sequence[Document], encoder: TextEncoder, heads: Heads, *, style: bool = True
) -> tuple[Encoded, Scores]:
    """Encode documents together and score them with all heads at once.

    Without ``style`` only the scores of topic, category and department hold.
    """
    encoded = encoder.encode(documents, style=style)
    return encoded, heads.score(encoded.rows, encoded.dense)
