from __future__ import annotations

import errno
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_mock import MockerFixture

from bot.adapters.disk.files import read_bytes, read_submission, write_atomic, write_files
from bot.errors import Misconfigured

CHECKOUT = Path(__file__).resolve().parents[4]


def test_a_file_is_written_with_its_folder_and_only_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "deep/er/file.json"
    assert write_atomic(path, b"one")
    assert not write_atomic(path, b"one")
    assert write_atomic(path, b"two")
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o644
    assert list(path.parent.iterdir()) == [path]


def test_files_that_change_are_counted_and_others_stay(tmp_path: Path) -> None:
    (tmp_path / "mine").write_bytes(b"kept")
    assert write_files(tmp_path, {"a/b": b"1", "c": b"2"}) == 2
    assert write_files(tmp_path, {"a/b": b"1", "c": b"3"}) == 1
    assert (tmp_path / "mine").read_bytes() == b"kept"


@pytest.mark.parametrize("at", ["fsync", "replace"])
def test_a_write_that_is_killed_midway_leaves_the_old_file(tmp_path: Path, at: str) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(b"old")
    owner = "os" if at == "fsync" else "pathlib.Path"
    program = (
        "import os, pathlib, signal, sys\n"
        "from bot.adapters.disk.files import write_atomic\n"
        f"{owner}.{at} = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "write_atomic(pathlib.Path(sys.argv[1]), b'new' * 100_000)\n"
    )
    done = subprocess.run(
        (sys.executable, "-c", program, str(path)), cwd=CHECKOUT, check=False, timeout=60
    )
    assert done.returncode == -signal.SIGKILL
    assert path.read_bytes() == b"old"


def test_a_write_that_fails_leaves_no_partial_file(tmp_path: Path, mocker: MockerFixture) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    mocker.patch("os.fsync", autospec=True, side_effect=full)
    with pytest.raises(Misconfigured, match=r"file\.json: cannot write: No space left"):
        write_atomic(tmp_path / "file.json", b"data")
    assert list(tmp_path.iterdir()) == []


def test_what_is_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "file/below", tmp_path / "folder"):
        with pytest.raises(Misconfigured, match=f"{path}: cannot write"):
            write_atomic(path, b"data")
    with pytest.raises(Misconfigured, match="cannot read: No such file"):
        read_bytes(tmp_path / "absent")


def test_links_and_hidden_files_are_no_part_of_a_submission(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.json").write_bytes(b"secret")
    folder = tmp_path / "moe"
    (folder / "predictions").mkdir(parents=True)
    (folder / ".git").mkdir()
    for name in ("manifest.yaml", "predictions/a.json", ".git/config", ".DS_Store"):
        (folder / name).write_bytes(name.encode())
    (folder / "link.json").symlink_to(outside / "secret.json")
    (folder / "folder").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    read = read_submission(folder)
    assert read.id == "moe"
    assert dict(read.files) == {
        "manifest.yaml": b"manifest.yaml",
        "predictions/a.json": b"predictions/a.json",
    }


def test_a_submission_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="make one with `rexrank init`"):
        read_submission(tmp_path / "nothing")
