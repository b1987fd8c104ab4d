"""Records of the ledger: JSON files of one kind, each in the place that its content names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import ValidationError

from bot.domain.claim import CLAIMS, Claim, claim_path
from bot.domain.value import Value
from bot.errors import Misconfigured
from bot.ports import GitObjects

FETCHED_LEDGER = "refs/rexrank/ledger"
"""Where a repository that was fetched for one pull request has the tip of the ledger."""

Record = TypeVar("Record", bound=Value)


@dataclass(frozen=True)
class RecordKind(Generic[Record]):
    """One kind of record, and where the ledger keeps it."""

    folder: str
    """Folder that holds this kind."""
    noun: str
    """What it is called in a message, with its article."""
    value: type[Record]
    """Its model."""
    path_of: Callable[[Record], str]
    """Returns where a record belongs."""
    ending: str = ""
    """What the name of each ends with; other files lie beside the records."""

    def files(self, records: Iterable[Record]) -> dict[str, bytes]:
        """Return the file of each record, by its path."""
        return {self.path_of(record): record.to_json() for record in records}


CLAIM_RECORDS = RecordKind(CLAIMS, "a claim", Claim, lambda claim: claim_path(claim.sha256))


def read_records(
    git: GitObjects,
    commit: str | None,
    kind: RecordKind[Record],
    paths: Sequence[str] | None = None,
) -> tuple[Record, ...]:
    """Return the records of one kind that a ledger's commit holds, in the order of their paths.

    Args:
        git: Holds the commit.
        commit: The ledger's; None where there is no ledger yet.
        kind: What is read.
        paths: Where those are that are wanted; all when None.

    Raises:
        Misconfigured: A file is not a record of this kind, or lies in another's place.
    """
    wanted = (kind.folder,) if paths is None else paths
    entries = git.entries(commit, *wanted) if commit is not None and wanted else ()
    listed = [entry for entry in entries if entry.path.endswith(kind.ending.encode())]
    contents = git.read([entry.oid for entry in listed])
    records = []
    for entry in listed:
        path = entry.path.decode(errors="backslashreplace")
        try:
            record = kind.value.from_json(contents[entry.oid])
        except ValidationError as error:
            raise Misconfigured(f"ledger {path}: not {kind.noun}: {error}") from error
        if kind.path_of(record) != path:
            raise Misconfigured(f"ledger {path}: its content belongs at {kind.path_of(record)}")
        records.append(record)
    return tuple(records)
