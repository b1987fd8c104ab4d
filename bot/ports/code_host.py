"""The code host: pull requests, their checks and reviews, merges and issues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.domain.finding import Finding
from bot.domain.owners import Person


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
    """A check run as it stands on a commit, written by any app."""

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


@dataclass(frozen=True)
class OpenPull:
    """An open pull request in a list."""

    number: int
    """Its number."""
    head: str
    """Commit at its tip."""
    updated: datetime
    """When anything happened on it last, with a time zone."""


class CodeHost(Protocol):
    """One repository on the code host. Every method may be repeated without a second effect."""

    def read(self, number: int) -> PullRequest:
        """Return a pull request as it is now."""

    def target_branch(self, number: int) -> str:
        """Return the name of the branch that a pull request asks to change."""

    def open_pulls(self, branch: str) -> tuple[OpenPull, ...]:
        """Return the open pull requests that ask to change a branch, oldest first."""

    def files(self, number: int) -> tuple[str, ...]:
        """Return the paths that a pull request changes, or changed when it was merged."""

    def participants(self, number: int) -> tuple[Person, ...]:
        """Return who opened a pull request, commented on it or reviewed it; no bots."""

    def reviews(self, number: int) -> tuple[Review, ...]:
        """Return the reviews of a pull request, oldest first."""

    def merge_commit(self, number: int) -> str | None:
        """Return the commit that a pull request was merged as, None when it is not merged."""

    def permission(self, login: str) -> Permission:
        """Return what somebody may do in the repository; `none` for who is not a user."""

    def account(self, login: str) -> Person | None:
        """Return the person with a login, None when there is none of that name."""

    def checks(self, head: str, name: str) -> tuple[WrittenCheck, ...]:
        """Return every check of this name on a commit, of every app."""

    def write_check(self, head: str, check: CheckRun) -> None:
        """Create or update the check of this name on a commit."""

    def write_labels(self, number: int, labels: Sequence[str], *, managed: Sequence[str]) -> None:
        """Set the bot's labels: of `managed` exactly `labels` stay; others are left alone."""

    def write_comment(self, number: int, body: str) -> str:
        """Make `body` the bot's one comment and return its address.

        The bot's comment is found by the marker on its first line *and* by its author; a second
        one is removed.
        """

    def has_answer(self, number: int, marker: str) -> bool:
        """Return whether the bot answered with a comment that begins with this marker."""

    def write_answer(self, number: int, marker: str, body: str) -> str:
        """Write one comment that begins with the marker, if there is none; return its address."""

    def write_issue(self, marker: str, title: str, body: str, *, is_open: bool) -> str | None:
        """Make `body` the bot's one issue with this marker, open or closed; return its address.

        None is made when there is none and nothing is open.
        """

    def react(self, number: int, comment: int, reaction: Literal["+1", "confused"]) -> None:
        """Put a reaction under a comment."""

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

    def dispatch(self, workflow: str, branch: str, inputs: Mapping[str, str]) -> bool:
        """Start a workflow of a branch; return False when there is no such workflow."""
