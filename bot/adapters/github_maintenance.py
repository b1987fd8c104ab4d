"""What approvals and commands ask of GitHub: permissions, reviews, checks, answers, merges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, cast, get_args

from bot.adapters.github import CHECKS, READ, TALK, GitHubPullRequests, unless_gone
from bot.errors import Misconfigured
from bot.ports import Permission, Review, ReviewState, WrittenCheck

if TYPE_CHECKING:
    from github.IssueComment import IssueComment

MERGE = "contents: write"
START = "actions: write"
REFUSALS = {405, 409}
"""The branch's rules forbid a merge, or the head has moved."""


class GitHubMaintenance(GitHubPullRequests):
    """Maintenance of one repository's pull requests. Fulfils `bot.ports.Maintenance`."""

    def target_branch(self, number: int) -> str:
        """Return the name of the branch that a pull request asks to change."""

        def read() -> str:
            return str(self._repository().get_pull(number).base.ref)

        return self._call(f"reading pull request {number}", READ, read)

    def files(self, number: int) -> tuple[str, ...]:
        """Return the paths that a pull request changes, or changed when it was merged."""

        def read() -> tuple[str, ...]:
            files = self._repository().get_pull(number).get_files()
            pairs = [(file.previous_filename, file.filename) for file in files]
            return tuple(dict.fromkeys(path for pair in pairs for path in pair if path))

        return self._call(f"listing the files of pull request {number}", READ, read)

    def permission(self, login: str) -> Permission:
        """Return what somebody may do in the repository; `none` for who is not a user."""

        def read() -> Permission:
            from github import UnknownObjectException

            try:
                said = self._repository().get_collaborator_permission(login)
            except UnknownObjectException:
                return "none"
            return cast("Permission", said) if said in get_args(Permission) else "none"

        return self._call(f"asking what {login} may do", "metadata: read", read)

    def reviews(self, number: int) -> tuple[Review, ...]:
        """Return the reviews of a pull request, oldest first."""

        def read() -> tuple[Review, ...]:
            return tuple(
                Review(
                    review.user.login if review.user else "",  # None when the account is gone
                    cast("ReviewState", review.state),
                    review.commit_id or "",
                )
                for review in self._repository().get_pull(number).get_reviews()
            )

        return self._call(f"reading the reviews of pull request {number}", READ, read)

    def checks(self, head: str, name: str) -> tuple[WrittenCheck, ...]:
        """Return every check of this name on a commit, of every app."""

        def read() -> tuple[WrittenCheck, ...]:
            # "latest" would hide the bot's check behind a later one of the same app.
            runs = self._repository().get_commit(head).get_check_runs(check_name=name, filter="all")
            return tuple(
                WrittenCheck(
                    run.id, run.app.id if run.app else None, run.external_id or "", run.conclusion
                )
                for run in runs
            )

        return self._call(f"reading the checks of {head}", CHECKS, read)

    def merge(self, number: int, head: str) -> str:
        """Merge exactly this head; return an empty text, or why GitHub refused."""

        def merge() -> str:
            from github import GithubException

            pull = self._repository().get_pull(number)
            if pull.merged:  # by the attempt whose answer was lost, or by somebody else
                return "" if pull.head.sha == head else "another head of it was merged"
            try:
                done = pull.merge(sha=head, merge_method="merge")
            except GithubException as error:
                if error.status not in REFUSALS:
                    raise
                said = error.data.get("message") if isinstance(error.data, dict) else None
                return str(said or error.status)
            return "" if done.merged else str(done.message)

        return self._call(f"merging pull request {number}", MERGE, merge)

    def has_answer(self, number: int, marker: str) -> bool:
        """Return whether the bot answered with a comment that begins with this marker."""
        return self._call(
            f"reading the comments of pull request {number}",
            READ,
            lambda: bool(self._answers(number, marker)),
        )

    def write_answer(self, number: int, marker: str, body: str) -> str:
        """Write one comment that begins with the marker, if there is none; return its address."""

        def write() -> str:
            own = self._answers(number, marker)
            if not own:
                self._repository().get_issue(number).create_comment(f"{marker}\n{body}")
                own = self._answers(number, marker)
            if not own:
                raise Misconfigured(
                    f"the answer on pull request {number} was not written by {self._bot_login}; "
                    "set REXRANK_BOT_LOGIN, or bot_login in leaderboard.yaml, to its account"
                )
            first, *doubles = own
            for double in doubles:
                with unless_gone():
                    double.delete()
            return str(first.html_url)

        return self._call(f"answering on pull request {number}", TALK, write)

    def react(self, number: int, comment: int, reaction: Literal["+1", "confused"]) -> None:
        """Put a reaction under a comment; nothing happens when it is gone."""

        def react() -> None:
            with unless_gone():
                self._repository().get_issue(number).get_comment(comment).create_reaction(reaction)

        self._call(f"reacting to comment {comment}", TALK, react)

    def dispatch(self, workflow: str, branch: str, inputs: Mapping[str, str]) -> bool:
        """Start a workflow of a branch; return False when there is no such workflow."""

        def start() -> bool:
            from github import UnknownObjectException

            repository = self._repository()
            address = f"{repository.url}/actions/workflows/{workflow}/dispatches"
            body = {"ref": branch, "inputs": dict(inputs)}
            try:
                repository.requester.requestJsonAndCheck("POST", address, input=body)
            except UnknownObjectException:
                return False
            return True

        return self._call(f"starting {workflow}", START, start)

    def _answers(self, number: int, marker: str) -> list[IssueComment]:
        """Return the bot's comments that begin with a marker, oldest first."""
        return [
            comment
            for comment in self._repository().get_issue(number).get_comments()
            if comment.user
            and comment.user.login == self._bot_login
            and comment.body.startswith(marker)
        ]
