"""Templates: how a page is made from values. What comes from others is always escaped."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.domain.published import OVERALL
from bot.domain.text import counted, replace_hidden
from bot.render.board.board_page import (
    BADGE_WORDS,
    LEGEND,
    PUBLISHED_LEGEND,
    REMARKED,
    SECTION_WORDS,
    TRAINED_ON,
    input_words,
    named_links,
    unranked_reason,
)
from bot.render.board.published_pages import KIND_WORDS
from bot.render.reference.metrics_page import render_range
from bot.render.site import facts
from bot.render.words import numbers
from bot.render.words.markdown import host_of

FOLDER = Path(__file__).resolve().parent

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
"""What a browser may do with a page: nothing from another host, nothing written into the page."""


def render(template: str, /, **values: Any) -> str:
    """Return what a template makes of some values.

    Raises:
        jinja2.UndefinedError: The template asks for a value that is not there.
    """
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    """Return the templates with the words and number formats that they may use."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "cell": numbers.cell,
        "counted": counted,
        "heading": numbers.heading,
        "interval": numbers.interval,
        "number": numbers.number,
        "p_value": numbers.p_value,
        "ranks": numbers.rank_span,
        "host": host_of,
    }
    environment.globals |= {
        "BADGES": BADGE_WORDS,
        "CSP": CONTENT_SECURITY_POLICY,
        "KINDS": KIND_WORDS,
        "LEGEND": LEGEND,
        "MISSING": numbers.MISSING,
        "OVERALL": OVERALL,
        "PUBLISHED_LEGEND": PUBLISHED_LEGEND,
        "REMARKED": REMARKED,
        "SECTIONS": SECTION_WORDS,
        "TRAINED_ON": TRAINED_ON,
        "board_path": facts.board_path,
        "input_words": input_words,
        "matrix_path": facts.matrix_path,
        "metric_path": facts.metric_path,
        "model_path": facts.model_path,
        "named_links": named_links,
        "range_of": render_range,
        "reason_of": unranked_reason,
    }
    return environment


def _finalize(value: object) -> object:
    """Return what is written for a value: text without hidden signs, never the word None."""
    if value is None:
        raise ValueError("a template writes a value that is not there")
    return (
        replace_hidden(value) if isinstance(value, str) and not isinstance(value, Markup) else value
    )
