"""What the pipeline asks of the outside world, as protocols that adapters fulfil.

Every method raises `bot.errors.ServiceUnavailable` when the service behind it fails, and
`bot.errors.Misconfigured` when this installation lacks what the call needs.
"""

from __future__ import annotations

from bot.ports.code_host import (
    CheckRun,
    CodeHost,
    Conclusion,
    MergeMessage,
    OpenPull,
    Permission,
    PullRequest,
    Review,
    ReviewState,
    WrittenCheck,
)
from bot.ports.git import Change, GitObjects, Merged, TreeEntry
from bot.ports.records import OwnerRecords, Tombstones
from bot.ports.scoring import Executor, ReferenceStore, Sandbox, Sandboxed

__all__ = [
    "Change",
    "CheckRun",
    "CodeHost",
    "Conclusion",
    "Executor",
    "GitObjects",
    "MergeMessage",
    "Merged",
    "OpenPull",
    "OwnerRecords",
    "Permission",
    "PullRequest",
    "ReferenceStore",
    "Review",
    "ReviewState",
    "Sandbox",
    "Sandboxed",
    "Tombstones",
    "TreeEntry",
    "WrittenCheck",
]
