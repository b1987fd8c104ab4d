"""Git objects as tests make them, whatever git itself would say to their names."""

from __future__ import annotations

from collections.abc import Mapping

from bot.adapters.git.commits import Author, write_commit
from bot.adapters.git.repository import GitRepository

AUTHOR = Author("bot", "bot@host.invalid")


def raw_tree(repository: GitRepository, rows: Mapping[bytes, tuple[str, str]]) -> str:
    """Write a tree object as it stands here, whatever git itself would say to its names."""
    data = b""
    for name, (mode, oid) in sorted(rows.items()):
        data += mode.lstrip("0").encode() + b" " + name + b"\0" + bytes.fromhex(oid)
    words = ("hash-object", "-t", "tree", "-w", "--literally", "--stdin")
    return repository.run(*words, data=data).decode().strip()


def blob(repository: GitRepository, data: bytes) -> str:
    return repository.run("hash-object", "-w", "--stdin", data=data).decode().strip()


def commit_of(repository: GitRepository, tree: str, *parents: str) -> str:
    identity = {
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@b.invalid",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@b.invalid",
    }
    flags = [word for parent in parents for word in ("-p", parent)]
    made = repository.run("commit-tree", *flags, tree, data=b"x\n", environment=identity)
    return made.decode().strip()


def commit(repository: GitRepository, parent: str | None, files: dict[str, bytes | None]) -> str:
    made = write_commit(repository, parent, files, "Change\n", AUTHOR)
    assert made is not None
    return made
