"""Git objects as tests make them, whatever git itself would say to their names."""

from __future__ import annotations

import hashlib
import time
import zlib
from collections.abc import Mapping

from bot.adapters.git.commits import Author, write_commit
from bot.adapters.git.repository import GitRepository

AUTHOR = Author("bot", "bot@host.invalid")


def write_object(repository: GitRepository, kind: str, data: bytes) -> str:
    """Write an object into the repository's folder, as git keeps it, and return its name."""
    whole = f"{kind} {len(data)}".encode() + b"\0" + data
    oid = hashlib.sha1(whole, usedforsecurity=False).hexdigest()
    inner = repository.folder / ".git"
    path = (inner if inner.is_dir() else repository.folder) / "objects" / oid[:2] / oid[2:]
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(zlib.compress(whole, 1))
    return oid


def raw_tree(repository: GitRepository, rows: Mapping[bytes, tuple[str, str]]) -> str:
    """Write a tree object as it stands here, whatever git itself would say to its names."""
    data = b""
    for name, (mode, oid) in sorted(rows.items()):
        data += mode.lstrip("0").encode() + b" " + name + b"\0" + bytes.fromhex(oid)
    return write_object(repository, "tree", data)


def blob(repository: GitRepository, data: bytes) -> str:
    return write_object(repository, "blob", data)


def commit_of(repository: GitRepository, tree: str, *parents: str) -> str:
    who = f"a <a@b.invalid> {int(time.time())} +0000"
    head = [f"tree {tree}", *(f"parent {parent}" for parent in parents)]
    lines = [*head, f"author {who}", f"committer {who}", "", "x", ""]
    return write_object(repository, "commit", "\n".join(lines).encode())


def commit(repository: GitRepository, parent: str | None, files: dict[str, bytes | None]) -> str:
    made = write_commit(repository, parent, files, "Change\n", AUTHOR)
    assert made is not None
    return made
