"""Scores as one stage of a run hands them over: tables of datasets that are not public are sealed.

Where the table is sealed nobody can see whether it agrees with the scorecard; that it does was
checked before it was sealed, and is checked again by `rexrank ledger verify` with the identity.
What can be seen is that such a scorecard is rounded and holds no words of its own.
"""

from __future__ import annotations

import os
from math import isfinite
from pathlib import Path

from bot.adapters.disk.score_folder import (
    MAX_SCORECARD_BYTES,
    SCORECARD,
    TABLE,
    mean_of,
    open_board,
    parse_board,
    read_boards,
    read_plain_file,
)
from bot.checks.submission.predictions import SEALED_MAGIC
from bot.domain.limits import MAX_TABLE_BYTES
from bot.domain.per_study import encode_table
from bot.domain.rounded import is_rounded, round_value
from bot.domain.scorecard import PerStudyTable, Scorecard, SealedTable, StoredTable

SEALED_TABLE = f"{TABLE}.age"
MAX_SEALED_BYTES = MAX_TABLE_BYTES + 2**20
"""Sealing adds a header and 16 bytes to every 64 kB."""


def score_files(scorecard: Scorecard, table: StoredTable) -> dict[str, bytes]:
    """Return the files of a board, keyed by their path below the submission's folder."""
    board = str(scorecard.board)
    if isinstance(table, SealedTable):
        return {f"{board}/{SEALED_TABLE}": table.data, f"{board}/{SCORECARD}": scorecard.to_json()}
    return {f"{board}/{TABLE}": encode_table(table), f"{board}/{SCORECARD}": scorecard.to_json()}


def read_stored_scores(folder: Path) -> list[tuple[Scorecard, StoredTable]]:
    """Return the scorecards of a folder with their tables, sealed or not, in order.

    Raises:
        Misconfigured: The folder is missing, or something in it is not what `score_files` gives.
    """
    return read_boards(folder, read_stored)


def read_stored(board: Path, name: str) -> tuple[Scorecard, StoredTable]:
    """Return what a board's two files say.

    Raises:
        OSError: One is missing or a link.
        ValueError: One is malformed, of another board, or they disagree.
    """
    with open_board(board) as descriptor:
        card = read_plain_file(descriptor, SCORECARD, MAX_SCORECARD_BYTES)
        present = os.listdir(descriptor)  # noqa: PTH208 - a path could lead elsewhere by now
        if SEALED_TABLE not in present:
            return parse_board(card, read_plain_file(descriptor, TABLE, MAX_TABLE_BYTES), name)
        if TABLE in present:
            raise ValueError(f"{TABLE} lies beside {SEALED_TABLE}")
        data = read_plain_file(descriptor, SEALED_TABLE, MAX_SEALED_BYTES)
    scorecard = Scorecard.from_json(card)
    if name != str(scorecard.board):
        raise ValueError(f"{SCORECARD} is of another board")
    check_sealed_score(scorecard, data)
    return scorecard, SealedTable(data)


def check_sealed_score(scorecard: Scorecard, data: bytes) -> None:
    """Raise ValueError unless a scorecard is rounded, and its table sealed."""
    if not is_rounded(scorecard):
        raise ValueError(f"{SCORECARD} is not rounded, and its table is sealed")
    if not data.startswith(SEALED_MAGIC):
        raise ValueError(f"{SEALED_TABLE} is not encrypted with age")


def check_rounded_agreement(scorecard: Scorecard, table: PerStudyTable) -> None:
    """Raise ValueError unless a rounded scorecard's means are those of its opened table."""
    for name, column in table.columns.items():
        score = scorecard.metrics.get(name)
        mean = mean_of(column)
        if score is None or scorecard.decimals is None or not isfinite(mean):
            raise ValueError(f"{name} stands in {SEALED_TABLE} alone, or is not finite there")
        if score.value != round_value(mean, scorecard.decimals):
            raise ValueError(f"{name} differs between {SEALED_TABLE} and {SCORECARD}")
