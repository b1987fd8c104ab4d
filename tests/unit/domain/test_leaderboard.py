from __future__ import annotations

import pytest
from pydantic import ValidationError

from bot.domain.column import Column
from bot.domain.leaderboard import Board

BLEU = Column(id="bleu2", title="BLEU-2", direction="higher", digits=3)


def test_a_board_is_ranked_by_one_of_its_columns() -> None:
    board = Board(dataset="iu-xray", section="findings", n=1, main_metric="bleu2", columns=(BLEU,))
    assert board.main == BLEU
    with pytest.raises(ValidationError, match="green is not among the columns"):
        Board(dataset="iu-xray", section="findings", n=1, main_metric="green", columns=(BLEU,))
