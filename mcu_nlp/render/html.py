"""One analysis as a self-contained piece of HTML without scripts."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from mcu_nlp.records import Analysis, Explanation
from mcu_nlp.render import parts
from mcu_nlp.render.highlight import highlight, marks_of
from mcu_nlp.render.labels import escape, label, percent


@cache
def stylesheet() -> str:
    """The style of everything rendered, for a page that links it once."""
    return (files("mcu_nlp.render") / "style.css").read_text("utf-8")


def render_html(analysis: Analysis, *, style: bool = True) -> str:
    """The analysis as an HTML fragment; everything that came from the text is inert.

    ``style=False`` leaves the style out for pages that hold :func:`stylesheet` already.

    >>> "&lt;script&gt;" in render_html(Analysis("<script>alert(1)</script>"))
    True
    """
    why = analysis.explanation or Explanation()
    blocks = [
        parts.section("text", f'<p class="mcu-text">{highlight(analysis.text, marks_of(analysis))}</p>'),
        '<div class="mcu-columns"><div>',
        parts.section("card", parts.card_table(analysis)),
        parts.section("questions", parts.questions(analysis)),
        parts.section("flags", parts.flags(analysis)),
        "</div><div>",
        parts.section("topic", parts.topic(analysis) + parts.because(why.topic)),
        parts.section("category", parts.bars(analysis.category_candidates) + parts.because(why.category)),
        parts.section("department", parts.department(analysis) + parts.because(why.department)),
        parts.section("tone", parts.tone(analysis) + parts.because(why.tone)),
        "</div></div>",
    ]
    head = _head(analysis) + parts.review(analysis) + parts.because(why.kind, label("section", "kind"))
    styled = f"<style>{stylesheet()}</style>" if style else ""
    return f'<div class="mcu" lang="ru">{styled}{head}{"".join(blocks)}{_foot(analysis)}</div>'


def render_page(analysis: Analysis, *, title: str = "") -> str:
    """A whole HTML page with one analysis."""
    return (
        f'<!doctype html><html lang="ru"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width"></head>'
        f'<body class="mcu-page">{render_html(analysis)}</body></html>'
    )


def _head(analysis: Analysis) -> str:
    """Number, kind and tone in one line of badges."""
    badges = []
    if analysis.id is not None:
        badges.append(f'<span class="mcu-id">{escape(label("section", "number"))} {escape(analysis.id)}</span>')
    if analysis.kind:
        share = f'<span class="mcu-share">{escape(percent(analysis.kind.confidence))}</span>'
        badges.append(f'<span class="mcu-badge">{escape(analysis.kind.title)} {share}</span>')
    if analysis.tone:
        badges.append(
            f'<span class="mcu-badge mcu-tone-{escape(analysis.tone.level)}">{escape(label("section", "tone"))}: '
            f"{escape(label('level', analysis.tone.level))}</span>"
        )
    return f'<header class="mcu-head">{"".join(badges)}</header>' if badges else ""


def _foot(analysis: Analysis) -> str:
    if analysis.model is None:
        return ""
    name = f"{analysis.model.name} {analysis.model.version}"
    return f'<footer class="mcu-foot">{escape(label("section", "model"))}: {escape(name)}</footer>'
