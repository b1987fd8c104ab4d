"""The leaderboard as files: Markdown to read, CSV and JSON to compute with. No clock inside."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from io import StringIO

from bot.domain.column import Column
from bot.domain.dataset import DatasetCard
from bot.domain.leaderboard import Badge, Board, Leaderboard, Row, Waiting
from bot.domain.manifest import Inputs, Links, board_id
from bot.domain.value import Section
from bot.render import numbers
from bot.render.markdown import code, fence, link, table, text

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

_INPUT_WORDS = {"key-frontal": "key frontal image", "all-views": "all views"}
_LEGEND = (
    f"{TRAINED_ON} the authors list this dataset among their training data. "
    "↑ higher is better, ↓ lower is better. "
    '"-" means not scored, 0 means zero. In brackets, the 95 % interval. '
    "Equal values share a rank."
)
_LEAD = (
    *("rank", "submission", "model", "version", "institution", "year", "license"),
    *("images", "context", "trained_on", "badge"),
)
_PARTS = ("", "_low", "_high", "_status")
_TRAIL = ("paper", "code", "weights", "scorecard", "predictions_sha256")
# What a spreadsheet takes for the start of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def leaderboard_files(leaderboard: Leaderboard) -> dict[str, bytes]:
    """Return every file of `leaderboard/`, keyed by its path inside it, in sorted order.

    A board has a page and a CSV file once an entry takes part in it.
    """
    cards = {card.id: card for card in leaderboard.datasets}
    files = {
        "README.md": render_readme(leaderboard).encode(),
        "leaderboard.json": leaderboard.to_json(),
    }
    for board in leaderboard.boards:
        waiting = _waiting_on(board, leaderboard)
        if board.rows or board.unranked or waiting:
            name = board_id(board.dataset, board.section)
            page = render_board_markdown(board, cards[board.dataset], waiting)
            files[f"{name}.md"] = page.encode()
            files[f"{name}.csv"] = render_board_csv(board).encode()
    return dict(sorted(files.items()))


def render_readme(leaderboard: Leaderboard) -> str:
    """Return the overview: every board, every entry's ranks, and how to take part."""
    has_page = {
        board_id(board.dataset, board.section)
        for board in leaderboard.boards
        if board.rows or board.unranked or _waiting_on(board, leaderboard)
    }
    titles = {card.id: card.title for card in leaderboard.datasets}
    boards = [
        (
            _page_link(board, titles[board.dataset], has_page),
            f"{board.n:,}",
            text(numbers.heading(_main(board))),
            str(len(board.rows) + len(board.unranked)),
            ", ".join(text(row.model) for row in board.rows if row.rank == 1) or numbers.MISSING,
        )
        for board in leaderboard.boards
    ]
    parts = [
        f"# {text(leaderboard.title)}",
        "This folder is computed from `submissions/` and the stored scores; edits here are lost.",
        "## Boards\n\n"
        + table(("Board", "Studies", "Ranked by", "Entries", "First"), boards, right=(1, 3)),
        _ranks(leaderboard, titles, has_page),
    ]
    if leaderboard.waiting:
        parts.append(_waiting_list(leaderboard.waiting, titles))
    parts.append(
        "## How to submit\n\n"
        "Run `rexrank init`, `rexrank validate` and `rexrank score`, then open a pull request to "
        f"{link('the repository', leaderboard.repository)} that adds one folder below "
        "`submissions/`. The bot answers there within minutes."
    )
    return "\n\n".join(parts) + "\n"


def render_board_markdown(
    board: Board, dataset: DatasetCard, waiting: Sequence[Waiting] = ()
) -> str:
    """Return a board's page.

    Args:
        board: Its rows.
        dataset: Card of its dataset.
        waiting: Entries on this board that have no scores yet.
    """
    main = _main(board)
    others = [column for column in board.columns if column != main]
    headings = ["Rank", "Model", text(numbers.heading(main))]
    headings += [text(numbers.heading(column)) for column in others]
    headings += ["Inputs", "Links", "Scores"]
    values = range(2, 3 + len(others))
    studies = numbers.count(board.n, "study", "studies")
    ranked_by = text(numbers.heading(main))
    parts = [
        f"# {text(dataset.title)}: {SECTION_WORDS[board.section]}",
        f"{studies} of the {text(dataset.split)} split, ranked by {ranked_by}.",
        text(dataset.summary),
        f"{link('Source', dataset.source)}. Terms: {text(dataset.licence)}.",
        "[All boards](README.md)",
    ]
    if board.rows:
        cells = [[str(row.rank), *_cells(row, main, others)] for row in board.rows]
        parts.append(table(headings, cells, right=(0, *values)))
    else:
        parts.append("No entry is ranked yet.")
    parts.append(_LEGEND)
    if board.unranked:
        cells = [[*_cells(row, main, others), _reason(row, main)] for row in board.unranked]
        parts.append(
            "## Unranked\n\n"
            + table([*headings[1:], "Reason"], cells, right=[number - 1 for number in values])
        )
    if waiting:
        parts.append(_waiting_list(waiting, {dataset.id: dataset.title}))
    parts.append(f"## Cite the dataset\n\n{fence(dataset.citation, 'bibtex')}")
    return "\n\n".join(parts) + "\n"


