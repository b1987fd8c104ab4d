from __future__ import annotations

import random

import pytest

from bot.domain.scorecard import Scorecard
from bot.errors import Misconfigured
from bot.pipeline.board.build import build_leaderboard, is_trained_on
from bot.pipeline.board.rank_preview import Entrant, preview_rank
from tests.unit.render import samples as s

CURRENT = s.fingerprint()


def test_the_order_of_entries_and_scorecards_makes_no_difference() -> None:
    wanted = s.example_leaderboard().to_json()
    shuffle = random.Random(1).sample
    for _ in range(20):
        entries, cards = s.example_entries(), s.example_scorecards() * 2
        built = build_leaderboard(
            s.catalog(),
            s.COLUMNS,
            shuffle(entries, len(entries)),
            shuffle(cards, len(cards)),
            CURRENT,
        )
        assert built.to_json() == wanted


def test_ties_share_a_rank_and_a_missing_main_metric_is_unranked() -> None:
    board = s.example_board()
    assert [(row.rank, row.submission) for row in board.rows] == [
        (1, "echo"),
        (2, "alpha"),
        (3, "bravo"),
    ]
    unranked = [(row.rank, row.submission, row.badge) for row in board.unranked]
    assert unranked == [(None, "charlie", "stale"), (None, "delta", "scored")]
    assert [row.submission for row in board.rows if row.trained_on] == ["echo"]
    assert [w.submission for w in s.example_leaderboard().waiting] == ["foxtrot"]


@pytest.mark.parametrize(
    "card",
    [
        s.scorecard(sha="9" * 64),
        s.scorecard(commitment="d" * 64),
        s.scorecard(n=1),
        s.scorecard(section="report"),
        s.scorecard(dataset="mini", n=590),
        s.scorecard(official_none=True),
    ],
)
def test_a_scorecard_of_anything_else_does_not_count(card: Scorecard) -> None:
    built = build_leaderboard(s.catalog(), s.COLUMNS, [("aa", s.manifest())], [card], CURRENT)
    assert not any(board.rows or board.unranked for board in built.boards)
    assert [entry.submission for entry in built.waiting] == ["aa"]


def test_without_a_study_list_any_commitment_counts() -> None:
    catalog = s.catalog(commitment=None)
    card = s.scorecard(commitment="d" * 64)
    built = build_leaderboard(catalog, s.COLUMNS, [("aa", s.manifest())], [card], CURRENT)
    assert [row.submission for row in built.boards[0].rows] == ["aa"]


def test_the_current_scorer_counts_even_where_an_earlier_one_had_more() -> None:
    cards = [s.scorecard(0.5, version="0"), s.scorecard(None)]
    built = build_leaderboard(s.catalog(), s.COLUMNS, [("aa", s.manifest())], cards, CURRENT)
    assert built.boards[0].rows == ()
    assert built.boards[0].unranked[0].badge == "scored"


def test_nothing_is_stale_when_the_current_scorer_is_not_known() -> None:
    cards = [s.scorecard(None), s.scorecard(0.5, version="0")]
    built = build_leaderboard(s.catalog(), s.COLUMNS, [("aa", s.manifest())], cards, None)
    assert [(row.badge, row.rank) for row in built.boards[0].rows] == [("scored", 1)]


def test_an_empty_leaderboard_has_every_board_and_no_row() -> None:
    built = build_leaderboard(s.catalog(), s.COLUMNS, [], [], None)
    assert len(built.boards) == 3
    assert not any(board.rows for board in built.boards)


def test_a_main_metric_without_a_column_is_misconfigured() -> None:
    with pytest.raises(Misconfigured, match="radcliq_v1 of dataset iu-xray"):
        build_leaderboard(s.catalog(), s.COLUMNS[1:], [], [], None)


def test_a_dataset_is_known_by_its_id_and_its_other_names_in_any_case() -> None:
    card = s.catalog().datasets["iu-xray"]
    assert is_trained_on(card, ["MIMIC", " IU-XRAY "])
    assert is_trained_on(card, ["openI"])
    assert not is_trained_on(card, ["iu-xray images from the web", ""])


def test_a_preview_names_the_rank_and_the_nearest_rows() -> None:
    preview = preview_rank(s.example_board(), s.scorecard(0.9))
    assert (preview.rank, preview.of, preview.tied) == (3, 4, 1)
    assert preview.above is not None
    assert (preview.above.model, preview.below) == ("Alpha", None)
    best = preview_rank(s.example_board(), s.scorecard(-1.0))
    assert (best.rank, best.above) == (1, None)
    assert best.below is not None
    assert best.below.model == "Echo"


def test_a_preview_leaves_the_entrys_own_row_out() -> None:
    preview = preview_rank(s.example_board(), s.scorecard(0.7), Entrant("echo", "", ""))
    assert (preview.rank, preview.of, preview.above) == (1, 3, None)


def test_a_preview_without_the_main_metric_has_no_rank() -> None:
    preview = preview_rank(s.example_board(), s.scorecard(None))
    assert (preview.rank, preview.of, preview.above, preview.below) == (None, 3, None, None)
