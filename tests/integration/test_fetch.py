"""`rexrank fetch` and what else reads a repository, a private one among them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.git.repository import GitRepository
from bot.cli.app import run
from bot.domain.leaderboard import Leaderboard
from tests.fakes.github_server import GitHubServer
from tests.fakes.github_server.description import DESCRIPTION
from tests.require import require

SECRET = "ghs_0123456789abcdefSECRET"
BOARD = "board/reports"
SHIPPED = Path(__file__).resolve().parents[2] / "leaderboard" / "leaderboard.json"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("REXRANK_TOKEN", "REXRANK_PUSH_TOKEN", "REXRANK_DEPLOY_KEY"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitHubServer]:
    require(DESCRIPTION.exists(), "npm packages are missing: (cd tests/npm && npm ci)")
    with GitHubServer(tmp_path / "github") as running:
        make_board(running, private=False)
        yield running


@pytest.fixture
def private_server(tmp_path: Path) -> Iterator[GitHubServer]:
    require(DESCRIPTION.exists(), "npm packages are missing: (cd tests/npm && npm ci)")
    with GitHubServer(tmp_path / "github") as running:
        make_board(running, private=True)
        yield running


def make_board(server: GitHubServer, *, private: bool) -> None:
    """Give a server a board with one pull request from a fork; the token reads and no more."""
    files = {"README.md": "hi\n", "leaderboard/leaderboard.json": SHIPPED.read_bytes()}
    server.create_repository(BOARD, files, private=private)
    server.add_token(SECRET, permissions={"contents": "read"})
    server.fork(BOARD, "sam")
    server.push("sam/reports", "moe", {"submissions/moe/manifest.yaml": "a\n"})
    server.open_pull_request("sam/reports:moe")


def fetch(server: GitHubServer, folder: Path, *more: str, number: int = 1) -> int:
    words = ["fetch", str(number), "--remote", server.clone_url(BOARD), "--repo", str(folder)]
    return run([*words, *more])


def refs(folder: Path) -> set[str]:
    listed = GitRepository(folder).run("for-each-ref", "--format=%(refname)").decode().split()
    return set(listed)


def test_head_target_and_ledger_are_brought_and_brought_again(
    server: GitHubServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, git = tmp_path / "pull.git", server.repository(BOARD).git
    base = git.resolve("main")
    assert base is not None
    assert fetch(server, folder, "--base", base) == 0
    assert refs(folder) == {"refs/rexrank/head", "refs/rexrank/target"}
    mine = GitRepository(folder)
    assert mine.resolve("refs/rexrank/target") == base
    assert mine.resolve("refs/rexrank/head") == git.resolve("refs/pull/1/head")

    ledger = server.push(BOARD, "ledger", {"scores/x.json": "{}"})
    moved = server.push("sam/reports", "moe", {"submissions/moe/manifest.yaml": "b\n"})
    newer = server.push(BOARD, "main", {"README.md": "hello\n"})
    assert fetch(server, folder, "--base", base) == 0
    assert mine.resolve("refs/rexrank/ledger") == ledger
    assert mine.resolve("refs/rexrank/head") == moved
    assert mine.resolve("refs/rexrank/target") == newer
    assert mine.resolve(base) == base
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines()[-1] == f"pull request 1 at {moved[:12]}, main at {newer[:12]}"


def test_a_base_that_main_no_longer_holds_is_brought_by_its_name(
    server: GitHubServer, tmp_path: Path
) -> None:
    git = server.repository(BOARD).git
    lost = server.push(BOARD, "main", {"README.md": "lost\n"})
    git.run("update-ref", "refs/heads/main", f"{lost}^")
    assert fetch(server, tmp_path / "pull.git", "--base", lost) == 0
    assert GitRepository(tmp_path / "pull.git").resolve(lost) == lost


def test_what_is_not_there_is_named(
    server: GitHubServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fetch(server, tmp_path / "pull.git", number=7) == 78
    assert "no pull request 7" in capsys.readouterr().err
    assert fetch(server, tmp_path / "pull.git", "--branch", "trunk") == 78
    assert "no branch trunk" in capsys.readouterr().err
    assert fetch(server, tmp_path / "pull.git", "--base", "main") == 78
    assert "full name of a commit" in capsys.readouterr().err


def test_a_remote_that_is_away_is_unavailable(tmp_path: Path) -> None:
    words = ("--remote", "http://127.0.0.1:9/o/n.git", "--repo", str(tmp_path / "pull.git"))
    assert run(["fetch", "1", *words]) == 75


def test_a_ledger_that_is_gone_does_not_stay(server: GitHubServer, tmp_path: Path) -> None:
    server.push(BOARD, "ledger", {"scores/x.json": "{}"})
    assert fetch(server, tmp_path / "pull.git") == 0
    server.repository(BOARD).git.run("update-ref", "-d", "refs/heads/ledger")
    assert fetch(server, tmp_path / "pull.git") == 0
    assert "refs/rexrank/ledger" not in refs(tmp_path / "pull.git")


def test_a_private_repository_needs_the_token_and_says_so(
    private_server: GitHubServer,
    tmp_path: Path,
    environment: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "pull.git"
    assert fetch(private_server, folder) == 78
    assert "give REXRANK_TOKEN a token that may read it" in capsys.readouterr().err
    environment.setenv("REXRANK_TOKEN", SECRET)
    assert fetch(private_server, folder) == 0
    assert refs(folder) == {"refs/rexrank/head", "refs/rexrank/target"}
    found = subprocess.run(("grep", "-r", SECRET, str(folder)), check=False, capture_output=True)
    assert found.stdout == b""


def test_the_push_token_reads_where_it_is_alone(
    private_server: GitHubServer, tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("REXRANK_PUSH_TOKEN", SECRET)
    assert fetch(private_server, tmp_path / "pull.git") == 0


def test_the_site_is_built_from_a_private_repository(
    private_server: GitHubServer,
    tmp_path: Path,
    environment: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["site", "build", "--remote", private_server.clone_url(BOARD)]
    output = ["--output", str(tmp_path / "site")]
    assert run([*words, *output]) == 78
    assert "REXRANK_TOKEN" in capsys.readouterr().err
    environment.setenv("REXRANK_TOKEN", SECRET)
    assert run([*words, *output]) == 0
    built = Leaderboard.from_json((tmp_path / "site" / "leaderboard.json").read_bytes())
    assert built == Leaderboard.from_json(SHIPPED.read_bytes())
    private_server.push(BOARD, "main", {"leaderboard/leaderboard.json": None})
    assert run([*words, *output]) == 78
    assert "main: leaderboard/leaderboard.json: no such file" in capsys.readouterr().err
    assert run([*words, "--branch", "trunk", *output]) == 78
