"""A folder of scores: `<dataset>.<section>/scorecard.json` and `per-study.npz` beside it.

Read back as if a stranger had written it: no link is followed, nothing but a plain file of a
plausible size is opened, and the two files must agree with each other.
"""

from __future__ import annotations

import math
import os
import re
import secrets
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from bot.adapters.disk.files import write_atomic
from bot.domain.limits import MAX_TABLE_BYTES
from bot.domain.per_study import decode_table, encode_table
from bot.domain.scorecard import PerStudyTable, Scorecard
from bot.errors import Misconfigured

SCORECARD = "scorecard.json"
TABLE = "per-study.npz"
MAX_SCORECARD_BYTES = 1_000_000
MAX_BOARDS = 64
"""Most folders that are read."""

Read = TypeVar("Read")

BOARD = re.compile(r"[a-z0-9][a-z0-9.-]{1,62}\.(findings|report)")


def write_score(folder: Path, scorecard: Scorecard, table: PerStudyTable) -> Path:
    """Write a scorecard and its table, each at once or not at all; return their folder."""
    target = folder / str(scorecard.board)
    make_folder(target)
    # The scorecard last: where it is, its table is too.
    write_atomic(target / TABLE, encode_table(table))
    write_atomic(target / SCORECARD, scorecard.to_json())
    return target


def write_entry(output: Path, name: str, scored: Iterable[tuple[Scorecard, PerStudyTable]]) -> None:
    """Write an entry's scores whole or not at all; boards that were scored earlier stay.

    Whoever is killed meanwhile leaves at most a folder whose name begins with a dot.

    Raises:
        Misconfigured: The folder cannot be written.
    """
    target, mark = output / name, secrets.token_hex(8)
    staged, former = (output / f".{name}.{mark}.{part}" for part in ("new", "old"))
    try:
        make_folder(output)
        if target.is_dir():
            shutil.copytree(target, staged, symlinks=True)
        make_folder(staged)
        for scorecard, table in scored:
            write_score(staged, scorecard, table)
        if target.is_dir():
            target.rename(former)
        staged.rename(target)
    except OSError as error:
        raise Misconfigured(f"{target}: cannot write: {error.strerror}") from error
    finally:
        if former.is_dir() and not target.exists():
            former.rename(target)
        for folder in (staged, former):
            shutil.rmtree(folder, ignore_errors=True)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it that are missing.

    Inside a folder that everyone may empty, as a sandbox's output is, everyone may empty the new
    one too: it belongs to the container's user, and must be removable by whoever started that.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    mode = stat.S_IMODE(folder.parent.stat().st_mode)
    if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        folder.chmod(mode)


def read_scores(folder: Path) -> list[tuple[Scorecard, PerStudyTable]]:
    """Return the scorecards of a folder with their tables, in the order of dataset and section.

    Raises:
        Misconfigured: The folder is missing, or something in it is not what `write_score` writes.
    """
    return read_boards(folder, read_plain)


def read_boards(folder: Path, read: Callable[[Path, str], Read]) -> list[Read]:
    """Return what each board's folder holds, in the order of their names.

    Args:
        folder: Folder of a submission's scores.
        read: Takes a board's folder and its name; raises OSError or ValueError.

    Raises:
        Misconfigured: The folder is missing, or something in it cannot be read.
    """
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        raise Misconfigured(f"{folder}: {error.strerror}; run: rexrank score") from error
    if len(names) > MAX_BOARDS:
        raise Misconfigured(f"{folder}: {len(names)} entries; at most {MAX_BOARDS} are read")
    return [read_board(folder, name, read) for name in names]


def read_board(folder: Path, name: str, read: Callable[[Path, str], Read]) -> Read:
    """Return what one board's folder holds.

    Raises:
        Misconfigured: It cannot be read.
    """
    if not BOARD.fullmatch(name):
        # It is not repeated: it could hold anything that a file name can.
        raise Misconfigured(f"{folder}: an entry is not named <dataset>.<section>; score again")
    try:
        return read(folder / name, name)
    except ValidationError as error:
        field = error.errors()[0]["loc"][:1]
        why = f"{SCORECARD} breaks its schema" + (f" at {field[0]!r:.60}" if field else "")
        raise Misconfigured(f"{folder}: {name}: {why}; score again") from error
    except OSError as error:
        raise Misconfigured(f"{folder}: {name}: {error.strerror}; score again") from error
    except ValueError as error:
        raise Misconfigured(f"{folder}: {name}: {error}; score again") from error


def read_plain(board: Path, name: str) -> tuple[Scorecard, PerStudyTable]:
    """Return what a board's two files say; raises OSError or ValueError."""
    with open_board(board) as descriptor:
        scorecard = read_plain_file(descriptor, SCORECARD, MAX_SCORECARD_BYTES)
        table = read_plain_file(descriptor, TABLE, MAX_TABLE_BYTES)
    return parse_board(scorecard, table, name)


@contextmanager
def open_board(board: Path) -> Iterator[int]:
    """Yield the descriptor of a board's folder, which is no link; raises OSError."""
    descriptor = os.open(board, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def parse_board(
    scorecard_json: bytes, table_npz: bytes, name: str
) -> tuple[Scorecard, PerStudyTable]:
    """Return what a board's two files say.

    Raises:
        ValueError: One is malformed, of another board, or they disagree.
    """
    scorecard, table = Scorecard.from_json(scorecard_json), decode_table(table_npz)
    if name != str(scorecard.board):
        raise ValueError(f"{SCORECARD} is of another board")
    check_agreement(scorecard, table)
    return scorecard, table


def read_plain_file(board: int, name: str, max_bytes: int) -> bytes:
    """Return the content of a plain file in an open folder.

    Raises:
        OSError: It is missing or a link.
        ValueError: It is something else than a file, or too large.
    """
    # O_NONBLOCK: opening a named pipe must not wait for its other end.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with os.fdopen(os.open(name, flags, dir_fd=board), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError(f"{name} is not a plain file")
        data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise ValueError(f"{name} is larger than {max_bytes} bytes")
    return data


def check_agreement(scorecard: Scorecard, table: PerStudyTable) -> None:
    """Raise ValueError unless the scorecard's means are those of the table."""
    if scorecard.n != len(table.study_ids):
        raise ValueError(f"{TABLE} has {len(table.study_ids)} studies, {SCORECARD} {scorecard.n}")
    for name, column in table.columns.items():
        score = scorecard.metrics.get(name)
        if score is None or score.value != mean_of(column):
            raise ValueError(f"{name} differs between {TABLE} and {SCORECARD}")


def mean_of(column: npt.NDArray[np.float64]) -> float:
    """Return the mean of a column from its exact sum, as `score_predictions` takes it."""
    try:
        return math.fsum(column) / len(column)
    except OverflowError:
        return math.inf
