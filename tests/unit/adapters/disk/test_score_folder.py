from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest
from pytest_mock import MockerFixture

from bot.adapters.disk.score_folder import read_scores, write_score
from bot.domain.board import BoardId
from bot.domain.per_study import encode_table
from bot.domain.scorecard import PerStudyTable, Scorecard
from bot.errors import Misconfigured
from bot.pipeline.scoring.score import score_predictions


def score() -> tuple[Scorecard, PerStudyTable]:
    return score_predictions(
        {"a": "No effusion.", "b": "Clear lungs.", "c": ""},
        {"a": "No effusion.", "b": "The lungs are clear.", "c": "Normal."},
        board=BoardId("mini", "findings"),
        predictions_sha256="0" * 64,
        metrics=["bleu2", "cider"],
    )


def test_scores_written_to_a_folder_come_back(tmp_path: Path) -> None:
    scorecard, table = score()
    report = scorecard.model_copy(update={"section": "report"})
    folder = tmp_path / "scores"
    for one in (report, scorecard, scorecard):
        write_score(folder, one, table)
    assert sorted(path.name for path in folder.rglob("*")) == [
        *("mini.findings", "mini.report", "per-study.npz", "per-study.npz"),
        *("scorecard.json", "scorecard.json"),
    ]
    back = read_scores(folder)
    assert [one for one, _ in back] == [scorecard, report]
    assert encode_table(back[0][1]) == encode_table(table)


@pytest.mark.parametrize(
    ("outer", "inner"), [(0o777, 0o777), (0o1777, 0o755), (0o755, 0o755), (0o700, 0o755)]
)
def test_only_a_folder_that_everyone_may_empty_passes_that_on(
    tmp_path: Path, outer: int, inner: int
) -> None:
    mask = os.umask(0o022)
    try:
        (tmp_path / "output").mkdir()
        (tmp_path / "output").chmod(outer)
        board = write_score(tmp_path / "output" / "entry", *score())
    finally:
        os.umask(mask)
    for folder in (board, board.parent):
        assert folder.stat().st_mode & 0o7777 == inner


def test_a_missing_folder_is_a_misconfiguration(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="run: rexrank score"):
        read_scores(tmp_path / "none")


def spoil(change):
    return pytest.param(change, id=change.__name__)


def an_unknown_name(board: Path) -> None:
    (board.parent / "notes").mkdir()


def a_linked_folder(board: Path) -> None:
    (board.parent / "mini.report").symlink_to(board)


def a_linked_scorecard(board: Path) -> None:
    (board / "scorecard.json").rename(board.parent.parent / "elsewhere")
    (board / "scorecard.json").symlink_to(board.parent.parent / "elsewhere")


def a_pipe(board: Path) -> None:
    (board / "per-study.npz").unlink()
    os.mkfifo(board / "per-study.npz")


def a_folder_in_place_of_a_file(board: Path) -> None:
    (board / "per-study.npz").unlink()
    (board / "per-study.npz").mkdir()


def a_missing_table(board: Path) -> None:
    (board / "per-study.npz").unlink()


def a_large_scorecard(board: Path) -> None:
    (board / "scorecard.json").write_bytes(b" " * 1_000_001)


def an_unknown_key(board: Path) -> None:
    file = board / "scorecard.json"
    file.write_bytes(file.read_bytes().replace(b'"n":', b'"note": "<script>", "n":', 1))


def deep_nesting(board: Path) -> None:
    (board / "scorecard.json").write_bytes(b"[" * 500_000)


def another_board(board: Path) -> None:
    board.rename(board.parent / "mini.report")


def another_value(board: Path) -> None:
    _, table = score()
    columns = {**table.columns, "bleu2": np.array([1.0, 1.0, 1.0])}
    (board / "per-study.npz").write_bytes(encode_table(PerStudyTable(table.study_ids, columns)))


def an_overflowing_column(board: Path) -> None:
    _, table = score()
    columns = {**table.columns, "bleu2": np.array([1.7e308, 1.7e308, 1.7e308])}
    (board / "per-study.npz").write_bytes(encode_table(PerStudyTable(table.study_ids, columns)))


def fewer_studies(board: Path) -> None:
    table = PerStudyTable(("a",), {"bleu2": np.array([0.0])})
    (board / "per-study.npz").write_bytes(encode_table(table))


def many_folders(board: Path) -> None:
    for number in range(70):
        (board.parent / f"d{number}.report").mkdir()


@pytest.mark.parametrize(
    "change",
    [
        spoil(change)
        for change in (
            *(an_unknown_name, a_linked_folder, a_linked_scorecard, a_pipe, many_folders),
            *(a_folder_in_place_of_a_file, a_missing_table, a_large_scorecard, an_unknown_key),
            *(deep_nesting, another_board, another_value, an_overflowing_column, fewer_studies),
        )
    ],
)
def test_a_hostile_folder_is_refused(tmp_path: Path, change) -> None:
    folder = tmp_path / "scores"
    change(write_score(folder, *score()))
    with pytest.raises(Misconfigured) as caught:
        read_scores(folder)
    assert "<script>" not in str(caught.value)


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path, mocker: MockerFixture) -> None:
    scorecard, table = score()
    board = write_score(tmp_path, scorecard, table)

    mocker.patch("os.fsync", autospec=True, side_effect=OSError(errno.ENOSPC, "no space"))
    with pytest.raises(Misconfigured, match="cannot write: no space"):
        write_score(tmp_path, scorecard.model_copy(update={"n": 4}), table)
    assert sorted(path.name for path in board.iterdir()) == ["per-study.npz", "scorecard.json"]
    assert read_scores(tmp_path)[0][0] == scorecard
