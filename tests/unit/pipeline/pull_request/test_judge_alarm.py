"""Row 22: GREEN far above what the other metrics predict."""

from __future__ import annotations

import pytest

from bot.adapters.disk.catalog import BUILT_IN, load_published
from bot.domain.leaderboard import Board, Leaderboard, Row
from bot.domain.scorecard import MetricScore, Scorecard
from bot.pipeline.pull_request.judge_alarm import check_judgements, expected_judgement
from tests.unit.render import samples

BOARDS = sorted(
    {(row.dataset, row.split, row.section) for row in load_published(BUILT_IN)[-1].rows}
)


def published_board(dataset: str, split: str, section: str) -> Board:
    rows = [
        Row(
            submission=f"published.{number}",
            model=row.model,
            institution=row.institution,
            year=row.year,
            badge="published",
            scores={name: scored(value) for name, value in row.scores.items()},
        )
        for number, row in enumerate(load_published(BUILT_IN)[-1].rows)
        if (row.dataset, row.split, row.section) == (dataset, split, section)
    ]
    board = samples.example_board()
    return board.model_copy(
        update={"dataset": dataset, "section": section, "rows": tuple(rows), "unranked": ()}
    )


def scored(value: float) -> MetricScore:
    return MetricScore(status="scored", version="1", value=value)


def alarms(board: Board, green: float, other: float) -> list[str]:
    card: Scorecard = samples.scorecard(
        dataset=board.dataset,
        section=board.section,
        metrics={"green": scored(green), "inv_radcliq_v1": scored(other)},
    )
    inspection = samples.inspection(
        plans=(samples.plan(dataset=board.dataset, section=board.section),)
    )
    leaderboard = Leaderboard.model_construct(boards=(board,))
    return [f.code for f in check_judgements(inspection, (card,), leaderboard)]


@pytest.mark.parametrize("place", BOARDS, ids=".".join)
def test_row_22_no_published_entry_raises_the_alarm(place: tuple[str, str, str]) -> None:
    board = published_board(*place)
    for row in board.rows:
        green, other = row.scores.get("green"), row.scores.get("inv_radcliq_v1")
        if green is None or other is None:
            continue
        rest = board.model_copy(
            update={"rows": tuple(r for r in board.rows if r.submission != row.submission)}
        )
        assert green.value is not None
        assert other.value is not None
        assert alarms(rest, green.value, other.value) == []


def test_row_22_a_judge_that_stands_alone_raises_the_alarm() -> None:
    board = published_board("mimic-cxr", "test", "findings")
    expected = expected_judgement(board, 0.8)
    assert expected is not None
    usual, deviation = expected
    assert alarms(board, usual + 4 * deviation + 0.11, 0.8) == ["content.judge-disagrees"]
    assert alarms(board, usual + 3 * deviation, 0.8) == []
    assert alarms(board, 0.0, 0.8) == []


def test_row_22_a_board_of_few_entries_predicts_nothing() -> None:
    board = published_board("mimic-cxr", "test", "findings")
    few = board.model_copy(update={"rows": board.rows[:7]})
    assert expected_judgement(few, 0.8) is None
    assert alarms(few, 1.0, 0.1) == []
