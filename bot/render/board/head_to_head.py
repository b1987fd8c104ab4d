"""Two entries side by side, as text and as plain data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from bot.domain.head_to_head import HeadToHead, PairedTest
from bot.domain.text import counted
from bot.render.board.board_page import BADGE_WORDS
from bot.render.words import numbers
from bot.render.words.logs import neutral


def plain_comparisons(found: Iterable[HeadToHead]) -> list[dict[str, Any]]:
    """Return comparisons as plain data, for JSON."""
    return [
        {
            **asdict(each),
            "board": str(each.board),
            "column": each.column.id,
            "direction": each.column.direction,
        }
        for each in found
    ]


def render_comparisons(found: Iterable[HeadToHead]) -> str:
    """Return comparisons as aligned text, a paragraph for each."""
    return "\n\n".join(_paragraph(each) for each in found)


def _paragraph(each: HeadToHead) -> str:
    """Return a comparison as lines."""
    column = each.column
    sides = (each.one, each.other)
    width = max(len("difference"), *(len(side.submission) for side in sides))
    studies = counted(each.n, "study", "studies")
    lines = [f"{each.board}, {studies}, {numbers.heading(column)}"]
    for side in sides:
        value = numbers.number(side.value, column.digits)
        badge = "" if side.badge == "scored" else f"  ({BADGE_WORDS[side.badge]})"
        lines.append(f"  {side.submission:<{width}}  {value}  {neutral(side.model)}{badge}")
    if each.difference is not None:
        shown = numbers.number(each.difference, column.digits)
        lines.append(f"  {'difference':<{width}}  {shown}{_interval(each)}")
    if each.verdict is None:
        lines.append(f"  not tested: {each.untested}")
    else:
        lines += [f"  {line}" for line in _verdict(each, each.verdict, width)]
    return "\n".join(lines)


def _interval(each: HeadToHead) -> str:
    """Return the interval of a difference, with who is better."""
    if not each.difference:
        better = ""
    else:
        ahead = (each.difference > 0) == (each.column.direction == "higher")
        better = f"  {(each.one if ahead else each.other).submission} is better"
    if each.verdict is None:
        return better
    low, high = (numbers.number(end, each.column.digits) for end in each.verdict.interval)
    return f"  95 % interval [{low}, {high}]{better}"


def _verdict(each: HeadToHead, verdict: PairedTest, width: int) -> Iterable[str]:
    """Yield what a test says."""
    adjusted = ""
    if verdict.comparisons > 1:
        tests = f"{verdict.comparisons:,} tests"
        adjusted = f", adjusted by Holm over {tests} {numbers.p_value(verdict.p_adjusted)}"
    told = "told apart" if verdict.separated else "not told apart"
    yield f"{'p':<{width}}  {numbers.p_value(verdict.p)}{adjusted}: {told}"
    one, other = each.one.submission, each.other.submission
    by_study = (
        f"{one} better on {verdict.wins:,}, equal on {verdict.ties:,}, "
        f"{other} better on {verdict.losses:,}"
    )
    yield f"{'by study':<{width}}  {by_study}"
    if verdict.clusters is not None:
        yield f"{'':<{width}}  {verdict.clusters:,} different reference texts, each counts as one"
