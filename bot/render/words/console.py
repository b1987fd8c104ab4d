"""Findings and scores as a terminal, a workflow's log or another program reads them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Literal

from bot.domain.column import Column
from bot.domain.finding import Finding
from bot.domain.scorecard import Scorecard
from bot.domain.text import counted
from bot.domain.value import canonical_json
from bot.render.pull_request.comment_parts import finding_item
from bot.render.words import numbers
from bot.render.words.logs import neutral
from bot.render.words.markdown import one_line

Format = Literal["text", "json", "github", "markdown"]
"""How findings are shown: for people, for programs, as annotations, in a document."""

_WIDE = frozenset("WF")


def render_findings(findings: Sequence[Finding], form: Format) -> str:
    """Return findings in a format, with a final newline; `text` of none is one sentence.

    Args:
        findings: What was found, in order.
        form: `text`, `json` (a list), `github` (workflow commands) or `markdown` (a list).
    """
    if form == "json":
        plain = [finding.model_dump(mode="json", exclude_none=True) for finding in findings]
        return canonical_json(plain).decode()
    if form == "github":
        return "".join(f"{_annotation(finding)}\n" for finding in findings)
    if form == "markdown":
        return (
            "".join(f"{finding_item(finding)}\n" for finding in findings) or "No problem found.\n"
        )
    return "".join(f"{_paragraph(finding)}\n" for finding in findings) + f"{summary(findings)}\n"


def summary(findings: Iterable[Finding]) -> str:
    """Return how many findings there are of each level.

    Example:
        >>> summary([])
        'No problem found.'
    """
    levels = [finding.level for finding in findings]
    amounts = [
        counted(levels.count(level), level)
        for level in ("error", "warning", "notice")
        if level in levels
    ]
    return f"{', '.join(amounts)}." if amounts else "No problem found."


def render_scores(scorecards: Iterable[Scorecard], columns: Sequence[Column]) -> str:
    """Return the scores of each board as aligned text, and why a metric has none."""
    return "\n".join(_scores(card, columns) for card in scorecards)


def width(shown: str) -> int:
    r"""Return how many columns of a terminal a text takes: wide characters take two.

    Example:
        >>> width("胸X"), width("e\u0301")
        (3, 1)
    """
    return sum(
        0 if unicodedata.combining(sign) else 1 + (unicodedata.east_asian_width(sign) in _WIDE)
        for sign in shown
    )


def _paragraph(finding: Finding) -> str:
    """Return a finding as four lines, none of which a workflow's log takes for a command."""
    lines = [
        f"{_safe(finding.place)}: {finding.level}: {_safe(finding.message)}",
        f"  fix:  {_safe(finding.hint)}",
        f"  code: {finding.code}",
    ]
    if finding.seen:
        lines.insert(1, f"  seen: {_safe(finding.seen)}")
    return "\n".join(lines)


def _annotation(finding: Finding) -> str:
    """Return a finding as the workflow command that makes an annotation.

    Source: actions/toolkit, packages/core/src/command.ts.
    """
    properties = [f"file={_property(finding.path)}"]
    if finding.line:
        properties.append(f"line={finding.line}")
    properties.append(f"title={_property(finding.code)}")
    said = [finding.message]
    if finding.pointer:
        said.append(f"At: {finding.pointer}")
    if finding.seen:
        said.append(f"Seen: {finding.seen}")
    said.append(f"Fix: {finding.hint}")
    message = _data("\n".join(_safe(line) for line in said))
    return f"::{finding.level} {','.join(properties)}::{message}"


def _data(raw: str) -> str:
    """Return text as the message of a workflow command."""
    return raw.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(raw: str) -> str:
    """Return text as a property of a workflow command."""
    return _data(_safe(raw)).replace(":", "%3A").replace(",", "%2C")


def _safe(raw: str) -> str:
    """Return somebody else's text as one line that is no command."""
    return neutral(one_line(raw))


def _scores(card: Scorecard, columns: Sequence[Column]) -> str:
    """Return the scores of one board."""
    rows = [("metric", "value", "95 % interval")]
    missing: dict[str, list[str]] = {}
    for column in columns:
        score = card.metrics.get(column.id)
        value, bounds = numbers.cell(score, column), numbers.interval(score, column)
        if value != numbers.MISSING:
            rows.append((_safe(numbers.heading(column)), value, bounds))
            continue
        status = score.status if score else "unavailable"
        why = score.reason if score and score.reason else "not part of this scorer"
        missing.setdefault(f"{status}: {_safe(why)}", []).append(_safe(column.title))
    widths = [max(width(row[place]) for row in rows) for place in range(3)]
    lines = [f"{card.board}, {counted(card.n, 'study', 'studies')}"]
    for name, value, bounds in rows:
        gap = " " * (widths[0] - width(name))
        lines.append(f"  {name}{gap}  {value:>{widths[1]}}  {bounds:>{widths[2]}}")
    lines += [f"  {', '.join(titles)} {why}" for why, titles in missing.items()]
    return "\n".join(lines) + "\n"
