"""A board's page: Markdown, every row with its rank and interval, and who is told apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.domain.column import Column
from bot.domain.dataset import DatasetCard
from bot.domain.leaderboard import Badge, Board, Row, Waiting
from bot.domain.manifest import Inputs
from bot.domain.text import counted
from bot.domain.value import Section
from bot.render.words import numbers
from bot.render.words.markdown import code, fence, link, table, text

SECTION_WORDS: dict[Section, str] = {"findings": "findings", "report": "findings and impression"}
"""What each section is called."""

BADGE_WORDS: dict[Badge, str] = {
    "scored": "scored here",
    "published": "published elsewhere",
    "stale": "scored by an earlier scorer",
}
"""What each badge means."""

TRAINED_ON = "†"
"""Mark of a model whose authors trained on the dataset."""

REMARKED = "‡"
"""Mark of a row with something odd about it, which is said below the table."""

PAIRS_SHOWN = 45
"""Most pairs that a page lists; all are in the CSV file."""

_INPUT_WORDS = {"key-frontal": "key frontal image", "all-views": "all views"}
LEGEND = (
    f"{TRAINED_ON} the authors list this dataset among their training data. "
    "↑ higher is better, ↓ lower is better. "
    '"-" means not scored, 0 means zero. In brackets, the 95 % interval. '
    "Entries that a paired test does not tell apart from the first of their group share its rank, "
    "and so do equal values."
)
"""What the signs in a board's table mean."""

PUBLISHED_LEGEND = (
    "Rows published elsewhere rank by their published value and have no interval. Their tables do "
    f"not say how many studies were scored; where there is no {TRAINED_ON}, nothing is known about "
    "the training data. RadCliQ-v1 is the reciprocal of the published 1/RadCliQ-v1."
)
"""What is known of rows that were taken from a published table."""


def render_board_markdown(
    board: Board, dataset: DatasetCard, waiting: Sequence[Waiting] = ()
) -> str:
    """Return a board's page.

    Args:
        board: Its rows.
        dataset: Card of its dataset.
        waiting: Entries on this board that have no scores yet.
    """
    main = board.main
    others = [column for column in board.columns if column != main]
    headings = ["Rank", "Model", text(numbers.heading(main))]
    headings += [text(numbers.heading(column)) for column in others]
    headings += ["Studies", "Inputs", "Links", "Scores"]
    values = range(2, 4 + len(others))
    studies = counted(board.n, "study", "studies")
    parts = [
        f"# {text(dataset.title)}: {SECTION_WORDS[board.section]}",
        f"{studies} of the {text(dataset.split)} split, ranked by {text(numbers.heading(main))}.",
        text(dataset.summary),
        f"{link('Source', dataset.source)}. Terms: {text(dataset.licence)}.",
        "[All boards](README.md)",
    ]
    if board.rows:
        cells = [
            [
                numbers.rank_with_interval(row.rank, row.rank_interval),
                *_cells(row, board, main, others),
            ]
            for row in board.rows
        ]
        parts.append(table(headings, cells, right=(0, *values)))
    else:
        parts.append("No entry is ranked yet.")
    parts.append(LEGEND)
    if any(row.badge == "published" for row in board.rows):
        parts.append(PUBLISHED_LEGEND)
    if remarked := [row for row in board.all_rows if row.remarks]:
        items = [f"- {text(row.model)}: {text('; '.join(row.remarks))}." for row in remarked]
        parts.append(f"{REMARKED} Kept as published, although:\n\n" + "\n".join(items))
    if board.unranked:
        cells = [
            [*_cells(row, board, main, others), unranked_reason(row, main, code, text)]
            for row in board.unranked
        ]
        parts.append(
            "## Unranked\n\n"
            + table([*headings[1:], "Reason"], cells, right=[number - 1 for number in values])
        )
    if board.pairs:
        parts.append(_pairs(board, main))
    if waiting:
        parts.append(waiting_list(waiting, {dataset.id: dataset.title}))
    parts.append(f"## Cite the dataset\n\n{fence(dataset.citation, 'bibtex')}")
    return "\n\n".join(parts) + "\n"


