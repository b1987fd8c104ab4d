"""GitHub's pull requests through PyGithub. Every call may be repeated without a second effect."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from bot.adapters.github.calls import API_URL, Answer, Patience, call_again
from bot.domain.finding import Finding
from bot.domain.owners import GHOST_ID
from bot.domain.value import canonical_json, sha256_of
from bot.errors import Misconfigured
from bot.ports import CheckRun, PullRequest

if TYPE_CHECKING:
    from github.IssueComment import IssueComment
    from github.NamedUser import NamedUser
    from github.Repository import Repository

MAX_ANNOTATIONS = 50
MAX_ANNOTATION_CHARS = 4_000
MAX_ANNOTATION_TITLE_CHARS = 255
MAX_CHECK_CHARS = 60_000
ANNOTATION_LEVELS = {"error": "failure", "warning": "warning", "notice": "notice"}
TIMEOUT_S = 30

TALK = "pull-requests: write"
CHECKS = "checks: write"
READ = "pull-requests: read"


class GitHubPullRequests:
    """The pull requests of one repository. Fulfils `bot.ports.PullRequests`."""

    def __init__(
        self,
        repository: str,
        token: str,
        *,
        bot_login: str,
        marker: str,
        api_url: str = API_URL,
        patience: Patience | None = None,
        pause_s: float = 1.0,
        timeout_s: int = TIMEOUT_S,
    ) -> None:
        """Name the repository; nothing is asked yet.

        Args:
            repository: `owner/name`.
            token: Token of the bot.
            bot_login: Author of the bot's comments.
            marker: First line of the bot's comment.
            api_url: Root of the REST API.
            patience: How often a call that failed is made again; Patience() when absent.
            pause_s: Seconds between two writes, which GitHub asks for.
            timeout_s: Seconds after which an answer is not waited for any longer.
        """
        self._name = repository
        self._token = token
        self._bot_login = bot_login
        self._marker = marker
        self._api_url = api_url
        self._patience = patience or Patience()
        self._pause_s = pause_s
        self._timeout_s = timeout_s
        self._opened: Repository | None = None

    def read(self, number: int) -> PullRequest:
        """Return a pull request as it is now."""

        def read() -> PullRequest:
            pull = self._repository().get_pull(number)
            state: Literal["open", "closed", "merged"] = "merged" if pull.merged else "closed"
            author = None if is_gone(pull.user) else pull.user
            return PullRequest(
                number=number,
                author=author.login if author else "",
                author_id=author.id if author else 0,
                base=pull.base.sha,
                head=pull.head.sha,
                state="open" if pull.state == "open" else state,
                opened=f"{pull.created_at:%Y-%m-%d}",
            )

        return self._call(f"reading pull request {number}", READ, read)

    def write_comment(self, number: int, body: str) -> str:
        """Make `body` the bot's one comment and return its address.

        The bot's comment is found by the marker on its first line *and* by its author; a second
        one, which another run can leave behind, is removed.
        """

        def write() -> str:
            own = self._own_comments(number)
            if not own:
                self._repository().get_issue(number).create_comment(body)
                own = self._own_comments(number)
            if not own:
                raise Misconfigured(
                    f"the comment on pull request {number} was not written by {self._bot_login}; "
                    "set REXRANK_BOT_LOGIN, or bot_login in leaderboard.yaml, to its account"
                )
            first, *doubles = own
            if first.body != body:
                first.edit(body)
            for double in doubles:
                with unless_gone():
                    double.delete()
            return str(first.html_url)

        return self._call(f"commenting on pull request {number}", TALK, write)

    def write_check(self, head: str, check: CheckRun) -> None:
        """Create the check of this name on a commit, unless it says the same already."""
        output: dict[str, str | list[dict[str, str | int]]] = {
            "title": check.title,
            "summary": check.summary[:MAX_CHECK_CHARS],
            "annotations": [annotate(f) for f in check.findings[:MAX_ANNOTATIONS]],
        }
        digest = sha256_of(canonical_json([check.name, check.conclusion, output]))

        def write() -> None:
            commit = self._repository().get_commit(head)
            latest = commit.get_check_runs(check_name=check.name, filter="latest")
            if any(run.external_id == digest for run in latest):
                return
            self._repository().create_check_run(
                name=check.name,
                head_sha=head,
                status="completed",
                conclusion=check.conclusion,
                external_id=digest,
                output=output,
            )

        self._call(f"writing the check of {head}", CHECKS, write)

    def write_labels(self, number: int, labels: Sequence[str], *, managed: Sequence[str]) -> None:
        """Set the bot's labels: of `managed` exactly `labels` stay; others are left alone.

        A label that the repository does not have is never made: set-up makes them, and a job that
        answers strangers lacks the permission to.
        """

        def write() -> None:
            issue = self._repository().get_issue(number)
            # GitHub does not tell labels apart by case.
            present = {label.name.casefold() for label in issue.get_labels()}
            for name in managed:
                if name.casefold() in present and name not in labels:
                    with unless_gone():
                        issue.remove_from_labels(name)
            missing = [name for name in labels if name.casefold() not in present]
            if not missing:
                return
            known = {label.name.casefold() for label in self._repository().get_labels()}
            unknown = [name for name in missing if name.casefold() not in known]
            if unknown:
                raise Misconfigured(
                    f"the repository has no label {', '.join(map(repr, unknown))}; "
                    "`rexrank setup` makes it"
                )
            issue.add_to_labels(*missing)

        self._call(f"labelling pull request {number}", TALK, write)

    def _call(self, doing: str, needs: str, call: Callable[[], Answer]) -> Answer:
        return call_again(doing, needs, call, self._patience)

    def _own_comments(self, number: int) -> list[IssueComment]:
        """Return the bot's comments with its marker, oldest first."""
        comments = self._repository().get_issue(number).get_comments()
        return [
            comment
            for comment in comments
            if comment.user  # None when the account is gone
            and comment.user.login == self._bot_login
            and comment.body.startswith(self._marker)
        ]

    def _repository(self) -> Repository:
        """Return the repository, asked for once and only when it is needed."""
        if self._opened is None:
            from github import Auth, Github

            client = Github(
                auth=Auth.Token(self._token),
                base_url=self._api_url,
                timeout=self._timeout_s,
                per_page=100,
                retry=None,
                seconds_between_requests=0,
                seconds_between_writes=self._pause_s,
                lazy=True,
            )
            self._opened = client.get_repo(self._name)
        return self._opened


def is_gone(user: NamedUser | None) -> bool:
    """Return whether an account was deleted: GitHub shows none, or one that stands for them all."""
    return user is None or user.id == GHOST_ID


def annotate(finding: Finding) -> dict[str, str | int]:
    """Return a finding as GitHub's check-run annotation."""
    line = finding.line or 1
    seen = f"\nSeen: {finding.seen}" if finding.seen else ""
    text = f"{finding.message}{seen}\nFix: {finding.hint}"
    return {
        "path": finding.path,
        "start_line": line,
        "end_line": line,
        "annotation_level": ANNOTATION_LEVELS[finding.level],
        "title": f"{finding.code} {finding.pointer}".strip()[:MAX_ANNOTATION_TITLE_CHARS],
        "message": text[:MAX_ANNOTATION_CHARS],
    }


@contextmanager
def unless_gone() -> Iterator[None]:
    """Let pass that what is to be removed is not there: another run was faster."""
    from github import UnknownObjectException

    try:
        yield
    except UnknownObjectException:
        return
