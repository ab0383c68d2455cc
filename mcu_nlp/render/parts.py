"""The parts of the page beside the text: card, topic, department, tone, flags, review."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mcu_nlp.records import Analysis, Card, Choice, Flag, Place, Reason, Span
from mcu_nlp.render.highlight import GRAVE
from mcu_nlp.render.labels import escape, ids, label, percent

_DAY = 10
# A rival less likely than this only takes up space.
_LEAST_SHOWN = 0.01


def section(name: str, body: str) -> str:
    """A titled block, nothing when it would be empty."""
    if not body:
        return ""
    return f'<section class="mcu-part mcu-part-{name}"><h4>{escape(label("section", name))}</h4>{body}</section>'


def card_table(analysis: Analysis) -> str:
    """The card as a table of what was found; what was not is named in one line below."""
    card = analysis.card
    if card is None:
        return ""
    rows, absent = [], []
    for field in ids("field"):
        values = list(_values(card, field))
        if values:
            cell = "".join(f"<li>{value}</li>" for value in values)
            rows.append(f'<tr><th scope="row">{escape(label("field", field))}</th><td><ul>{cell}</ul></td></tr>')
        else:
            absent.append(label("field", field).lower())
    table = f'<table class="mcu-card"><tbody>{"".join(rows)}</tbody></table>' if rows else ""
    missing = f'<p class="mcu-absent">{escape(label("section", "absent"))}: {escape(", ".join(absent))}</p>'
    return table + (missing if absent else "")


def _values(card: Card, field: str) -> Iterator[str]:
    if field == "summary" and card.summary:
        yield escape(card.summary)
    if field == "request" and card.request:
        yield escape(card.request.text)
    if field == "places":
        yield from (_with_parts(place, _place_parts(place)) for place in card.places)
    if field == "persons":
        yield from (_with_parts(person, [label("role", person.role)] if person.role else []) for person in card.persons)
    if field == "organizations":
        yield from (escape(body.normal_form or body.text) for body in card.organizations)
    if field == "contacts":
        yield from (_with_parts(c, [label("contact", c.type), *_other(c.text, c.value)]) for c in card.contacts)
    if field == "dates":
        yield from (_with_parts(date, _other(date.text, _calendar(date.value))) for date in card.dates)
    if field == "duration":
        yield from (escape(span.text) for span in card.duration)
    if field == "prior_appeals":
        for prior in card.prior_appeals:
            known = (("number", prior.number), ("date", _calendar(prior.date)))
            yield _with_parts(prior, [f"{label('prior', part)} {value}" for part, value in known if value])


def _with_parts(span: Span, parts: Sequence[str]) -> str:
    if not parts:
        return escape(span.text)
    return f'{escape(span.text)} <span class="mcu-parts">{escape(" · ".join(parts))}</span>'


def _place_parts(place: Place) -> list[str]:
    found = [(label("place", part), getattr(place, part)) for part in ids("place")]
    return [f"{title}: {value}" for title, value in found if value]


def _other(text: str, value: str | None) -> list[str]:
    return [value] if value and value != text else []


def _calendar(value: str | None) -> str | None:
    """An ISO day as Russians write it: 2024-06-14 -> 14.06.2024; the rest stays."""
    if value is None or len(value) != _DAY or value.count("-") != 2:
        return value
    return ".".join(reversed(value.split("-")))


def questions(analysis: Analysis) -> str:
    """The different questions of the message, each with where it belongs."""
    found = analysis.card.questions if analysis.card else ()
    items = [
        f'<li><q>{escape(question.text)}</q><span class="mcu-parts">{escape(question.topic.title)} → '
        f"{escape(question.department.title)}</span></li>"
        for question in found
    ]
    return f'<ol class="mcu-questions">{"".join(items)}</ol>' if items else ""


def bars(choices: Iterable[Choice]) -> str:
    """Candidates with a bar of their probability each, the best one first."""
    rows = []
    for place, choice in enumerate(choices):
        if place and choice.confidence < _LEAST_SHOWN:
            continue
        width = f"{max(0.0, min(1.0, choice.confidence)) * 100:.0f}"
        best = " mcu-best" if place == 0 else ""
        rows.append(
            f'<li class="mcu-candidate{best}"><span class="mcu-name">{escape(choice.title)}</span>'
            f'<span class="mcu-share">{escape(percent(choice.confidence))}</span>'
            # Drawn, not styled: pages that forbid inline style show the bar too.
            '<svg class="mcu-bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">'
            f'<rect width="{width}" height="1"></rect></svg></li>'
        )
    return f'<ul class="mcu-candidates">{"".join(rows)}</ul>' if rows else ""


def topic(analysis: Analysis) -> str:
    """The candidates, and where two of them are easily confused, the question that decides."""
    doubt = analysis.doubt
    asked = f'<p class="mcu-doubt">{escape(label("section", "doubt"))}: {escape(doubt.question)}</p>' if doubt else ""
    return bars(analysis.topic_candidates) + asked


def department(analysis: Analysis) -> str:
    """Who answers, by what it was decided, and the reason as the journal has it."""
    chosen = analysis.department
    if chosen is None:
        return ""
    lines = "".join(f"<li><code>{escape(reason)}</code></li>" for reason in chosen.because)
    reasons = f'<ul class="mcu-why">{lines}</ul>' if lines else ""
    source = f'<p class="mcu-source">{escape(label("source", chosen.source))}</p>'
    return bars(analysis.department_candidates or (chosen,)) + source + reasons


def tone(analysis: Analysis) -> str:
    """The signals of conflict, each with the words that prove it."""
    if analysis.tone is None:
        return ""
    items = []
    for signal in analysis.tone.signals:
        proofs = "".join(f"<li><q>{escape(span.text)}</q></li>" for span in signal.spans)
        share = f'<span class="mcu-share">{escape(percent(signal.confidence))}</span>'
        items.append(f"<dt>{escape(label('signal', signal.id))} {share}</dt><dd><ul>{proofs}</ul></dd>")
    share = f'<span class="mcu-share">{escape(percent(analysis.tone.confidence))}</span>'
    level = f'<p class="mcu-level">{escape(label("level", analysis.tone.level))} {share}</p>'
    return level + (f"<dl>{''.join(items)}</dl>" if items else "")


def flags(analysis: Analysis) -> str:
    """The signs of 59-ФЗ as chips, the grave ones marked."""
    chips = []
    for flag in analysis.flags:
        kind = "mcu-chip mcu-chip-grave" if flag.id in GRAVE else "mcu-chip"
        value = _flag_value(flag)
        told = f": <strong>{escape(value)}</strong>" if value else ""
        proof = "; ".join(span.text for span in flag.spans)
        chips.append(f'<li class="{kind}" title="{escape(proof)}">{escape(label("flag", flag.id))}{told}</li>')
    return f'<ul class="mcu-chips">{"".join(chips)}</ul>' if chips else ""


def _flag_value(flag: Flag) -> str:
    if isinstance(flag.value, int):
        return f"{flag.value} {label('flag_value', 'signers')}"
    if flag.id == "benefit_category":
        return label("benefit", str(flag.value))
    return label("flag_value", str(flag.value)) if flag.value else ""


def review(analysis: Analysis) -> str:
    """Whether a person must look, and why: one line that is read first."""
    found = analysis.review
    if found is None:
        return ""
    reasons = ", ".join(label("review", reason) for reason in found.reasons)
    head = label("section", "review") if found.required else label("section", "other_reasons" if reasons else "calm")
    kind = "mcu-review mcu-required" if found.required else "mcu-review"
    told = f": {escape(reasons)}" if reasons else ""
    return f'<p class="{kind}" role="note"><strong>{escape(head)}</strong>{told}</p>'


def because(reasons: Iterable[Reason], about: str = "") -> str:
    """The words that decided, for analyses that were explained; ``about`` says what, where no title does."""
    words = ", ".join(escape(reason.feature) for reason in reasons)
    title = f"{about}. {label('section', 'because')}" if about else label("section", "because")
    return f'<p class="mcu-because">{escape(title)}: {words}</p>' if words else ""
