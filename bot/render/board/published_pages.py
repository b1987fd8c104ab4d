"""Pages about published tables: what changed between their states, and answers to questions."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.leaderboard import Leaderboard
from bot.domain.published import OVERALL, ChangeKind, PublishedAnswers, PublishedChange
from bot.render.board.board_csv import to_csv
from bot.render.words import numbers
from bot.render.words.markdown import link, table, text

CHANGES = "changes.md"
ANSWERS = "rexvqa.md"
ANSWERS_CSV = "rexvqa.csv"

KIND_WORDS: dict[ChangeKind, str] = {
    "added": "new",
    "renamed": "spelled in another way",
    "replaced": "gone; new names have its address",
    "vanished": "gone",
    "left": "gone from some tables",
    "rescored": "other values",
}
"""What each kind of change means."""

_SHARE_DIGITS = 3


def render_changes(leaderboard: Leaderboard) -> str:
    """Return the page of everything that changed between published states."""
    parts = [
        "# Changes of the published tables",
        "Each state is compared with the one before; a change was made between the two dates.",
        "[All boards](README.md)",
        "## States\n\n" + sources_table(leaderboard),
    ]
    for date, since in dict.fromkeys((change.date, change.since) for change in leaderboard.changes):
        changes = [change for change in leaderboard.changes if change.date == date]
        cells = [
            [
                text(change.model),
                KIND_WORDS[change.kind],
                ", ".join(map(text, change.now)) or numbers.MISSING,
                "<br>".join(map(text, change.tables)) or "all",
                _values(change),
            ]
            for change in changes
        ]
        headings = ("Model", "Change", "Now", "Tables", "1/RadCliQ-v1 ↑")
        parts.append(f"## {since} to {date}\n\n{table(headings, cells)}")
    return "\n\n".join(parts) + "\n"


def sources_table(leaderboard: Leaderboard) -> str:
    """Return the published states that are kept, as a table."""
    cells = [
        [
            source.date,
            str(source.rows),
            str(source.inconsistent),
            link("source", source.source),
            text(source.provenance),
        ]
        for source in leaderboard.published
    ]
    headings = ("Date", "Rows", "Inconsistent", "Published at", "Read from")
    return table(headings, cells, right=(1, 2))


def render_answers(answers: Sequence[PublishedAnswers]) -> str:
    """Return the page of published results on questions about images."""
    kinds = answer_kinds(answers)
    cells = [
        [
            f"{text(row.model)}<br>{text(row.institution)}",
            *(numbers.number(row.accuracy.get(kind), _SHARE_DIGITS) for kind in kinds),
            link("page", row.url) if row.url else numbers.MISSING,
            "published elsewhere",
        ]
        for row in answers
    ]
    headings = ("Model", *(f"{text(kind)} ↑" for kind in kinds), "Links", "Scores")
    parts = [
        "# ReXVQA: questions about chest X-rays",
        "Published shares of right answers to questions. Not reports: no board, no rank here.",
        "[All boards](README.md)",
        table(headings, cells, right=range(1, len(kinds) + 1)),
        '"-" means not published, 0 means zero. ↑ higher is better.',
    ]
    return "\n\n".join(parts) + "\n"


def render_answers_csv(answers: Sequence[PublishedAnswers]) -> str:
    """Return published results on questions as CSV."""
    kinds = answer_kinds(answers)
    header = ("dataset", "split", "model", "institution", "url", *kinds)
    records = (
        (
            *(row.dataset, row.split, row.model, row.institution, row.url),
            *(row.accuracy.get(kind) for kind in kinds),
        )
        for row in answers
    )
    return to_csv(header, records)


def answer_kinds(answers: Sequence[PublishedAnswers]) -> tuple[str, ...]:
    """Return the kinds of questions: all of them first, then by name."""
    kinds = {kind for row in answers for kind in row.accuracy}
    return tuple(sorted(kinds, key=lambda kind: (kind != OVERALL, kind)))


def _values(change: PublishedChange) -> str:
    """Return the main value before and after, "-" when it did not change."""
    if change.main is None:
        return numbers.MISSING
    before, after = (numbers.number(value, _SHARE_DIGITS) for value in change.main)
    return f"{before} → {after}"
