"""The ledger's branch: records of several kinds, one file each, read at its tip and added to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.adapters.git.commits import Author, push_on_tip
from bot.adapters.git.repository import GitRepository
from bot.checks.reading.ledger_records import Record, RecordKind, read_records
from bot.domain.repository_setup import LEDGER_BRANCH


class RecordStore:
    """The ledger as an orphan branch of the leaderboard's repository."""

    def __init__(self, repository: GitRepository, *, remote: str, author: Author) -> None:
        """Name the branch's home.

        Args:
            repository: Local repository, in which objects are read and made.
            remote: Name or address of the repository that holds the branch.
            author: Who signs what is added.
        """
        self.repository = repository
        self._remote = remote
        self._author = author

    def tip(self) -> str | None:
        """Return the last commit as it is now, fetched; None where there is no ledger yet."""
        return self.repository.remote_tip(self._remote, LEDGER_BRANCH)

    def read(self, kind: RecordKind[Record]) -> tuple[Record, ...]:
        """Return every record of a kind as it is now, in the order of their paths."""
        return read_records(self.repository, self.tip(), kind)

    def add(self, kind: RecordKind[Record], records: Sequence[Record], message: str) -> int:
        """Add those records whose place is empty and return how many were; the others stay."""
        files = kind.files(records)
        added = 0

        def make_files(tip: str | None) -> Mapping[str, bytes]:
            nonlocal added
            known = self.paths(tip, *files)
            new = {path: data for path, data in files.items() if path not in known}
            added = len(new)
            return new

        if files:
            self.push(make_files, message)
        return added

    def paths(self, tip: str | None, *wanted: str) -> frozenset[str]:
        """Return the paths of every file at or below some paths of a commit."""
        entries = self.repository.entries(tip, *wanted) if tip is not None else ()
        return frozenset(entry.path.decode(errors="backslashreplace") for entry in entries)

    def push(self, make_files: Callable[[str | None], Mapping[str, bytes]], message: str) -> bool:
        """Add or replace files on top of the branch; return whether a commit was needed.

        No branch is made just to stay empty.

        Args:
            make_files: Takes the tip and returns the files. Called again whenever somebody else
                pushed first, so it must not remember the last call.
            message: Commit message.
        """

        def make(tip: str | None) -> Mapping[str, bytes] | None:
            files = make_files(tip)
            return None if tip is None and not files else files

        commit = push_on_tip(
            self.repository, self._remote, LEDGER_BRANCH, make, message, self._author
        )
        return commit is not None
