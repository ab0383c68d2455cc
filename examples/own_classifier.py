"""A feature and a classifier of one's own beside the library's, judged by cross-validation on the open corpus.

python examples/own_classifier.py
"""

import json

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import FunctionTransformer

from mcu_nlp.bundle import shipped_corpus
from mcu_nlp.training import AppealVectorizer, BalancedRidge


def length(texts):
    """The own feature: how long a text is."""
    return np.log1p([[len(text)] for text in texts]) / 10


def compare(rows: int = 600) -> dict[str, float]:
    """Accuracy of the kind of appeal (59-ФЗ), by classifier."""
    records = [json.loads(line) for line in shipped_corpus().read_text("utf-8").splitlines()][::-1][:rows]
    texts, kinds = [record["text"] for record in records], [record["kind"] for record in records]
    features = FeatureUnion([("appeal", AppealVectorizer(style=True)), ("length", FunctionTransformer(length))])
    candidates = {
        "words alone": make_pipeline(TfidfVectorizer(), LogisticRegression(C=10, max_iter=500)),
        "the library's": make_pipeline(AppealVectorizer(), BalancedRidge()),
        "own": make_pipeline(features, LogisticRegression(C=10, max_iter=500)),
    }
    return {name: cross_val_score(pipeline, texts, kinds, cv=3).mean() for name, pipeline in candidates.items()}


if __name__ == "__main__":
    for name, accuracy in compare().items():
        print(f"{name}: {accuracy:.3f}")
