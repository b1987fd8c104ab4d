"""The line of the comment that says where an entry would stand on a board."""

from __future__ import annotations

from bot.domain.rank_preview import Previous, RankPreview
from bot.domain.text import counted
from bot.render.board.board_page import BADGE_WORDS
from bot.render.words import numbers
from bot.render.words.markdown import some_of, text


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
        parts.append(f"shared with {counted(preview.tied, 'other')}")
    for word, neighbour in (("above", preview.above), ("below", preview.below)):
        if neighbour is not None:
            shown = numbers.number(neighbour.value, digits)
            parts.append(f"{word} it {text(neighbour.model)} ({shown})")
    for words, models in (
        ("told apart from", preview.separated),
        ("not told apart from", preview.not_separated),
    ):
        if models:
            parts.append(f"{words} {some_of(models)}")
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
