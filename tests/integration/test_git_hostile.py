"""Nothing that a repository holds starts a program, and the token stays where it belongs."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bot.adapters.git.commits import push_on_tip
from bot.adapters.git.repository import GitRepository, create_bare
from bot.errors import Misconfigured, ServiceUnavailable
from tests.fakes.github_server import GitHubServer
from tests.fakes.github_server.description import DESCRIPTION
from tests.integration.git_objects import AUTHOR, commit, commit_of, raw_tree
from tests.require import require

SECRET = "ghs_0123456789abcdefSECRET"
BOARD = "board/reports"


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


def plant_traps(repository: GitRepository, canary: Path) -> None:
    """Let every setting and hook of a repository that can start a program start one."""
    trap = f"touch {canary}; false"
    settings = {
        "core.fsmonitor": trap,
        "core.hooksPath": str(repository.folder / "hooks"),
        "core.pager": trap,
        "core.editor": trap,
        "core.sshCommand": trap,
        "core.askPass": str(repository.folder / "trap"),
        "core.attributesFile": str(repository.folder / "attributes"),
        "core.alternateRefsCommand": trap,
        "credential.helper": f"!{trap}",
        "diff.external": trap,
        "diff.trap.command": trap,
        "diff.trap.textconv": trap,
        "filter.trap.clean": trap,
        "filter.trap.smudge": trap,
        "filter.trap.process": trap,
        "gpg.program": trap,
        "commit.gpgSign": "true",
        "interactive.diffFilter": trap,
        "uploadpack.packObjectsHook": trap,
        "remote.origin.uploadpack": trap,
        "remote.origin.receivepack": trap,
        "protocol.ext.allow": "always",
        "diff.ignoreSubmodules": "all",
        "submodule.trap.update": f"!{trap}",
        "submodule.recurse": "true",
        "alias.diff-tree": f"!{trap}",
        "gc.auto": "1",
    }
    for name, value in settings.items():
        repository.run("config", name, value)
    script = f"#!/bin/sh\ntouch {canary}\n"
    (repository.folder / "attributes").write_text("* diff=trap filter=trap\n")
    hooks = ("post-checkout", "post-index-change", "pre-push", "reference-transaction",
             "pre-auto-gc", "pre-commit", "post-commit", "fsmonitor-watchman")  # fmt: skip
    for path in ("trap", *(f"hooks/{name}" for name in hooks)):
        file = repository.folder / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(script)
        file.chmod(0o755)


def test_a_hostile_repository_starts_nothing(
    repository: GitRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = tmp_path / "canary"
    trap = f"touch {canary}"
    gitmodules = f'[submodule "trap"]\npath = module\nurl = "ext::sh -c {trap}"\nignore = all\n'
    files: dict[str, bytes | None] = {
        ".gitattributes": b"* filter=trap diff=trap merge=trap\n",
        ".gitmodules": gitmodules.encode(),
        ".git-hooks/post-checkout": f"#!/bin/sh\n{trap}\n".encode(),
        ".github/workflows/x.yml": f"on: push\njobs: {{a: {{steps: [run: {trap}]}}}}\n".encode(),
        ".envrc": trap.encode(),
        "Makefile": f"all:\n\t{trap}\n$(shell {trap})\n".encode(),
        "conftest.py": f"import os; os.system({trap!r})\n".encode(),
        "bot/__init__.py": f"import os; os.system({trap!r})\n".encode(),
    }
    plain = commit(repository, None, files)
    tree = repository.run("ls-tree", "-z", plain).rstrip(b"\0").split(b"\0")
    rows = {row.partition(b"\t")[2]: row.split() for row in tree}
    module = {name: (r[0].decode(), r[2].decode()) for name, r in rows.items()}
    head = commit_of(repository, raw_tree(repository, module | {b"module": ("160000", "1" * 40)}))
    upstream = create_bare(tmp_path / "upstream.git")
    plant_traps(repository, canary)
    for name in ("GIT_ASKPASS", "SSH_ASKPASS", "GIT_EXTERNAL_DIFF", "GIT_SSH_COMMAND", "GIT_PAGER"):
        monkeypatch.setenv(name, str(repository.folder / "trap"))
    changes = repository.changes(None, head)
    assert {change.path for change in changes} == {name.encode() for name in files} | {b"module"}
    entries = repository.entries(head, "bot")
    assert repository.read([entry.oid for entry in entries])
    assert repository.merge_bases(plain, head) == ()
    repository.run("config", "remote.origin.url", str(upstream.folder))
    made = push_on_tip(repository, "origin", "main", lambda _: files, "Add\n", AUTHOR)
    assert made == upstream.resolve("main")
    repository.fetch("origin", "+refs/heads/*:refs/rexrank/*")
    for remote in (f"ext::sh -c '{trap}'", "ssh://127.0.0.1:9/x", "git://127.0.0.1:9/x"):
        with pytest.raises(ServiceUnavailable):
            repository.remote_tip(remote, "main")
    assert not canary.exists()


def test_the_traps_would_work_on_plain_git(repository: GitRepository, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    plant_traps(repository, canary)
    git = ("git", "-C", str(repository.folder))
    subprocess.run((*git, "ls-remote", "ssh://127.0.0.1:9/x"), capture_output=True, check=False)
    assert canary.exists()


def spy_on_commands(folder: Path) -> tuple[Path, Path]:
    """Make a `git` that writes down its command line; return its folder and what it writes."""
    log, real = (
        folder / "commands.log",
        subprocess.check_output(("which", "git"), text=True).strip(),
    )
    spy = folder / "spy"
    spy.mkdir()
    (spy / "git").write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" >> {log}\nexec {real} "$@"\n', encoding="utf-8"
    )
    (spy / "git").chmod(0o755)
    return spy, log


def test_the_token_reaches_the_remote_and_no_file_or_command_line(
    server: GitHubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spy, log = spy_on_commands(tmp_path)
    monkeypatch.setenv("PATH", f"{spy}{os.pathsep}{os.environ['PATH']}")
    work = tmp_path / "work"
    repository = GitRepository(create_bare(work / "objects.git").folder, token=SECRET)
    repository.run("config", "credential.helper", f"store --file={work}/kept")
    made = push_on_tip(
        repository, server.clone_url(BOARD), "ledger", lambda _: {"a": b"1"}, "Add\n", AUTHOR
    )
    assert server.repository(BOARD).git.resolve("ledger") == made
    pushes = [request for request in server.requests if request.path.endswith("git-receive-pack")]
    assert pushes[-1].login == "github-actions[bot]"
    assert "push" in log.read_text(encoding="utf-8")
    for path in (*work.rglob("*"), log):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path
    assert not (work / "kept").exists()


@contextmanager
def web(where_to: str | None, told: list[str]) -> Iterator[str]:
    """Yield the address of a host that sends everybody on, or asks everybody who they are."""

    class Host(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.append(self.headers.get("Authorization") or "nothing")
            self.send_response(302 if where_to else 401)
            if where_to:
                self.send_header("Location", f"{where_to}{self.path}")
            self.send_header("WWW-Authenticate", 'Basic realm="elsewhere"')
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Host) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def test_row_46_a_remote_that_sends_git_elsewhere_gives_nobody_the_token(
    repository: GitRepository,
) -> None:
    pusher = GitRepository(repository.folder, token=SECRET, push_token="ghs_other")
    root = commit(repository, None, {"a": b"1"})
    told: list[str] = []
    with web(None, told) as elsewhere, web(elsewhere, []) as remote:
        with pytest.raises(Misconfigured):
            pusher.remote_tip(f"{remote}/{BOARD}", "main")
        with pytest.raises(Misconfigured):
            pusher.fetch(f"{remote}/{BOARD}", "+refs/heads/*:refs/rexrank/*")
        assert pusher.push(f"{remote}/{BOARD}", f"{root}:refs/heads/main").returncode
    assert told == ["nothing"] * 3


def test_row_46_only_what_talks_to_a_remote_has_the_token_in_its_environment(
    server: GitHubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spy, log = spy_on_commands(tmp_path)
    script = f'#!/bin/sh\nenv | grep -q {SECRET} && echo "$@" >> {log}\n'
    real = subprocess.check_output(("which", "git"), text=True).strip()
    (spy / "git").write_text(f'{script}exec {real} "$@"\n', encoding="utf-8")
    monkeypatch.setenv("PATH", f"{spy}{os.pathsep}{os.environ['PATH']}")
    pusher = GitRepository(create_bare(tmp_path / "objects.git").folder, token=SECRET)
    address = server.clone_url(BOARD)
    assert push_on_tip(pusher, address, "ledger", lambda _: {"a": b"1"}, "Add\n", AUTHOR)
    assert pusher.remote_tip(address, "ledger")
    verbs = ("ls-remote", "fetch", "push")
    rows = log.read_text(encoding="utf-8").splitlines()
    assert rows
    assert [row for row in rows if not any(f" {verb} " in row for verb in verbs)] == []


def test_a_wrong_token_is_told_without_its_text(
    server: GitHubServer, repository: GitRepository
) -> None:
    pusher = GitRepository(repository.folder, token="ghs_wrong_token")
    with pytest.raises(Misconfigured) as caught:
        push_on_tip(
            pusher, server.clone_url(BOARD), "ledger", lambda _: {"a": b"1"}, "Add\n", AUTHOR
        )
    assert "ghs_wrong_token" not in str(caught.value)
