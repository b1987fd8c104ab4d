from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from bot.domain.leaderboard import Board
from bot.domain.rank_preview import RankPreview
from bot.domain.scorecard import PerStudyTable
from bot.pipeline.board.evidence import NO_TABLES
from bot.pipeline.board.rank_preview import Entrant, preview_rank
from bot.pipeline.pull_request.report import Handover, ReportContext, preview_ranks
from bot.render.pull_request.rank_preview import preview_item
from tests.unit.pipeline.board.test_head_to_head import ALPHA, GAIN, IDS, tables
from tests.unit.pipeline.board.test_ranks import compared
from tests.unit.render import samples as s

BRAVO = Entrant("bravo", "Bravo", "IIT Madras")
CARD = s.scorecard(0.85)


def better_than_bravo() -> PerStudyTable:
    """Return scores that are lower than bravo's by half of what alpha's are."""
    return PerStudyTable(IDS, {"radcliq_v1": ALPHA + GAIN / 2})


def published_board() -> Board:
    """Return the example board with bravo's row as a published table has it."""
    board = s.example_board()
    rows = [
        row.model_copy(
            update={"badge": "published", "scorecard": None, "version": None, "n": None}
            if row.submission == "bravo"
            else {}
        )
        for row in board.rows
    ]
    return board.model_copy(update={"rows": tuple(rows)})


def preview(entrant: Entrant = BRAVO, board: Board | None = None, **kept: Any) -> RankPreview:
    known = {**tables(s.example_leaderboard()), CARD.key: better_than_bravo()}
    return preview_rank(board or compared(), CARD, entrant, kept.get("kept", known))


def test_an_entry_that_comes_again_is_held_against_its_present_row() -> None:
    found = preview()
    assert found.previous is not None
    assert found.previous.value == 0.9
    assert found.previous.difference == pytest.approx(-float(GAIN.mean()) / 2)
    assert found.previous.p is not None
    assert found.previous.p < 0.001
    line = preview_item(found)
    assert "Against the previous version, Bravo 1.0 (0.900): **0.0" in line
    assert "better**; 95 % interval of the gain [0.0" in line


def test_the_preview_names_who_it_is_told_apart_from() -> None:
    found = preview()
    assert (found.rank, found.of, found.tied) == (3, 3, 0)
    assert found.separated == ("Echo", "Alpha")
    assert found.interval == (3, 3)


def test_another_folder_of_the_same_model_and_institution_is_the_previous_version() -> None:
    again = preview(Entrant("bravo-2", "BRAVO", "iit madras"))
    assert again.previous is not None
    assert again.previous.model == "Bravo 1.0"
    assert again.of == 4
    stranger = preview(Entrant("bravo-2", "Bravo", "Elsewhere"))
    assert stranger.previous is None


def test_a_published_row_is_a_previous_version_without_a_test() -> None:
    found = preview(board=published_board())
    assert found.previous is not None
    assert (found.previous.interval, found.previous.p) == (None, None)
    line = preview_item(found)
    assert "Bravo (0.900, published elsewhere): **0.050 better**; not tested" in line


def test_the_same_scorecard_is_no_previous_version() -> None:
    row = next(row for row in s.example_board().rows if row.submission == "bravo")
    board = s.example_board()
    same = tuple(
        r.model_copy(update={"scorecard": CARD.key}) if r == row else r for r in board.rows
    )
    assert preview(board=board.model_copy(update={"rows": same})).previous is None


def test_an_equal_or_worse_value_is_called_so() -> None:
    equal = dataclasses.replace(preview(kept={}), rank=1)
    assert equal.previous is not None
    same = dataclasses.replace(equal, previous=dataclasses.replace(equal.previous, difference=0.0))
    worse = dataclasses.replace(equal, previous=dataclasses.replace(equal.previous, difference=0.1))
    assert ": the same value; not tested" in preview_item(same)
    assert ": **0.100 worse**; not tested" in preview_item(worse)


@pytest.mark.parametrize("access", ["public", "credentialed", "private"])
def test_scores_of_single_studies_are_used_where_they_are_open(access: str) -> None:
    catalog = s.catalog()
    card = catalog.datasets["iu-xray"].model_copy(update={"access": access})
    closed = dataclasses.replace(catalog, datasets={**catalog.datasets, "iu-xray": card})
    leaderboard = s.example_leaderboard()
    handover = Handover(s.inspection(), (CARD,), "", {CARD.key: better_than_bravo()})
    context = ReportContext(closed, s.COLUMNS, leaderboard, None, tables(leaderboard))
    (found,) = preview_ranks(handover, context, "moerad-iu")
    assert (found.interval is not None) == (access == "public")
    assert bool(found.separated) == (access == "public")


def test_without_a_leaderboard_there_is_no_preview() -> None:
    handover = Handover(s.inspection(), (CARD,), "", NO_TABLES)
    assert preview_ranks(handover, ReportContext(s.catalog(), s.COLUMNS, None, None), "a") == ()
