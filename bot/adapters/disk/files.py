"""Files and folders of this machine: read whole, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bot.domain.limits import MAX_FILE_BYTES, MAX_TOTAL_BYTES
from bot.domain.submission import SubmissionFolder
from bot.errors import Misconfigured, SubmissionRejected


def read_bytes(path: Path) -> bytes:
    """Return a file's content; raises Misconfigured, naming it, when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Misconfigured(f"{path}: cannot read: {error.strerror}") from error


def write_atomic(path: Path, data: bytes) -> bool:
    """Write a file whole or not at all, making its folder; return whether anything changed."""
    try:
        if path.is_file() and path.read_bytes() == data:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(partial).chmod(0o644)
            Path(partial).replace(path)
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise Misconfigured(f"{path}: cannot write: {error.strerror}") from error
    return True


def write_files(folder: Path, files: Mapping[str, bytes]) -> int:
    """Write files below a folder and return how many changed; others there are left alone."""
    return sum(write_atomic(folder / name, data) for name, data in files.items())


def read_submission(folder: Path) -> SubmissionFolder:
    """Return a submission's folder as bytes; links are not followed, hidden files left out.

    Of a file that is too large one byte more is read than it may have, so that its check says so.

    Raises:
        Misconfigured: There is no such folder, or a file in it cannot be read.
        SubmissionRejected: Its files are larger than a submission may be.
    """
    if not folder.is_dir():
        raise Misconfigured(f"{folder}: no such folder; make one with `rexrank init`")
    files: dict[str, bytes] = {}
    left = MAX_TOTAL_BYTES
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if (
            path.is_symlink()
            or not path.is_file()
            or any(p.startswith(".") for p in name.split("/"))
        ):
            continue
        try:
            with path.open("rb") as file:
                files[name] = file.read(MAX_FILE_BYTES + 1)
        except OSError as error:
            raise Misconfigured(f"{path}: cannot read: {error.strerror}") from error
        left -= len(files[name])
        if left < 0:
            most = f"{MAX_TOTAL_BYTES:,} bytes"
            raise SubmissionRejected(f"{folder}: larger than {most}; keep only what it lists")
    return SubmissionFolder(folder.resolve().name, files)