def waiting_list(waiting: Sequence[Waiting], titles: dict[str, str]) -> str:
    """Return the entries that are merged and have no scores yet, as a list."""
    items = [
        f"- {text(entry.model)} {code(entry.submission)} on {text(titles[entry.dataset])}: "
        f"{SECTION_WORDS[entry.section]}"
        for entry in waiting
    ]
    return "## Waiting for scores\n\n" + "\n".join(items)


def _pairs(board: Board, main: Column) -> str:
    """Return the comparison of every two entries with stored scores."""
    names = {row.submission: row.model for row in board.rows}
    cells = [
        [
            text(names[pair.one]),
            text(names[pair.other]),
            numbers.number(pair.difference, main.digits),
            "[{}, {}]".format(*(numbers.number(end, main.digits) for end in pair.interval)),
            text(numbers.p_value(pair.p_adjusted)),
            "yes" if pair.separated else "no",
        ]
        for pair in board.pairs[:PAIRS_SHOWN]
    ]
    headings = (
        "Entry",
        "Other",
        f"Difference in {text(main.title)}",
        "95 % interval",
        "p",
        "Apart",
    )
    name = f"{board.id}.pairs.csv"
    said = (
        f"Paired by study. p is of a paired permutation test, adjusted by Holm over all "
        f"{counted(len(board.pairs), 'pair')} of this board; all are in [{name}]({name})."
    )
    if any(row.badge == "scored" and row.rank_interval is None for row in board.rows):
        said += " Entries without an interval of the rank were not compared."
    if board.clusters is not None:
        said += (
            f" Studies with the same reference text count as one: {board.clusters:,} of the "
            f"{board.n:,} are different."
        )
    return f"## Head to head\n\n{table(headings, cells, right=(2, 3, 4))}\n\n{said}"


def _cells(row: Row, board: Board, main: Column, others: Sequence[Column]) -> list[str]:
    """Return a row's cells, all but its rank."""
    mark = f" {TRAINED_ON}" if row.trained_on else ""
    mark += f" {REMARKED}" if row.remarks else ""
    version = f" {text(row.version)}" if row.version else ""
    badge = BADGE_WORDS[row.badge] + (f", {row.as_of}" if row.as_of else "")
    return [
        f"{text(row.model)}{version}{mark}<br>{text(row.institution)}, {row.year}",
        numbers.cell_with_interval(row.scores.get(main.id), main),
        *(numbers.cell(row.scores.get(column.id), column) for column in others),
        f"{row.n:,}/{board.n:,}" if row.n else numbers.MISSING,
        input_words(row.inputs),
        _links(row),
        badge + (", inconsistent" if row.remarks else ""),
    ]


def input_words(inputs: Inputs | None) -> str:
    """Return what the model saw, in words."""
    if inputs is None:
        return numbers.MISSING
    context = " and context" if inputs.context else ""
    return f"{_INPUT_WORDS[inputs.images]}{context}"


def named_links(row: Row) -> tuple[tuple[str, str], ...]:
    """Return the links of a model, each with what it leads to."""
    links = row.links
    named = (
        *(("paper", links.paper), ("code", links.code), ("weights", links.weights)),
        ("page", row.url),
    )
    return tuple((name, url) for name, url in named if url)


def _links(row: Row) -> str:
    """Return the links of a model, each with the host it leads to."""
    return "<br>".join(link(name, url) for name, url in named_links(row)) or numbers.MISSING


def unranked_reason(
    row: Row,
    main: Column,
    as_code: Callable[[str], str] = str,
    as_text: Callable[[str], str] = str,
) -> str:
    """Return why a row has no rank.

    Args:
        row: A row without a rank.
        main: The column that ranks.
        as_code: How the page at hand writes a name.
        as_text: How it writes somebody else's text.
    """
    if row.badge == "stale":
        return "scored by an earlier scorer, to be scored again"
    if row.replaced_by is not None:
        return f"scored here with another value, as {as_code(row.replaced_by)}"
    score = row.scores.get(main.id)
    if score is None:
        what = "published" if row.badge == "published" else "computed"
        return f"{as_text(main.title)} was not {what}"
    return f"{as_text(main.title)} {score.status}: {as_text(score.reason or 'no reason was given')}"
