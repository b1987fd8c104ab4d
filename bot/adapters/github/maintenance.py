"""What approvals and commands ask of GitHub: permissions, reviews, checks, answers, merges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, cast, get_args
from urllib.parse import quote

from bot.adapters.github.pulls import READ, TALK, GitHubPullRequests, is_gone, unless_gone
from bot.domain.owners import GHOST_ID, Person
from bot.errors import Misconfigured
from bot.ports import MergeMessage, Permission, Review, ReviewState, WrittenCheck

if TYPE_CHECKING:
    from github.IssueComment import IssueComment
    from github.NamedUser import NamedUser

MERGE = "contents: write"
START = "actions: write"
READ_CHECKS = "checks: read"
REACT = "issues: write"
"""GitHub lists reactions to the comments of pull requests under issues, and nowhere else."""
PERSON = "User"
"""Type of an account that is a person's: not an app's and not an organisation's."""
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

    def account(self, login: str) -> Person | None:
        """Return the person with a login, None when there is none of that name."""

        def read() -> Person | None:
            from github import UnknownObjectException

            requester = self._repository().requester
            try:
                _, said = requester.requestJsonAndCheck("GET", f"/users/{quote(login, safe='')}")
            except UnknownObjectException:
                return None
            if said["type"] != PERSON or said["id"] == GHOST_ID:
                return None
            return Person(login=said["login"], user_id=said["id"])

        return self._call(f"looking up the account {login}", "metadata: read", read)

    def participants(self, number: int) -> tuple[Person, ...]:
        """Return who opened a pull request, commented on it or reviewed it; no bots.

        Who wrote a commit is not among them: anybody can write any name there.
        """

        def read() -> tuple[Person, ...]:
            pull = self._repository().get_pull(number)
            comments = self._repository().get_issue(number).get_comments()
            users: list[Any] = [pull.user, *(comment.user for comment in comments)]
            users += [review.user for review in pull.get_reviews()]
            return people_of(users)

        return self._call(f"reading who takes part in pull request {number}", READ, read)

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

        return self._call(f"reading the checks of {head}", READ_CHECKS, read)

    def merge(
        self, number: int, head: str, message: MergeMessage | None = None, *, squash: bool = False
    ) -> str:
        """Merge exactly this head; return an empty text, or why GitHub refused.

        GitHub merges into the target branch of that moment, whatever was judged: no parameter
        says which commit it must be.
        """

        def merge() -> str:
            from github import GithubException
            from github.GithubObject import NotSet

            pull = self._repository().get_pull(number)
            if pull.merged:  # by the attempt whose answer was lost, or by somebody else
                return "" if pull.head.sha == head else "another head of it was merged"
            try:
                done = pull.merge(
                    sha=head,
                    merge_method="squash" if squash else "merge",
                    commit_title=message.title if message else NotSet,
                    commit_message=message.body if message else NotSet,
                )
            except GithubException as error:
                if error.status not in REFUSALS:
                    raise
                said = error.data.get("message") if isinstance(error.data, dict) else None
                return str(said or error.status)
            return "" if done.merged else str(done.message)

        return self._call(f"merging pull request {number}", MERGE, merge)

    def merge_commit(self, number: int) -> str | None:
        """Return the commit that a pull request was merged as, None when it is not merged."""

        def read() -> str | None:
            pull = self._repository().get_pull(number)
            return str(pull.merge_commit_sha) if pull.merged else None

        return self._call(f"reading the merge of pull request {number}", READ, read)

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

        self._call(f"reacting to comment {comment}", REACT, react)

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


def people_of(users: Iterable[NamedUser | None]) -> tuple[Person, ...]:
    """Return the people among some accounts, each once, in order."""
    people = {
        user.id: Person(login=user.login, user_id=user.id)
        for user in users
        if user is not None and not is_gone(user) and user.type == PERSON
    }
    return tuple(people.values())
