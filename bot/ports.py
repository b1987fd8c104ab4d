"""What the pipeline asks of the outside world, as protocols that adapters fulfil.

Every method raises `bot.errors.ServiceUnavailable` when the service behind it fails, and
`bot.errors.Misconfigured` when this installation lacks what the call needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol, TypeVar

from bot.domain.dataset import References
from bot.domain.finding import Finding
from bot.domain.owners import EntryOwners, Person
from bot.domain.scorecard import PerStudyTable, Scorecard, StoredTable
from bot.domain.withdrawal import Withdrawal

Item = TypeVar("Item")
Result = TypeVar("Result")


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


class ReferenceStore(Protocol):
    """Where reference texts are kept."""

    def read(self, dataset: str) -> References:
        """Return a dataset's references; raises Misconfigured when they are not here."""

    def has(self, dataset: str) -> bool:
        """Return whether the references of a dataset are here."""

    def write(self, references: References) -> str:
        """Keep a dataset's references and return where they are."""


class ScoreLedger(Protocol):
    """The append-only store of scorecards."""

    def scorecards(self) -> tuple[Scorecard, ...]:
        """Return every scorecard, in the order of dataset and key."""

    def tables(self, wanted: Iterable[tuple[str, str]]) -> dict[str, PerStudyTable]:
        """Return per-study scores by the key of their scorecard, those that are kept in the open.

        Args:
            wanted: Dataset and key of each scorecard.
        """

    def append(self, scored: Sequence[tuple[Scorecard, StoredTable]]) -> int:
        """Add what is not there yet and return how many were added; never changes an entry."""


@dataclass(frozen=True)
class Sandboxed:
    """How a run in a sandbox ended."""

    exit_status: int
    """Exit status of the scorer."""
    log: str
    """What it printed. Never shown where the public can read it."""


class Sandbox(Protocol):
    """A container that scores: no network, nothing writable but one folder."""

    def digest(self) -> str:
        """Return the image's digest, `sha256:` and 64 hexadecimal digits."""

    def run(
        self,
        arguments: Sequence[str],
        *,
        read_only: Mapping[str, Path],
        output: Path,
        environment: Mapping[str, str],
        timeout_s: float,
    ) -> Sandboxed:
        """Run `rexrank` with these arguments in the image.

        Args:
            arguments: Command line after `rexrank`.
            read_only: Path inside the container to the folder that is mounted there.
            output: Folder that is mounted, writable, at `/output`.
            environment: Variables that are set inside.
            timeout_s: Seconds after which the container is removed.
        """


class Executor(Protocol):
    """Processes, here or elsewhere, that share the work of one run."""

    def run(
        self,
        task: Callable[[Item], Result],
        items: Sequence[Item],
        done: Callable[[int], None],
    ) -> list[Result]:
        """Return what the task gives for each item, in their order; the first exception ends it.

        A worker that is lost loses nothing: what it had not delivered is done again.

        Args:
            task: Function of a module, which every worker can import.
            items: What it is given, each on its own.
            done: Called here with the index of each item that is finished.
        """


@dataclass(frozen=True)
class PullRequest:
    """What the bot needs to know about a pull request."""

    number: int
    """Its number."""
    author: str
    """Login of who opened it; empty when that account is gone."""
    author_id: int
    """Numeric id of that user, which survives a change of login; 0 when it is gone."""
    base: str
    """Tip of the target branch when the event was sent."""
    head: str
    """Commit at the tip of the pull request."""
    state: Literal["open", "closed", "merged"]
    """Where it stands."""
    opened: str
    """Date on which it was opened, as 2026-11-25."""


Conclusion = Literal["success", "failure", "neutral", "action_required"]


@dataclass(frozen=True)
class CheckRun:
    """The outcome of a commit as the pull request's page shows it."""

    name: str
    """Name of the check; one per name and commit."""
    conclusion: Conclusion
    """Outcome."""
    title: str
    """One line."""
    summary: str
    """Markdown."""
    findings: tuple[Finding, ...] = ()
    """Shown as annotations where they have a line or a file of the pull request."""


class PullRequests(Protocol):
    """The code host's pull requests. Every method may be repeated without a second effect."""

    def read(self, number: int) -> PullRequest:
        """Return a pull request as it is now."""

    def write_comment(self, number: int, body: str) -> str:
        """Make `body` the bot's one comment and return its address.

        The bot's comment is found by the marker on its first line *and* by its author; a second
        one is removed.
        """

    def write_check(self, head: str, check: CheckRun) -> None:
        """Create or update the check of this name on a commit."""

    def write_labels(self, number: int, labels: Sequence[str], *, managed: Sequence[str]) -> None:
        """Set the bot's labels: of `managed` exactly `labels` stay; others are left alone."""


