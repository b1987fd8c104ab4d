"""Sealed tables and rounded scorecards, as the jobs that cannot open them read them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pyrage import x25519

from bot.adapters.disk.files import write_files
from bot.adapters.disk.sealed_scores import (
    check_rounded_agreement,
    read_stored_scores,
    score_files,
)
from bot.adapters.references.sealing import seal
from bot.domain.board import BoardId
from bot.domain.per_study import encode_table
from bot.domain.rounded import round_scorecard
from bot.domain.scorecard import PerStudyTable, Scorecard, SealedTable
from bot.errors import Misconfigured
from bot.pipeline.scoring.score import score_predictions

KEY = x25519.Identity.generate()


def scored() -> tuple[Scorecard, PerStudyTable]:
    return score_predictions(
        {"a": "No effusion.", "b": "Clear lungs.", "c": ""},
        {"a": "No effusion.", "b": "The lungs are clear.", "c": "Normal."},
        board=BoardId("locked", "findings"),
        predictions_sha256="0" * 64,
        metrics=["bleu2", "cider"],
    )


def sealed() -> tuple[Scorecard, SealedTable]:
    card, table = scored()
    data = seal(encode_table(table), [str(KEY.to_public())])
    return round_scorecard(card, 3, "1" * 64), SealedTable(data)


def test_a_sealed_table_comes_back_as_it_was(tmp_path: Path) -> None:
    card, table = sealed()
    write_files(tmp_path, score_files(card, table))
    assert read_stored_scores(tmp_path) == [(card, table)]


def test_a_plain_table_is_still_held_against_its_scorecard(tmp_path: Path) -> None:
    card, table = scored()
    write_files(tmp_path, score_files(card, table))
    ((back, _),) = read_stored_scores(tmp_path)
    assert back == card
    write_files(tmp_path, score_files(card.model_copy(update={"n": 4}), table))
    with pytest.raises(Misconfigured, match="3 studies"):
        read_stored_scores(tmp_path)


def an_unrounded_card(board: Path) -> None:
    (board / "scorecard.json").write_bytes(scored()[0].to_json())


def a_plain_table_under_a_sealed_name(board: Path) -> None:
    (board / "per-study.npz.age").write_bytes(encode_table(scored()[1]))


def a_plain_table_beside_it(board: Path) -> None:
    (board / "per-study.npz").write_bytes(encode_table(scored()[1]))


def a_linked_table(board: Path) -> None:
    (board / "per-study.npz.age").rename(board.parent.parent / "elsewhere")
    (board / "per-study.npz.age").symlink_to(board.parent.parent / "elsewhere")


def another_board(board: Path) -> None:
    board.rename(board.with_name("hidden.findings"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (an_unrounded_card, "not rounded"),
        (a_plain_table_under_a_sealed_name, "not encrypted with age"),
        (a_plain_table_beside_it, "lies beside"),
        (a_linked_table, "symbolic links"),
        (another_board, "of another board"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_was_changed_on_the_way_is_refused(
    tmp_path: Path, change: Callable[[Path], None], message: str
) -> None:
    folder = tmp_path / "scores"
    write_files(folder, score_files(*sealed()))
    change(folder / "locked.findings")
    with pytest.raises(Misconfigured, match=message):
        read_stored_scores(folder)


def test_an_opened_table_must_round_to_its_scorecard() -> None:
    card, table = scored()
    rounded = round_scorecard(card, 3, "1" * 64)
    check_rounded_agreement(rounded, table)
    for column in (table.columns["bleu2"] + 0.01, np.full(3, 1e308)):
        other = PerStudyTable(table.study_ids, {"bleu2": column})
        with pytest.raises(ValueError, match="bleu2"):
            check_rounded_agreement(rounded, other)
    unknown = PerStudyTable(table.study_ids, {"rouge_l": table.columns["bleu2"]})
    with pytest.raises(ValueError, match="alone"):
        check_rounded_agreement(rounded, unknown)
