"""Records of the ledger: JSON files of one kind, each in the place that its content names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import ValidationError

from bot.domain.claim import CLAIMS, Claim, claim_path
from bot.domain.value import Value
from bot.errors import Misconfigured
from bot.ports import GitObjects, TreeEntry

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

    def place_of(self, data: bytes) -> str:
        """Return where a file belongs by its content; raises ValidationError if it is no record."""
        return self.path_of(self.value.from_json(data))


CLAIM_RECORDS = RecordKind(CLAIMS, "a claim", Claim, lambda claim: claim_path(claim.sha256))


def read_records(
    git: GitObjects, entries: Iterable[TreeEntry], kind: RecordKind[Record]
) -> tuple[Record, ...]:
    """Return the records that some files of a ledger's commit hold, in their order.

    Raises:
        Misconfigured: A file is not a record of this kind, or lies in another's place.
    """
    listed = tuple(entries)
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
