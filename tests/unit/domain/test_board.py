from __future__ import annotations

from bot.domain.board import BoardId


def test_boards_are_equal_and_in_order_as_their_parts_are() -> None:
    pairs = [("mini", "report"), ("a-b", "findings"), ("mini", "findings"), ("a.b", "report")]
    boards = [BoardId(dataset, section) for dataset, section in pairs]
    assert [(board.dataset, board.section) for board in sorted(boards)] == sorted(pairs)
    assert {BoardId("mini", "report"): 1}[boards[0]] == 1
