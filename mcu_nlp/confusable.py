"""Pairs of topics that registers confuse, and the question that decides between them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from mcu_nlp.errors import ConfigError
from mcu_nlp.records import Choice, Doubt
from mcu_nlp.taxonomy import shipped_taxonomy


@cache
def confusable_pairs() -> Mapping[frozenset[str], str]:
    """The question by pair of topic ids; ``ConfigError`` (``taxonomy_invalid``) for an unknown topic.

    >>> confusable_pairs()[frozenset({"roads.city-snow", "housing.yard-snow"})]
    'Снег во дворе многоквартирного дома или на улице?'
    """
    known = {topic.id for topic in shipped_taxonomy().topics}
    pairs: dict[frozenset[str], str] = {}
    text = (files("mcu_nlp") / "data" / "confusable_topics.toml").read_text("utf-8")
    for entry in tomllib.loads(text)["pair"]:
        topics = frozenset(entry["topics"])
        if len(topics) != 2 or not topics <= known or topics in pairs:
            raise ConfigError(
                "taxonomy_invalid",
                where=f"confusable_topics.toml: {sorted(topics)}",
                problem="not a new pair of two known topics",
                remedy="use ids of taxonomy.toml, each pair once",
            )
        pairs[topics] = entry["ask"]
    return pairs


def find_doubt(topics: tuple[Choice, ...], threshold: float) -> Doubt | None:
    """The doubt of an answer below ``threshold`` whose two best topics are a confusable pair."""
    if len(topics) < 2 or topics[0].confidence >= threshold:
        return None
    question = confusable_pairs().get(frozenset((topics[0].id, topics[1].id)))
    if question is None:
        return None
    return Doubt((topics[0].id, topics[1].id), question, min(1.0, topics[0].confidence + topics[1].confidence))
