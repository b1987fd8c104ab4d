"""A repository in memory, so that thousands of heads can be inspected a second."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from bot.errors import Misconfigured
from bot.ports import Change, Merged, TreeEntry

BASE, HEAD = "1" * 40, "2" * 40


class MemoryObjects:
    """Two commits. Fulfils `bot.ports.GitObjects`."""

    def __init__(
        self, base: Mapping[bytes, tuple[str, bytes]], head: Mapping[bytes, tuple[str, bytes]]
    ) -> None:
        self._trees = {BASE: dict(base), HEAD: dict(head)}

    def resolve(self, revision: str) -> str:
        if revision not in self._trees:
            raise Misconfigured(f"no commit {revision}")
        return revision

    def merge_bases(self, one: str, other: str) -> tuple[str, ...]:
        return (BASE,)

    def merge_tree(self, target: str, head: str) -> Merged:
        return Merged(head, ())

    def tree(self, commit: str) -> str:
        return commit

    def parents(self, commit: str) -> tuple[str, ...]:
        return (BASE,) if commit == HEAD else ()

    def title(self, commit: str) -> str:
        return "Change"

    def changes(self, before: str | None, after: str) -> tuple[Change, ...]:
        old, new = self._trees[before or BASE], self._trees[after]
        return tuple(
            Change(path, self._entry(path, old), self._entry(path, new))
            for path in sorted(old.keys() | new.keys())
            if old.get(path) != new.get(path)
        )

    def entries(self, commit: str, *paths: str) -> tuple[TreeEntry, ...]:
        tree = self._trees[commit]
        exact = {path.encode() for path in paths}
        below = tuple(f"{path}/".encode() for path in paths)
        found = (
            self._entry(path, tree)
            for path in sorted(tree)
            if path.startswith(below) or path in exact
        )
        return tuple(entry for entry in found if entry is not None)

    def read(self, oids: Sequence[str]) -> dict[str, bytes]:
        blobs = {oid_of(data): data for tree in self._trees.values() for _, data in tree.values()}
        return {oid: blobs[oid] for oid in oids}

    @staticmethod
    def _entry(path: bytes, tree: Mapping[bytes, tuple[str, bytes]]) -> TreeEntry | None:
        if path not in tree:
            return None
        mode, data = tree[path]
        return TreeEntry(path, mode, oid_of(data), None if mode == "160000" else len(data))


def oid_of(data: bytes) -> str:
    """Return git's name of a blob."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
