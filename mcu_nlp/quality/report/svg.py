"""matplotlib figures as inline SVG: colours of the page's theme, told to screen readers, no outer address.

Figures are drawn in the colours of ``PALETTE``, each of which becomes a variable of the
page's style: one drawing serves light and dark.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Sequence
from html import escape
from io import StringIO
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from mcu_nlp.errors import MissingExtraError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Colours nobody would draw with -> variables of style.css.
PALETTE = {
    "ink": "#010203",
    "soft": "#040506",
    "edge": "#070809",
    "accent": "#0a0b0c",
    "second": "#0d0e0f",
    "alarm": "#101112",
    "paper": "#131415",
}
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "text.color": PALETTE["ink"],
    "axes.edgecolor": PALETTE["edge"],
    "axes.labelcolor": PALETTE["soft"],
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": PALETTE["edge"],
    "grid.linewidth": 0.5,
    "xtick.color": PALETTE["edge"],
    "ytick.color": PALETTE["edge"],
    "xtick.labelcolor": PALETTE["soft"],
    "ytick.labelcolor": PALETTE["ink"],
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "legend.frameon": False,
    "lines.linewidth": 1.8,
}
# From line to line of a label, in points.
_LINE = 11.5
_NOTHING = {"Creator": None, "Date": None, "Format": None, "Type": None}
_NOT_DRAWN = re.compile("[^\u0020-\u007e\u00a0-\u024f\u0370-\u052f\u2010-\u2044\u20bd\u2116]")
_OUTER = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", re.DOTALL)
_HEAD = re.compile(r"<svg[^>]*?viewBox=\"([^\"]*)\"[^>]*>")
_REFERENCE = re.compile(r"\bid=\"|(?<=href=\")#|url\(#")


def inline_svg(
    name: str, title: str, description: str, draw: Callable[[Axes], None], size: tuple[float, float] = (6.4, 3.4)
) -> str:
    """One drawing as an ``<svg>`` element, the same bytes every time.

    ``name`` makes its ids unique on the page. Raises ``MissingExtraError`` without matplotlib.
    """
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ModuleNotFoundError as missing:
        raise MissingExtraError("extra_missing", what="report.html", extra="analysis") from missing
    with rc_context({**_STYLE, "svg.hashsalt": name}), warnings.catch_warnings():
        # A letter that the measuring font lacks is drawn by the reader's own font.
        warnings.simplefilter("ignore", UserWarning)
        figure = Figure(figsize=size, layout="constrained")
        draw(figure.add_subplot())
        stream = StringIO()
        figure.savefig(stream, format="svg", metadata=_NOTHING)
    return _inline(stream.getvalue(), name, title, description)


def _inline(drawn: str, name: str, title: str, description: str) -> str:
    drawn = _OUTER.sub("", drawn).replace("xlink:href", "href")
    box = _HEAD.search(drawn)
    body = drawn[box.end() :] if box else drawn
    body = _REFERENCE.sub(lambda hit: f"{hit[0]}{name}-", body)
    for variable, colour in PALETTE.items():
        body = body.replace(colour, f"var(--{variable})")
    told = f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-desc">{escape(description)}</desc>'
    return (
        f'<svg class="plot" viewBox="{box[1] if box else ""}" role="img" '
        f'aria-labelledby="{name}-title {name}-desc">{told}{body.strip()}'
    )


def set_rows(axes: Axes, labels: Sequence[str]) -> None:
    """A row for each label of a line or two, the first at the bottom, and no lines across."""
    axes.set_yticks([])
    axes.set_ylim(-0.7, len(labels) - 0.3)
    for place, label in enumerate(labels):
        lines = label.split("\n")
        for number, line in enumerate(lines):
            # A text of its own ends where it shall in whatever font the reader has; a line within a text does not.
            up = _LINE * ((len(lines) - 1) / 2 - number)
            where: dict[str, Any] = {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points"}
            axes.annotate(line, (0, place), xytext=(-6, up), ha="right", va="center", **where)
    axes.spines["left"].set_visible(False)
    axes.grid(visible=False, axis="y")


def rows_size(labels: Sequence[str]) -> tuple[float, float]:
    """The size of a drawing of rows: labels of two lines need more room."""
    return 8.6, 1.0 + (0.4 if any("\n" in label for label in labels) else 0.28) * len(labels)


def short(title: str, longest: int = 46, lines: int = 1) -> str:
    """A title for a drawing: a line or more of letters that fonts have, cut between words.

    >>> short("Нарушение дорожного покрытия (ямы) на дорогах в границах округов", 30)
    'Нарушение дорожного покрытия…'
    >>> short("Нарушение дорожного покрытия (ямы) на дорогах", 30, lines=2).splitlines()
    ['Нарушение дорожного покрытия', '(ямы) на дорогах']
    """
    return "\n".join(wrap(_NOT_DRAWN.sub(" ", title), longest, max_lines=lines, placeholder="…"))
