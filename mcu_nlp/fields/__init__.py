"""The registration card: what a registrar would write down from a text."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TypeVar

from mcu_nlp.fields.contacts import find_contacts
from mcu_nlp.fields.dates import find_dates
from mcu_nlp.fields.durations import find_durations
from mcu_nlp.fields.organizations import find_organizations
from mcu_nlp.fields.persons import find_persons
from mcu_nlp.fields.places import find_places
from mcu_nlp.fields.prior_appeals import find_prior_appeals
from mcu_nlp.fields.requests import find_request
from mcu_nlp.records import Card, Span
from mcu_nlp.text.document import Document

SpanT = TypeVar("SpanT", bound=Span)


def extract_fields(document: Document, *, received: datetime.date | None = None) -> Card:
    """Read the fields of the card out of a text; summary and questions are added later.

    The order matters: a street or an organisation may bear a person's name, so people come last.
    """
    contacts = find_contacts(document)
    dates = find_dates(document, contacts, received=received)
    durations = find_durations(document, dates)
    organizations = find_organizations(document, contacts)
    places = find_places(document, (*contacts, *dates, *organizations))
    persons = find_persons(document, (*contacts, *organizations, *places))
    request = find_request(document)
    return Card(
        request=request,
        places=distinct(places),
        persons=distinct(persons),
        organizations=distinct(organizations),
        contacts=distinct(contacts),
        dates=distinct(dates),
        duration=distinct(durations),
        prior_appeals=distinct(find_prior_appeals(document, dates)),
    )


def distinct(spans: Iterable[SpanT]) -> tuple[SpanT, ...]:
    """The first of the spans that read alike."""
    found: dict[str, SpanT] = {}
    for span in spans:
        found.setdefault(span.text.lower(), span)
    return tuple(found.values())
