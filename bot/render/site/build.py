"""Every file of the site, from the leaderboard alone: same input, same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.domain.leaderboard import Board
from bot.domain.value import canonical_json
from bot.render.board.board_csv import render_board_csv, render_pairs_csv
from bot.render.board.published_pages import answer_kinds
from bot.render.site import plots
from bot.render.site.facts import (
    ModelRows,
    SiteFacts,
    board_path,
    matrix_path,
    metric_path,
    model_path,
)
from bot.render.site.feed import render_feed
from bot.render.site.matrix import draw_matrix, render_compare_data
from bot.render.site.pages import FOLDER, render

_GREEN = "green"
_ASSETS = ("icon.svg", "site.js", "style.css")


@dataclass(frozen=True)
class Page:
    """A page before it is rendered."""

    path: str
    """Its address, from the site's root."""
    template: str
    """Name of its template."""
    title: str
    """Its title."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """What else its template needs."""


def site_files(facts: SiteFacts) -> dict[str, bytes]:
    """Return every file of the site, keyed by its path below the site's root, in sorted order."""
    files = {f"{page.path}index.html": _render(facts, page) for page in _pages(facts)}
    files |= dict(_data(facts))
    files |= {f"assets/{name}": (FOLDER / "assets" / name).read_bytes() for name in _ASSETS}
    return dict(sorted(files.items()))


def _render(facts: SiteFacts, page: Page) -> bytes:
    """Return one page; its links are relative, so that the site can be served anywhere."""
    root = "../" * page.path.count("/") or "./"
    text = render(
        page.template, facts=facts, root=root, path=page.path, title=page.title, **page.values
    )
    # Blank lines of the templates are of no use to anybody.
    return "\n".join(line for line in text.splitlines() if line.strip()).encode() + b"\n"


def _pages(facts: SiteFacts) -> Iterator[Page]:
    """Yield every page."""
    yield Page("", "overview.html", facts.leaderboard.title, {"heat": plots.heat_step})
    for board in facts.boards:
        title = facts.board_title(board)
        yield Page(board_path(board), "board.html", title, _board(board))
        values: dict[str, Any] = {"board": board, "matrix": draw_matrix(board)}
        yield Page(matrix_path(board), "matrix.html", f"Head to head, {title}", values)
    for entry in facts.entries:
        yield Page(model_path(entry.id), "model.html", entry.row.model, _model(facts, entry))
    yield Page("metrics/", "metrics.html", "Metrics")
    for column in facts.columns.values():
        values = {"column": column, "boards": [b for b in facts.boards if column in b.columns]}
        yield Page(metric_path(column.id), "metric.html", column.title, values)
    if facts.leaderboard.answers:
        kinds = answer_kinds(facts.leaderboard.answers)
        yield Page("questions/", "questions.html", "Questions about images", {"kinds": kinds})
    steps = dict.fromkeys((change.date, change.since) for change in facts.leaderboard.changes)
    yield Page("changes/", "changes.html", "Changes", {"steps": steps})
    yield Page("compare/", "compare.html", "Compare two models")
    yield Page("submit/", "submit.html", "Submit a model")
    yield Page("faq/", "faq.html", "Questions and answers")
    yield Page("about/", "about.html", "About")


def _board(board: Board) -> dict[str, Any]:
    """Return the values of a board's page."""
    main = board.main
    columns = {column.id: column for column in board.columns}
    scatter = None
    if _GREEN in columns and main.id != _GREEN:
        scatter = plots.draw_scatter(board, main, columns[_GREEN])
    ranks = [row.rank for row in board.rows]
    known = [
        column
        for column in board.columns
        if any(row.shown(column.id) is not None for row in board.all_rows)
    ]
    return {
        "board": board,
        "others": [column for column in known if column != main],
        "unknown": [column for column in board.columns if column not in known],
        "best": {column.id: _best(board, column.id, column.direction) for column in board.columns},
        "shared": {rank for rank in ranks if ranks.count(rank) > 1},
        "forest": plots.draw_forest(board),
        "scatter": scatter,
        "timeline": plots.draw_timeline(board),
        "details": any(row.n or row.inputs for row in board.all_rows),
    }


def _best(board: Board, metric: str, direction: str) -> float | None:
    """Return the best value of a metric among ranked rows."""
    scores = (row.shown(metric) for row in board.rows)
    values = [value for value in scores if value is not None]
    if not values:
        return None
    return max(values) if direction == "higher" else min(values)


def _model(facts: SiteFacts, entry: ModelRows) -> dict[str, Any]:
    """Return the values of a model's page."""
    known = [
        column
        for column in facts.columns.values()
        if any(place.row.shown(column.id) is not None for place in entry.places)
    ]
    return {
        "entry": entry,
        "columns": known or list(facts.columns.values()),
        "changes": facts.changes_of(entry),
        "standings": {
            board_path(place.board): plots.draw_standing(entry, place.board)
            for place in entry.places
        },
    }


def _data(facts: SiteFacts) -> Iterator[tuple[str, bytes]]:
    """Yield the files that programs read."""
    yield "leaderboard.json", facts.leaderboard.to_json()
    yield "compare/data.json", render_compare_data(facts)
    yield "feed.xml", render_feed(facts).encode()
    yield "citations.bib", _citations(facts).encode()
    for board in facts.boards:
        yield f"{board_path(board)}board.csv", render_board_csv(board).encode()
        yield f"{board_path(board)}board.json", board.to_json()
        if board.pairs:
            yield f"{board_path(board)}pairs.csv", render_pairs_csv(board).encode()
    for entry in facts.entries:
        rows = {str(place.board.id): json.loads(place.row.to_json()) for place in entry.places}
        yield f"{model_path(entry.id)}model.json", canonical_json(rows)


def _citations(facts: SiteFacts) -> str:
    """Return the BibTeX entries of the datasets, in their order."""
    return "\n\n".join(card.citation.strip() for card in facts.leaderboard.datasets) + "\n"
