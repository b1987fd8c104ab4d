"""The bot's own posts: comments and issues, of which it keeps one for each marker."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from bot.errors import Misconfigured

if TYPE_CHECKING:
    from github.Issue import Issue
    from github.IssueComment import IssueComment
    from github.Repository import Repository

    Post = TypeVar("Post", Issue, IssueComment)


@dataclass(frozen=True)
class OwnPosts:
    """The posts of one account that begin with one marker."""

    login: str
    """Who wrote them."""
    marker: str
    """What they begin with; anybody can write that, so the author counts too."""

    def among(self, posts: Iterable[Post]) -> list[Post]:
        """Return those among some posts, in their order."""
        return [
            post
            for post in posts
            if post.user  # None when the account is gone
            and post.user.login == self.login
            and (post.body or "").startswith(self.marker)
        ]

    def made(
        self, what: str, make: Callable[[], object], read: Callable[[], Iterable[Post]]
    ) -> list[Post]:
        """Make a post and return what is there then: another run may have made one as well.

        Raises:
            Misconfigured: The token belongs to another account.
        """
        make()
        own = self.among(read())
        if not own:
            raise Misconfigured(
                f"{what} was not written by {self.login}; set "
                "REXRANK_BOT_LOGIN, or bot_login in leaderboard.yaml, to its account"
            )
        return own


def keep_comment(
    repository: Repository, number: int, own: OwnPosts, body: str, *, what: str, edit: bool
) -> str:
    """Make `body` the one comment of its kind on a pull request and return its address.

    Args:
        repository: The pull request's.
        number: Its number.
        own: The comments of this kind; a second one is removed.
        body: What it says.
        what: What it is called in a message.
        edit: Whether a comment that is there gets this body.
    """
    issue = repository.get_issue(number)
    first, *doubles = own.among(issue.get_comments()) or own.made(
        f"the {what} on pull request {number}",
        lambda: issue.create_comment(body),
        issue.get_comments,
    )
    if edit and first.body != body:
        first.edit(body)
    for double in doubles:
        with unless_gone():
            double.delete()
    return str(first.html_url)


def keep_issue(
    repository: Repository, own: OwnPosts, title: str, body: str, *, is_open: bool
) -> str | None:
    """Make `body` the one issue of its kind and return its address; a second one is closed.

    None is made when there is none and it would be closed.
    """
    state = "open" if is_open else "closed"

    def read() -> list[Issue]:
        issues = (each for each in repository.get_issues(state="all") if each.pull_request is None)
        return sorted(issues, key=lambda issue: issue.number)

    present = own.among(read())
    if not present and not is_open:
        return None
    first, *doubles = present or own.made(
        "the issue", lambda: repository.create_issue(title, body), read
    )
    if (first.title, first.body, first.state) != (title, body, state):
        first.edit(title=title, body=body, state=state)
    for double in doubles:
        if double.state == "open":
            double.edit(state="closed")
    return str(first.html_url)


@contextmanager
def unless_gone() -> Iterator[None]:
    """Let pass that what is to be removed is not there: another run was faster."""
    from github import UnknownObjectException

    try:
        yield
    except UnknownObjectException:
        return
