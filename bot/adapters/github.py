"""GitHub's pull requests through PyGithub. Every call may be repeated without a second effect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from bot.domain.finding import Finding
from bot.domain.value import canonical_json, sha256_of
from bot.errors import Misconfigured, ServiceUnavailable
from bot.ports import CheckRun, PullRequest

if TYPE_CHECKING:
    from github import GithubException
    from github.IssueComment import IssueComment
    from github.Repository import Repository

API_URL = "https://api.github.com"
MAX_ANNOTATIONS = 50
MAX_ANNOTATION_CHARS = 4_000
MAX_CHECK_CHARS = 60_000
ANNOTATION_LEVELS = {"error": "failure", "warning": "warning", "notice": "notice"}
TIMEOUT_S = 30


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
        retries: int = 5,
        pause_s: float = 1.0,
    ) -> None:
        """Name the repository; nothing is asked yet.

        Args:
            repository: `owner/name`.
            token: Token of the bot.
            bot_login: Author of the bot's comments.
            marker: First line of the bot's comment.
            api_url: Root of the REST API.
            retries: How often a call that failed is made again.
            pause_s: Seconds between two writes, which GitHub asks for.
        """
        self._name = repository
        self._token = token
        self._bot_login = bot_login
        self._marker = marker
        self._api_url = api_url
        self._retries = retries
        self._pause_s = pause_s
        self._opened: Repository | None = None

    def read(self, number: int) -> PullRequest:
        """Return a pull request as it is now."""
        with translate_errors(f"reading pull request {number}"):
            pull = self._repository().get_pull(number)
            state: Literal["open", "closed", "merged"] = "merged" if pull.merged else "closed"
            return PullRequest(
                number=number,
                author=pull.user.login,
                author_id=pull.user.id,
                base=pull.base.sha,
                head=pull.head.sha,
                state="open" if pull.state == "open" else state,
                opened=f"{pull.created_at:%Y-%m-%d}",
            )

    def write_comment(self, number: int, body: str) -> str:
        """Make `body` the bot's one comment and return its address.

        The bot's comment is found by the marker on its first line *and* by its author; a second
        one, which a repeated request can leave behind, is removed.
        """
        with translate_errors(f"commenting on pull request {number}"):
            own = self._own_comments(number)
            if not own:
                self._repository().get_pull(number).create_issue_comment(body)
                own = self._own_comments(number)
            if not own:
                raise Misconfigured(
                    f"the comment on pull request {number} was not written by {self._bot_login}; "
                    "set bot_login in leaderboard.yaml to the account behind the token"
                )
            first, *doubles = own
            if first.body != body:
                first.edit(body)
            for double in doubles:
                double.delete()
            return str(first.html_url)

    def write_check(self, head: str, check: CheckRun) -> None:
        """Create the check of this name on a commit, unless it says the same already."""
        output: dict[str, str | list[dict[str, str | int]]] = {
            "title": check.title,
            "summary": check.summary[:MAX_CHECK_CHARS],
            "annotations": [annotate(f) for f in check.findings[:MAX_ANNOTATIONS]],
        }
        digest = sha256_of(canonical_json([check.name, check.conclusion, output]))
        with translate_errors(f"writing the check of {head}"):
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

    def write_labels(self, number: int, labels: Sequence[str], *, managed: Sequence[str]) -> None:
        """Set the bot's labels: of `managed` exactly `labels` stay; others are left alone."""
        with translate_errors(f"labelling pull request {number}"):
            issue = self._repository().get_issue(number)
            present = {label.name for label in issue.labels}
            for name in managed:
                if name in present and name not in labels:
                    issue.remove_from_labels(name)
            missing = [name for name in labels if name not in present]
            if missing:
                issue.add_to_labels(*missing)

    def _own_comments(self, number: int) -> list[IssueComment]:
        """Return the bot's comments with its marker, oldest first."""
        comments = self._repository().get_issue(number).get_comments()
        return [
            comment
            for comment in comments
            if comment.user.login == self._bot_login and comment.body.startswith(self._marker)
        ]

    def _repository(self) -> Repository:
        """Return the repository, asked for once and only when it is needed."""
        if self._opened is None:
            from github import Auth, Github, GithubRetry

            client = Github(
                auth=Auth.Token(self._token),
                base_url=self._api_url,
                timeout=TIMEOUT_S,
                per_page=100,
                retry=GithubRetry(total=self._retries),
                seconds_between_requests=0,
                seconds_between_writes=self._pause_s,
            )
            self._opened = client.get_repo(self._name, lazy=True)
        return self._opened


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
        "title": f"{finding.code} {finding.pointer}".strip(),
        "message": text[:MAX_ANNOTATION_CHARS],
    }


@contextmanager
def translate_errors(doing: str) -> Iterator[None]:
    """Turn what PyGithub and its transport raise into this program's exceptions."""
    from github import GithubException
    from requests import RequestException

    try:
        yield
    except GithubException as error:
        if is_permanent(error):
            raise Misconfigured(
                f"GitHub, {doing}: {error.status} {error.message or ''}; check that the token and "
                "its permissions are right"
            ) from error
        raise ServiceUnavailable(f"GitHub, {doing}: {error.status} {error.message}") from error
    except RequestException as error:
        raise ServiceUnavailable(f"GitHub, {doing}: {type(error).__name__}") from error


def is_permanent(error: GithubException) -> bool:
    """Return whether asking again cannot help: a wrong token, a missing permission or object."""
    from github import RateLimitExceededException

    if isinstance(error, RateLimitExceededException):
        return False
    return error.status in {401, 403, 404, 410, 422}
