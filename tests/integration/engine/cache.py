"""The folder outside the checkout where tests keep what is slow to make, safe for parallel runs."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

MAX_SLOTS = 16


def open_cache(*names: str) -> Path:
    """Return a private folder of this project below XDG_CACHE_HOME, made when absent."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(home, "rexrank-bot-tests", *names)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def try_lock(file: IO[str]) -> bool:
    """Return whether this process now holds the exclusive lock of an open file."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """Hold the exclusive lock of a file, waiting for whoever has it; released on exit."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def claim_slot(folder: Path) -> Iterator[Path]:
    """Yield the first folder `slot-N` that no other run is using, and keep it until exit.

    An engine's data may belong to one engine at a time: two test runs at once get two slots.

    Raises:
        RuntimeError: MAX_SLOTS runs are under way.
    """
    for number in range(MAX_SLOTS):
        slot = folder / f"slot-{number}"
        with (folder / f"slot-{number}.lock").open("a") as file:
            if try_lock(file):
                slot.mkdir(exist_ok=True, mode=0o700)
                yield slot
                return
    raise RuntimeError(f"{folder}: all {MAX_SLOTS} slots are in use; wait for another test run")
