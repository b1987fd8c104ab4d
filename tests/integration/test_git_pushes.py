"""Pushes lose nothing, double nothing, and tell why they were refused."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bot.adapters.git.commits import push_on_tip
from bot.adapters.git.repository import GitRepository, create_bare
from bot.errors import ServiceUnavailable
from tests.fakes.github_server import Fault, GitHubServer
from tests.fakes.github_server.description import DESCRIPTION
from tests.integration.git_objects import AUTHOR
from tests.require import require

SECRET = "ghs_0123456789abcdefSECRET"
BOARD = "board/reports"
CHECKOUT = Path(__file__).resolve().parents[2]
WORKER = """
import sys
from pathlib import Path
from bot.adapters.git.repository import create_bare
from bot.adapters.git.commits import Author, push_on_tip

number, remote, folder = sys.argv[1:]
mine = create_bare(Path(folder, f"worker-{number}.git"))

def make_files(tip):
    entries = () if tip is None else mine.entries(tip, "log")
    log = mine.read([entry.oid for entry in entries])[entries[0].oid] if entries else b""
    return {"log": log + f"{number}\\n".encode(), f"files/{number}": number.encode()}

push_on_tip(mine, remote, "ledger", make_files, "Add a line\\n", Author("bot", "b@host.invalid"))
"""


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    return create_bare(tmp_path / "objects.git")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitHubServer]:
    require(DESCRIPTION.exists(), "npm packages are missing: (cd tests/npm && npm ci)")
    with GitHubServer(tmp_path / "github") as running:
        running.create_repository(BOARD)
        running.add_token(SECRET, permissions={"contents": "write"})
        yield running


def forbid_pushes(upstream: GitRepository) -> None:
    hook = upstream.folder / "hooks" / "update"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho out of space >&2\nexit 1\n")
    hook.chmod(0o755)


def test_pushes_at_once_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    upstream = create_bare(tmp_path / "upstream.git")
    workers = [
        subprocess.Popen(
            (sys.executable, "-c", WORKER, str(number), str(upstream.folder), str(tmp_path)),
            cwd=CHECKOUT,
            stderr=subprocess.PIPE,
        )
        for number in range(12)
    ]
    assert [worker.communicate(timeout=120)[1] for worker in workers] == [b""] * 12
    tip = upstream.resolve("ledger")
    (log,) = upstream.entries(tip, "log")
    lines = upstream.read([log.oid])[log.oid].decode().split()
    assert sorted(map(int, lines)) == list(range(12))
    assert len(upstream.entries(tip, "files")) == 12
    assert len(upstream.run("rev-list", tip).split()) == 12


def test_nothing_is_pushed_when_nothing_changes(repository: GitRepository, tmp_path: Path) -> None:
    upstream = create_bare(tmp_path / "upstream.git")
    remote = str(upstream.folder)
    files: dict[str, bytes | None] = {"a": b"1", "gone": None}
    first = push_on_tip(repository, remote, "main", lambda _: files, "Add\n", AUTHOR)
    forbid_pushes(upstream)
    assert push_on_tip(repository, remote, "main", lambda _: files, "Add\n", AUTHOR) is None
    assert push_on_tip(repository, remote, "main", lambda _: {}, "Add\n", AUTHOR) is None
    assert upstream.resolve("main") == first


def test_a_refused_push_is_told_at_once_with_its_reason(
    repository: GitRepository, tmp_path: Path
) -> None:
    upstream = create_bare(tmp_path / "upstream.git")
    forbid_pushes(upstream)
    calls = []

    def make_files(tip: str | None) -> Mapping[str, bytes | None]:
        calls.append(tip)
        return {"a": b"1"}

    with pytest.raises(ServiceUnavailable, match="hook declined"):
        push_on_tip(repository, str(upstream.folder), "main", make_files, "Add\n", AUTHOR)
    assert calls == [None]


def test_a_branch_that_is_locked_for_a_moment_is_waited_for(
    repository: GitRepository, tmp_path: Path
) -> None:
    upstream = create_bare(tmp_path / "upstream.git")
    lock = upstream.folder / "refs/heads/main.lock"
    lock.touch()
    calls = []

    def make_files(tip: str | None) -> Mapping[str, bytes | None]:
        calls.append(tip)
        if len(calls) == 2:
            lock.unlink()
        return {"a": b"1"}

    made = push_on_tip(repository, str(upstream.folder), "main", make_files, "Add\n", AUTHOR)
    assert upstream.resolve("main") == made
    assert calls == [None, None]


def test_a_remote_that_is_not_there_is_unavailable(repository: GitRepository) -> None:
    for remote in ("http://127.0.0.1:9/none.git", "/nonexistent/none.git"):
        with pytest.raises(ServiceUnavailable, match="git ls-remote failed"):
            repository.remote_tip(remote, "main")


def test_a_push_whose_answer_got_lost_counts_as_pushed(
    server: GitHubServer, repository: GitRepository
) -> None:
    pusher = GitRepository(repository.folder, token=SECRET)
    server.faults.append(Fault("POST", r"git-receive-pack$", 1, "drop_after"))
    made = push_on_tip(
        pusher, server.clone_url(BOARD), "ledger", lambda _: {"a": b"1"}, "Add\n", AUTHOR
    )
    assert made is not None
    assert server.repository(BOARD).git.resolve("ledger") == made
