from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.domain.board import BoardId
from bot.domain.catalog import Catalog
from bot.domain.column import Column, Direction
from bot.domain.dataset import References, Study, list_studies
from bot.domain.leaderboard import Board, Row
from bot.domain.scorecard import MetricScore, PerStudyTable
from bot.pipeline.board import ranks
from bot.pipeline.board.ranks import compare_boards, compared_scorecards
from bot.render.board.board_page import render_board_markdown
from tests.unit.pipeline.board.test_head_to_head import tables
from tests.unit.render import samples as s

FINITE = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.lists(st.none() | FINITE | st.sampled_from([0.0, -0.0, 1.0, -1.0]))
DIRECTIONS: st.SearchStrategy[Direction] = st.sampled_from(("higher", "lower"))


def score(value: float | None) -> MetricScore:
    status = "scored" if value is not None else "unavailable"
    return MetricScore(status=status, version="1", value=value)


@given(VALUES, DIRECTIONS)
def test_row_24_only_finite_values_are_ranked_and_a_rank_counts_the_better_ones(
    values: list[float | None], direction: Direction
) -> None:
    column = Column(id="bleu2", title="BLEU-2", direction=direction, digits=3)
    rows = [
        Row(
            submission=f"entry-{number}",
            model="A",
            institution="B",
            year=2026,
            badge="scored",
            scores={"bleu2": score(value)},
        )
        for number, value in enumerate(values)
    ]
    ranked = {row.submission: row.rank for row in ranks.rank_rows(rows, column, {})[0]}
    finite = [value for value in values if value is not None]
    for row, value in zip(rows, values, strict=True):
        if value is None:
            assert row.submission not in ranked
        else:
            better = [v for v in finite if (v > value if direction == "higher" else v < value)]
            assert ranked[row.submission] == 1 + len(better)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_row_24_what_is_not_finite_is_no_score(value: float) -> None:
    with pytest.raises(ValidationError):
        score(value)


def compared(catalog: Catalog | None = None) -> Board:
    leaderboard = s.example_leaderboard()
    board: Board = compare_boards(leaderboard, tables(leaderboard), catalog or s.catalog()).boards[
        0
    ]
    return board


def clustering(groups: tuple[tuple[str, ...], ...]) -> Catalog:
    catalog = s.catalog()
    card = catalog.datasets["iu-xray"].model_copy(update={"cluster_repeats": True})
    studies = catalog.studies["iu-xray"]
    boards = {
        section: board.model_copy(update={"repeats": groups})
        for section, board in studies.boards.items()
    }
    return dataclasses.replace(
        catalog,
        datasets={**catalog.datasets, "iu-xray": card},
        studies={"iu-xray": studies.model_copy(update={"boards": boards})},
    )


def test_rows_with_tables_get_intervals_pairs_and_shared_ranks() -> None:
    board = compared()
    assert [(row.submission, row.rank, row.rank_interval) for row in board.rows] == [
        ("echo", 1, (1, 1)),
        ("alpha", 1, (1, 1)),
        ("bravo", 3, (3, 3)),
    ]
    assert [(p.one, p.other, p.separated) for p in board.pairs] == [
        ("echo", "alpha", False),
        ("echo", "bravo", True),
        ("alpha", "bravo", True),
    ]
    assert board.clusters is None


def test_a_board_without_tables_stays_as_it_is() -> None:
    leaderboard = s.example_leaderboard()
    assert compare_boards(leaderboard, {}, s.catalog()) == leaderboard


def test_only_the_best_entries_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    whole_board = compared()
    monkeypatch.setattr(ranks, "COMPARED", 2)
    board = compared()
    assert [(p.one, p.other) for p in board.pairs] == [("echo", "alpha")]
    assert [row.rank_interval is None for row in board.rows] == [False, False, True]
    assert [row.rank for row in board.rows] == [1, 1, 3]
    assert len(compared_scorecards(s.example_leaderboard(), s.catalog())) == 3
    page = render_board_markdown(board, s.catalog().datasets["iu-xray"])
    assert "Entries without an interval of the rank were not compared" in page
    whole = render_board_markdown(whole_board, s.catalog().datasets["iu-xray"])
    assert "were not compared" not in whole


def test_scorecards_of_a_dataset_that_is_not_public_are_not_asked_for() -> None:
    catalog = s.catalog()
    card = catalog.datasets["iu-xray"].model_copy(update={"access": "private"})
    closed = dataclasses.replace(catalog, datasets={**catalog.datasets, "iu-xray": card})
    assert compared_scorecards(s.example_leaderboard(), closed) == []


def test_studies_of_one_text_count_as_one_when_the_card_says_so() -> None:
    plain, clustered = compared(), compared(clustering((tuple(f"s{i}" for i in range(300)),)))
    assert clustered.clusters == 291
    widths = [
        board.pairs[1].interval[1] - board.pairs[1].interval[0] for board in (plain, clustered)
    ]
    assert widths[1] > widths[0]
    assert plain.pairs[1].difference == clustered.pairs[1].difference
    page = render_board_markdown(clustered, s.catalog().datasets["iu-xray"])
    assert "Studies with the same reference text count as one: 291 of the 590" in page
    assert "count as one" not in render_board_markdown(plain, s.catalog().datasets["iu-xray"])


def test_clusters_come_from_equal_texts_and_name_every_study() -> None:
    studies = {
        "a": Study(findings="Clear."),
        "b": Study(findings="x"),
        "c": Study(findings="Clear."),
    }
    listed = list_studies(References(dataset="iu-xray", studies=studies))
    catalog = dataclasses.replace(clustering(()), studies={"iu-xray": listed})
    assert catalog.clusters(BoardId("iu-xray", "findings")) == {"a": 0, "b": 1, "c": 0}
    assert catalog.clusters(BoardId("iu-xray", "report")) is None
    assert s.catalog().clusters(BoardId("iu-xray", "findings")) is None


def test_a_table_of_other_studies_takes_no_part() -> None:
    leaderboard = s.example_leaderboard()
    kept = tables(leaderboard)
    odd = next(row.scorecard for row in leaderboard.boards[0].rows if row.submission == "bravo")
    kept[odd or ""] = PerStudyTable(("other",), {"radcliq_v1": np.array([0.9])})
    board = compare_boards(leaderboard, kept, s.catalog()).boards[0]
    assert [(p.one, p.other) for p in board.pairs] == [("echo", "alpha")]