def render_board_csv(board: Board) -> str:
    """Return a board as CSV: values unrounded, ranked rows first, a status for every metric.

    Text that a spreadsheet would run as a formula is preceded by an apostrophe.
    """
    import pandas as pd

    header = [
        *_LEAD,
        *(f"{column.id}{part}" for column in board.columns for part in _PARTS),
        *_TRAIL,
    ]
    records = [
        [_without_formula(value) for value in _record(row, board.columns)]
        for row in (*board.rows, *board.unranked)
    ]
    target = StringIO()
    frame = pd.DataFrame(records, columns=header, dtype=object)
    frame.to_csv(target, index=False, lineterminator="\n")
    return target.getvalue()


def _record(row: Row, columns: Sequence[Column]) -> list[object]:
    """Return a row's values in the order of the CSV header."""
    values: list[object] = [row.rank, row.submission, row.model, row.version, row.institution]
    values += [row.year, row.license, row.inputs.images, row.inputs.context, row.trained_on]
    values.append(row.badge)
    for column in columns:
        score = row.scores.get(column.id)
        low, high = (score.interval if score else None) or (None, None)
        values += [numbers.value_of(score), low, high, score.status if score else "missing"]
    values += [row.links.paper, row.links.code, row.links.weights]
    return [*values, row.scorecard, row.predictions_sha256]


def _without_formula(value: object) -> object:
    """Return a value that no spreadsheet runs: text that starts a formula gets an apostrophe.

    Example:
        >>> _without_formula("=1+1"), _without_formula(-0.5)
        ("'=1+1", -0.5)
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _ranks(leaderboard: Leaderboard, titles: Mapping[str, str], has_page: Collection[str]) -> str:
    """Return every entry's rank on every board that has entries, best ranks first."""
    boards = [board for board in leaderboard.boards if board.rows or board.unranked]
    if not boards:
        return "No entry has been scored yet."
    ranks: dict[str, dict[str, str]] = {}
    names: dict[str, str] = {}
    order: dict[str, int] = {}
    for board in boards:
        name = board_id(board.dataset, board.section)
        for row in (*board.rows, *board.unranked):
            names[row.submission] = text(row.model)
            mark = f" {TRAINED_ON}" if row.trained_on else ""
            shown = "unranked" if row.rank is None else str(row.rank)
            ranks.setdefault(row.submission, {})[name] = shown + mark
            if row.rank is not None:
                order[row.submission] = min(row.rank, order.get(row.submission, row.rank))
    last = max(order.values(), default=0) + 1
    cells = [
        [
            f"{names[entry]} {code(entry)}",
            *(
                ranks[entry].get(board_id(board.dataset, board.section), numbers.MISSING)
                for board in boards
            ),
        ]
        for entry in sorted(ranks, key=lambda entry: (order.get(entry, last), entry))
    ]
    headings = ["Entry", *(_page_link(board, titles[board.dataset], has_page) for board in boards)]
    legend = f'{TRAINED_ON} trained on this dataset. "-" means that the entry does not take part.'
    right = range(1, len(headings))
    return f"## Ranks\n\n{table(headings, cells, right=right)}\n\n{legend}"


def _page_link(board: Board, title: str, has_page: Collection[str]) -> str:
    """Return a board's name, linked to its page where it has one."""
    name = board_id(board.dataset, board.section)
    label = f"{text(title)}: {SECTION_WORDS[board.section]}"
    return f"[{label}]({name}.md)" if name in has_page else label


def _waiting_on(board: Board, leaderboard: Leaderboard) -> tuple[Waiting, ...]:
    """Return the entries that wait for scores on a board."""
    return tuple(
        entry
        for entry in leaderboard.waiting
        if (entry.dataset, entry.section) == (board.dataset, board.section)
    )


def _waiting_list(waiting: Sequence[Waiting], titles: Mapping[str, str]) -> str:
    """Return the entries that are merged and have no scores yet, as a list."""
    items = [
        f"- {text(entry.model)} {code(entry.submission)} on {text(titles[entry.dataset])}: "
        f"{SECTION_WORDS[entry.section]}"
        for entry in waiting
    ]
    return "## Waiting for scores\n\n" + "\n".join(items)


def _main(board: Board) -> Column:
    """Return the column that ranks."""
    return next(column for column in board.columns if column.id == board.main_metric)


def _cells(row: Row, main: Column, others: Sequence[Column]) -> list[str]:
    """Return a row's cells, all but its rank."""
    mark = f" {TRAINED_ON}" if row.trained_on else ""
    return [
        f"{text(row.model)} {text(row.version)}{mark}<br>{text(row.institution)}, {row.year}",
        numbers.cell_with_interval(row.scores.get(main.id), main),
        *(numbers.cell(row.scores.get(column.id), column) for column in others),
        _inputs(row.inputs),
        _links(row.links),
        BADGE_WORDS[row.badge],
    ]


def _inputs(inputs: Inputs) -> str:
    """Return what the model saw, in words."""
    context = " and context" if inputs.context else ""
    return f"{_INPUT_WORDS[inputs.images]}{context}"


def _links(links: Links) -> str:
    """Return the links of a model, each with the host it leads to."""
    named = (("paper", links.paper), ("code", links.code), ("weights", links.weights))
    return "<br>".join(link(name, url) for name, url in named if url) or numbers.MISSING


def _reason(row: Row, main: Column) -> str:
    """Return why a row has no rank."""
    if row.badge == "stale":
        return "scored by an earlier scorer, to be scored again"
    score = row.scores.get(main.id)
    if score is None:
        return f"{text(main.title)} was not computed"
    return f"{text(main.title)} {score.status}: {text(score.reason or 'no reason was given')}"
