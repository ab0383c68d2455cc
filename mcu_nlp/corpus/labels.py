"""What a row of the corpus can be labelled and marked with; every list is in its order of writing."""

from __future__ import annotations

CHANNELS = ("portal", "social", "messenger", "paper", "phone")
REGISTERS = ("official", "plain", "angry", "sarcastic", "pleading", "dictated", "typos")
KINDS = ("statement", "complaint", "proposal", "information_request", "gratitude")
TONES = ("neutral", "tense", "conflict")

# Messages of no topic, by the middle of their id, and whether they are appeals all the same.
OUTSIDE = {"advert": False, "chatter": False, "news": False, "other-authority": True, "thanks": False}
OUTSIDE_CATEGORY = "none"

# Wide marks come first: of two marks round the same words the earlier kind is the outer one.
QUESTION = "question"
SIGNALS = ("escalation", "reply_dispute", "repeat", "sarcasm", "accusation", "insult", "risk")
PLACE_PARTS = ("landmark", "stop", "road", "district", "settlement", "street", "house", "building", "flat", "km")
CONTACTS = ("phone", "email", "url", "account")
ROLES = ("author", "official", "other")
IDENTITIES = ("passport", "snils", "inn", "oms", "card", "bank", "ls", "plate", "cadastral")
CARD_MARKS = (
    "request", "prior", "duration", "place", *PLACE_PARTS, "organization", "person", *CONTACTS, "id", "date", "number",
)  # fmt: skip
MARKS = (QUESTION, *SIGNALS, *CARD_MARKS)
# Marks that say more than their kind, and with which words.
VALUES = {"person": ROLES, "id": IDENTITIES}

SUMMARY_LIMIT = 160
