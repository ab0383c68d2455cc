"""Where personal data stands in a text: the rules in the order in which they are believed."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mcu_nlp.fields.contacts import find_contacts
from mcu_nlp.fields.cover import Cover
from mcu_nlp.fields.dates import find_dates
from mcu_nlp.fields.organizations import find_organizations
from mcu_nlp.fields.persons import find_persons
from mcu_nlp.fields.places import find_places
from mcu_nlp.privacy.birthdays import birth_dates
from mcu_nlp.privacy.homes import Homes
from mcu_nlp.privacy.kinds import PLACEHOLDER, Claims, Kind, MaskPolicy, Private
from mcu_nlp.privacy.layout import Layout, Placeholder
from mcu_nlp.privacy.names import likely_names
from mcu_nlp.privacy.numbers import named_numbers, self_evident_numbers
from mcu_nlp.privacy.people import is_sole_trader, private_people, same_people
from mcu_nlp.privacy.phones import loose_phones
from mcu_nlp.privacy.small_names import small_names
from mcu_nlp.records import Contact, Person, Place, Span
from mcu_nlp.stages.clean_text import CleanText
from mcu_nlp.text.document import Document

_CONTACTS = {"phone": Kind.PHONE, "email": Kind.EMAIL, "url": Kind.LINK, "account": Kind.LINK}
# Covering one thing can lay another bare; a text where this goes on longer was made for it.
_PASSES = 6


@dataclass(frozen=True)
class Known:
    """What an earlier reading of the same text found already."""

    persons: tuple[Person, ...] = ()
    contacts: tuple[Contact, ...] = ()
    places: tuple[Place, ...] = ()
    mentions: tuple[Span, ...] = ()


NOTHING = Known()


def cover(
    document: Document, policy: MaskPolicy, known: Known = NOTHING, placeholder: Placeholder | None = None
) -> Layout:
    """Mask a document until nothing personal is found in its masked form.

    >>> cover(Document.of("Зоя Лунина, тел. 8 944 123-45-60"), MaskPolicy()).text
    '[ФИО], тел. [ТЕЛЕФОН]'
    """
    layout = Layout(document.text, find_private(document, policy, known))
    for _ in range(_PASSES):
        if not layout.pieces:
            break
        masked = document_of(layout.text)
        more = find_private(masked, policy, _moved(known, layout))
        if not more:
            break
        found = [Private(layout.back(start), layout.back(end - 1) + 1, kind) for start, end, kind in more]
        claims = Claims(document.text)
        claims.add(sorted((*layout.pieces, *found)))
        layout = Layout(document.text, claims.ordered())
    return Layout(document.text, layout.pieces, placeholder) if placeholder else layout


def document_of(text: str) -> Document:
    """A document of a text that is clean already and must keep its places."""
    return Document(CleanText(text, text, array("l", range(len(text))), ()))


def find_private(document: Document, policy: MaskPolicy, known: Known = NOTHING) -> list[Private]:
    """Personal data in order, apart, placeholders left alone."""
    claims = Claims(document.text)
    document = _without_placeholders(document)
    contacts = find_contacts(document)
    dates = find_dates(document, contacts)
    organizations = find_organizations(document, contacts)
    firms = [organization for organization in organizations if not is_sole_trader(organization)]
    places = find_places(document, (*contacts, *dates, *organizations))
    persons = _with_roles((*known.persons, *find_persons(document, (*contacts, *firms, *places))))
    people = [*private_people(persons, organizations, policy), *_mentioned(known.mentions)]
    kept = [person for person in persons if person.role == "official" and not policy.officials]
    homes = Homes(document, policy)

    claims.add(named_numbers(document.text))
    claims.add(_private_contacts((*contacts, *known.contacts)))
    claims.add(self_evident_numbers(document.text))
    claims.add(loose_phones(document.text))
    claims.add(birth_dates(document.text))
    claims.add(homes.inside((*places, *known.places)))
    claims.add(homes.alone())
    covered = [Span.of(document.text, start, end) for start, end, _ in claims.ordered()]
    foreign = (*covered, *dates, *firms, *places)
    small = list(small_names(document, foreign))
    people += private_people(small, (), policy)
    kept += [person for person in small if person.role == "official" and not policy.officials]
    in_office = Cover(kept)
    likely = likely_names(document, foreign)
    people += [name for name in likely if not in_office.touches(name.start, name.end)]
    claims.add(people)
    claims.add(same_people(document, people, (*firms, *places, *kept)))
    return claims.ordered()


def _without_placeholders(document: Document) -> Document:
    """The document as the rules must see it: «[СНИЛС]» names no number behind it, «[ФИО]» is nobody's name."""
    blank = PLACEHOLDER.sub(lambda hit: "!" * len(hit[0]), document.text)
    if blank == document.text:
        return document
    return Document(replace(document.clean, text=blank))


def _private_contacts(contacts: Sequence[Contact]) -> list[Private]:
    return [Private(contact.start, contact.end, _CONTACTS[contact.type]) for contact in contacts]


def _mentioned(mentions: Sequence[Span]) -> list[Private]:
    return [Private(mention.start, mention.end, Kind.PERSON) for mention in mentions]


def _with_roles(persons: Sequence[Person]) -> list[Person]:
    """Who was read twice keeps the role of the first reading: it saw the lines of the message."""
    roles = {(person.start, person.end): person for person in reversed(persons)}
    return list(roles.values())


def _moved(known: Known, layout: Layout) -> Known:
    """The same findings in the masked text."""
    return Known(
        tuple(Person(*_at(person, layout), role=person.role) for person in known.persons),
        tuple(Contact(*_at(contact, layout), type=contact.type) for contact in known.contacts),
        tuple(_moved_place(place, layout) for place in known.places),
        tuple(Span(*_at(mention, layout)) for mention in known.mentions),
    )


def _at(span: Span, layout: Layout) -> tuple[int, int, str]:
    start, end = layout.span(span.start, span.end)
    return start, end, layout.text[start:end]


def _moved_place(place: Place, layout: Layout) -> Place:
    """A place with its phrase in the masked text and its parts as they were."""
    start, end, text = _at(place, layout)
    return replace(place, start=start, end=end, text=text)