Permission = Literal["none", "read", "write", "admin"]
"""What somebody may do in the repository; who maintains it has at least `write`."""

ReviewState = Literal["APPROVED", "CHANGES_REQUESTED", "DISMISSED", "COMMENTED", "PENDING"]


@dataclass(frozen=True)
class Review:
    """Somebody's verdict on one commit of a pull request."""

    login: str
    """Who gave it; empty when the account is gone."""
    state: ReviewState
    """The verdict, as it stands now."""
    commit: str
    """Commit that was looked at."""


@dataclass(frozen=True)
class WrittenCheck:
    """A check run as it stands on a commit, whoever wrote it."""

    id: int
    """Its number: the larger one was written later."""
    app_id: int | None
    """Number of the app that wrote it."""
    external_id: str
    """What its writer calls it: a SHA-256 where the bot wrote it."""
    conclusion: str | None
    """Outcome; None while it is running."""


@dataclass(frozen=True)
class MergeMessage:
    """What a merge's commit says, in the bot's own words: a title may hold `[skip ci]`."""

    title: str
    """One line."""
    body: str
    """The rest."""


class Maintenance(PullRequests, Protocol):
    """What approvals and commands ask of the code host, beside what a report needs."""

    def target_branch(self, number: int) -> str:
        """Return the name of the branch that a pull request asks to change."""

    def files(self, number: int) -> tuple[str, ...]:
        """Return the paths that a pull request changes, or changed when it was merged."""

    def permission(self, login: str) -> Permission:
        """Return what somebody may do in the repository; `none` for who is not a user."""

    def account(self, login: str) -> Person | None:
        """Return the person with a login, None when there is none of that name."""

    def participants(self, number: int) -> tuple[Person, ...]:
        """Return who opened a pull request, commented on it or reviewed it; no bots."""

    def reviews(self, number: int) -> tuple[Review, ...]:
        """Return the reviews of a pull request, oldest first."""

    def checks(self, head: str, name: str) -> tuple[WrittenCheck, ...]:
        """Return every check of this name on a commit, of every app."""

    def merge(
        self, number: int, head: str, message: MergeMessage | None = None, *, squash: bool = False
    ) -> str:
        """Merge exactly this head; return an empty text, or why the code host refused.

        Args:
            number: The pull request.
            head: Commit that must be its head.
            message: What the commit says; the code host's own words when absent.
            squash: Make one commit of it.
        """

    def merge_commit(self, number: int) -> str | None:
        """Return the commit that a pull request was merged as, None when it is not merged."""

    def has_answer(self, number: int, marker: str) -> bool:
        """Return whether the bot answered with a comment that begins with this marker."""

    def write_answer(self, number: int, marker: str, body: str) -> str:
        """Write one comment that begins with the marker, if there is none; return its address."""

    def react(self, number: int, comment: int, reaction: Literal["+1", "confused"]) -> None:
        """Put a reaction under a comment."""

    def dispatch(self, workflow: str, branch: str, inputs: Mapping[str, str]) -> bool:
        """Start a workflow of a branch; return False when there is no such workflow."""


@dataclass(frozen=True)
class OpenPull:
    """An open pull request in a list."""

    number: int
    """Its number."""
    head: str
    """Commit at its tip."""
    updated: datetime
    """When anything happened on it last, with a time zone."""


class Upkeep(Maintenance, Protocol):
    """What upkeep asks of the code host, beside what maintenance needs."""

    def open_pulls(self, branch: str) -> tuple[OpenPull, ...]:
        """Return the open pull requests that ask to change a branch, oldest first."""

    def write_issue(self, marker: str, title: str, body: str, *, is_open: bool) -> str | None:
        """Make `body` the bot's one issue with this marker, open or closed; return its address.

        None is made when there is none and nothing is open.
        """


class Tombstones(Protocol):
    """The withdrawn entries, which the ledger keeps for good."""

    def read(self) -> tuple[Withdrawal, ...]:
        """Return every withdrawal, in the order of the entries' names."""

    def add(self, withdrawal: Withdrawal) -> bool:
        """Record a withdrawal; return False when the entry has one, which then stays."""


class OwnerRecords(Protocol):
    """Whose entries are, as the ledger records it."""

    def decide(self, record: EntryOwners) -> EntryOwners:
        """Record what a maintainer decided and return what stands: a later decision stays."""
