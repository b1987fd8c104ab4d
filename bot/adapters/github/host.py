"""GitHub as the code host: what the bot asks of it, and the permission that each call needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, TypeVar

from bot.adapters.github import checks, pulls, users
from bot.adapters.github.connection import Connection
from bot.adapters.github.posts import OwnPosts, keep_comment, keep_issue, unless_gone
from bot.domain.owners import Person
from bot.ports import (
    CheckRun,
    MergeMessage,
    OpenPull,
    Permission,
    PullRequest,
    Review,
    WrittenCheck,
)

if TYPE_CHECKING:
    from github.Repository import Repository

Answer = TypeVar("Answer")

READ = "pull-requests: read"
TALK = "pull-requests: write"
READ_CHECKS = "checks: read"
CHECKS = "checks: write"
METADATA = "metadata: read"
MERGE = "contents: write"
START = "actions: write"
ISSUES = "issues: write"
"""Reactions too: GitHub lists those to the comments of pull requests under issues."""


class GitHubHost:
    """One repository on GitHub. Fulfils `bot.ports.CodeHost`."""

    def __init__(self, connection: Connection, *, bot_login: str, marker: str) -> None:
        """Name the repository and the bot; nothing is asked yet.

        Args:
            connection: The repository.
            bot_login: Author of the bot's comments.
            marker: First line of the bot's comment.
        """
        self._connection = connection
        self._bot_login = bot_login
        self._marker = marker

    def read(self, number: int) -> PullRequest:
        """Return a pull request as it is now."""
        return self._ask(
            f"reading pull request {number}",
            READ,
            lambda repository: pulls.read_pull(repository, number),
        )

    def target_branch(self, number: int) -> str:
        """Return the name of the branch that a pull request asks to change."""
        return self._ask(
            f"reading pull request {number}",
            READ,
            lambda repository: str(repository.get_pull(number).base.ref),
        )

    def open_pulls(self, branch: str) -> tuple[OpenPull, ...]:
        """Return the open pull requests that ask to change a branch, oldest first."""
        return self._ask(
            "listing the open pull requests",
            READ,
            lambda repository: pulls.list_open(repository, branch),
        )

    def files(self, number: int) -> tuple[str, ...]:
        """Return the paths that a pull request changes, or changed when it was merged."""
        return self._ask(
            f"listing the files of pull request {number}",
            READ,
            lambda repository: pulls.list_files(repository, number),
        )

    def participants(self, number: int) -> tuple[Person, ...]:
        """Return who opened a pull request, commented on it or reviewed it; no bots."""
        return self._ask(
            f"reading who takes part in pull request {number}",
            READ,
            lambda repository: pulls.list_participants(repository, number),
        )

    def reviews(self, number: int) -> tuple[Review, ...]:
        """Return the reviews of a pull request, oldest first."""
        return self._ask(
            f"reading the reviews of pull request {number}",
            READ,
            lambda repository: pulls.list_reviews(repository, number),
        )

    def merge_commit(self, number: int) -> str | None:
        """Return the commit that a pull request was merged as, None when it is not merged."""

        def read(repository: Repository) -> str | None:
            pull = repository.get_pull(number)
            return str(pull.merge_commit_sha) if pull.merged else None

        return self._ask(f"reading the merge of pull request {number}", READ, read)

    def permission(self, login: str) -> Permission:
        """Return what somebody may do in the repository; `none` for who is not a user."""
        return self._ask(
            f"asking what {login} may do",
            METADATA,
            lambda repository: users.read_permission(repository, login),
        )

    def account(self, login: str) -> Person | None:
        """Return the person with a login, None when there is none of that name."""
        return self._ask(
            f"looking up the account {login}",
            METADATA,
            lambda repository: users.find_person(repository, login),
        )

    def checks(self, head: str, name: str) -> tuple[WrittenCheck, ...]:
        """Return every check of this name on a commit, of every app."""
        return self._ask(
            f"reading the checks of {head}",
            READ_CHECKS,
            lambda repository: checks.read_checks(repository, head, name),
        )

    def write_check(self, head: str, check: CheckRun) -> None:
        """Create the check of this name on a commit, unless it says the same already."""
        self._ask(
            f"writing the check of {head}",
            CHECKS,
            lambda repository: checks.write_check(repository, head, check),
        )

    def write_labels(self, number: int, labels: Sequence[str], *, managed: Sequence[str]) -> None:
        """Set the bot's labels: of `managed` exactly `labels` stay; others are left alone."""
        self._ask(
            f"labelling pull request {number}",
            TALK,
            lambda repository: pulls.set_labels(repository, number, labels, managed),
        )

    def write_comment(self, number: int, body: str) -> str:
        """Make `body` the bot's one comment and return its address."""
        own = self._own(self._marker)
        return self._ask(
            f"commenting on pull request {number}",
            TALK,
            lambda repository: keep_comment(
                repository, number, own, body, what="comment", edit=True
            ),
        )

    def has_answer(self, number: int, marker: str) -> bool:
        """Return whether the bot answered with a comment that begins with this marker."""
        own = self._own(marker)
        return self._ask(
            f"reading the comments of pull request {number}",
            READ,
            lambda repository: bool(own.among(repository.get_issue(number).get_comments())),
        )

    def write_answer(self, number: int, marker: str, body: str) -> str:
        """Write one comment that begins with the marker, if there is none; return its address."""
        own, whole = self._own(marker), f"{marker}\n{body}"
        return self._ask(
            f"answering on pull request {number}",
            TALK,
            lambda repository: keep_comment(
                repository, number, own, whole, what="answer", edit=False
            ),
        )

    def write_issue(self, marker: str, title: str, body: str, *, is_open: bool) -> str | None:
        """Make `body` the bot's one issue with this marker, open or closed; return its address."""
        own = self._own(marker)
        return self._ask(
            "writing the issue about upkeep",
            ISSUES,
            lambda repository: keep_issue(repository, own, title, body, is_open=is_open),
        )

    def react(self, number: int, comment: int, reaction: Literal["+1", "confused"]) -> None:
        """Put a reaction under a comment; nothing happens when it is gone."""

        def react(repository: Repository) -> None:
            with unless_gone():
                repository.get_issue(number).get_comment(comment).create_reaction(reaction)

        self._ask(f"reacting to comment {comment}", ISSUES, react)

    def merge(
        self, number: int, head: str, message: MergeMessage | None = None, *, squash: bool = False
    ) -> str:
        """Merge exactly this head; return an empty text, or why GitHub refused."""
        return self._ask(
            f"merging pull request {number}",
            MERGE,
            lambda repository: pulls.merge_head(repository, number, head, message, squash=squash),
        )

    def dispatch(self, workflow: str, branch: str, inputs: Mapping[str, str]) -> bool:
        """Start a workflow of a branch; return False when there is no such workflow."""

        def start(repository: Repository) -> bool:
            from github import UnknownObjectException

            address = f"{repository.url}/actions/workflows/{workflow}/dispatches"
            body = {"ref": branch, "inputs": dict(inputs)}
            try:
                repository.requester.requestJsonAndCheck("POST", address, input=body)
            except UnknownObjectException:
                return False
            return True

        return self._ask(f"starting {workflow}", START, start)

    def _own(self, marker: str) -> OwnPosts:
        return OwnPosts(self._bot_login, marker)

    def _ask(self, doing: str, needs: str, ask: Callable[[Repository], Answer]) -> Answer:
        return self._connection.call(doing, needs, lambda: ask(self._connection.repository))
