"""One analysis as HTML that a registrar reads: for notebooks and for the service's page."""

from mcu_nlp.render.html import render_html, render_page, stylesheet

__all__ = ["render_html", "render_page", "stylesheet"]
