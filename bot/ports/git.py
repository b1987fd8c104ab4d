"""Git as the pipeline reads it: objects, never a working tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class TreeEntry:
    """One path of a git tree."""

    path: bytes
    """Path from the root, the bytes that git holds."""
    mode: str
    """`100644` for a plain file, `100755`, `120000` (link), `160000` (submodule)."""
    oid: str
    """Name of the object."""
    size_bytes: int | None
    """Size of a blob, None for a submodule."""


@dataclass(frozen=True)
class Change:
    """One path that differs between two trees; a rename is a removal and an addition."""

    path: bytes
    """Path from the root, the bytes that git holds."""
    before: TreeEntry | None
    """What was there, None for an addition."""
    after: TreeEntry | None
    """What is there now, None for a removal."""


@dataclass(frozen=True)
class Merged:
    """What merging one commit into another makes."""

    tree: str | None
    """Name of the tree, None when the two are in conflict."""
    conflicts: tuple[bytes, ...]
    """Paths that are in conflict, the bytes that git holds."""


class GitObjects(Protocol):
    """A repository read as objects: nothing in it is ever checked out."""

    def resolve(self, revision: str) -> str:
        """Return the commit's object name; raises Misconfigured when there is none."""

    def merge_bases(self, one: str, other: str) -> tuple[str, ...]:
        """Return every best common ancestor of two commits, none when they share no history."""

    def merge_tree(self, target: str, head: str) -> Merged:
        """Return what merging a head into a target makes; nothing is committed."""

    def tree(self, commit: str) -> str:
        """Return the name of a commit's tree."""

    def parents(self, commit: str) -> tuple[str, ...]:
        """Return the parents of a commit, in their order."""

    def commits(self, base: str, head: str) -> tuple[str, ...]:
        """Return the commits that a head has and a base does not, the newest first."""

    def title(self, commit: str) -> str:
        """Return the first line of a commit's message."""

    def changes(self, before: str | None, after: str) -> tuple[Change, ...]:
        """Return the paths that differ between two trees; None stands for the empty one."""

    def entries(self, commit: str, *paths: str) -> tuple[TreeEntry, ...]:
        """Return every file at or below some paths, in git's order; empty when there is none."""

    def read(self, oids: Sequence[str]) -> dict[str, bytes]:
        """Return the content of blobs, keyed by object name."""
