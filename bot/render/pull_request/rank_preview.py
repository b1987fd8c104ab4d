"""The line of the comment that says where an entry would stand on a board."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.column import Column
from bot.domain.leaderboard import Badge
from bot.render.board.board_page import BADGE_WORDS
from bot.render.words import numbers
from bot.render.words.markdown import text

_MODELS_NAMED = 5


@dataclass(frozen=True)
class Neighbour:
    """The row next to an entry's place on a board."""

    model: str
    """Model's name."""
    value: float
    """Its value of the main metric."""


@dataclass(frozen=True)
class Previous:
    """The same team's previous version, and how much the entry differs from it."""

    model: str
    """Its model's name and version."""
    badge: Badge
    """Where its scores come from."""
    value: float
    """Its value of the main metric."""
    difference: float
    """The entry's value minus this one."""
    interval: tuple[float, float] | None = None
    """95 % interval of the difference, None without per-study scores of both."""
    p: float | None = None
    """P-value of a paired test, None without per-study scores of both."""


@dataclass(frozen=True)
class RankPreview:
    """Where an entry would stand on a board if it were merged now."""

    board: str
    """Board's id."""
    column: Column
    """The main metric."""
    rank: int | None
    """Rank, None without a value of the main metric."""
    of: int
    """Number of ranked rows, the entry's own among them."""
    value: float | None
    """The entry's value of the main metric, unrounded."""
    tied: int = 0
    """Number of other rows with the same rank."""
    above: Neighbour | None = None
    """The nearest better row."""
    below: Neighbour | None = None
    """The nearest worse row."""
    interval: tuple[int, int] | None = None
    """95 % interval of the rank, None without per-study scores."""
    separated: tuple[str, ...] = ()
    """Models that a paired test tells the entry apart from."""
    not_separated: tuple[str, ...] = ()
    """Models that it does not tell the entry apart from."""
    previous: Previous | None = None
    """The same team's previous version, None when there is none."""


def preview_item(preview: RankPreview) -> str:
    """Return where the entry would stand on a board, as a list item."""
    metric = text(numbers.heading(preview.column))
    if preview.rank is None:
        return f"- {preview.board}: unranked, because it has no value of {metric}"
    digits = preview.column.digits
    value = numbers.number(preview.value, digits)
    likely = f" (95 %: {numbers.rank_span(preview.interval)})" if preview.interval else ""
    parts = [
        f"- {preview.board}: rank **{preview.rank} of {preview.of}**{likely} by {metric} ({value})"
    ]
    if preview.tied:
        parts.append(f"shared with {numbers.count(preview.tied, 'other')}")
    for word, neighbour in (("above", preview.above), ("below", preview.below)):
        if neighbour is not None:
            shown = numbers.number(neighbour.value, digits)
            parts.append(f"{word} it {text(neighbour.model)} ({shown})")
    for words, models in (
        ("told apart from", preview.separated),
        ("not told apart from", preview.not_separated),
    ):
        if models:
            rest = len(models) - _MODELS_NAMED
            named = ", ".join(text(model) for model in models[:_MODELS_NAMED])
            more = f" and {numbers.count(rest, 'other')}" if rest > 0 else ""
            parts.append(f"{words} {named}{more}")
    line = "; ".join(parts)
    return (
        line if preview.previous is None else f"{line}\n{_previous_item(preview.previous, preview)}"
    )


def _previous_item(previous: Previous, preview: RankPreview) -> str:
    """Return how the entry differs from its team's previous version, as an item below another."""
    digits = preview.column.digits
    badge = "" if previous.badge == "scored" else f", {BADGE_WORDS[previous.badge]}"
    before = f"{text(previous.model)} ({numbers.number(previous.value, digits)}{badge})"
    sign = 1 if preview.column.direction == "higher" else -1
    gain = sign * previous.difference
    size = numbers.number(abs(gain), digits)
    change = "the same value" if gain == 0 else f"**{size} {'better' if gain > 0 else 'worse'}**"
    if previous.interval is None or previous.p is None:
        tested = "not tested, because per-study scores of both are not at hand"
    else:
        low, high = (
            numbers.number(end, digits) for end in sorted(sign * end for end in previous.interval)
        )
        p = text(numbers.p_value(previous.p))
        tested = f"95 % interval of the gain [{low}, {high}], p {p}"
    return f"  - Against the previous version, {before}: {change}; {tested}"
