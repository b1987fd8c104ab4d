"""Pull requests: what they ask for, who takes part, their labels, and their merge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, cast

from bot.adapters.github.posts import unless_gone
from bot.adapters.github.users import is_gone, people_of
from bot.domain.owners import Person
from bot.errors import Misconfigured
from bot.ports import MergeMessage, OpenPull, PullRequest, Review, ReviewState

if TYPE_CHECKING:
    from github.Repository import Repository

REFUSALS = {405, 409}
"""The branch's rules forbid a merge, or the head has moved."""


def read_pull(repository: Repository, number: int) -> PullRequest:
    """Return a pull request as it is now."""
    pull = repository.get_pull(number)
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


def list_open(repository: Repository, branch: str) -> tuple[OpenPull, ...]:
    """Return the open pull requests that ask to change a branch, oldest first."""
    pulls = repository.get_pulls(state="open", base=branch, direction="asc")
    return tuple(
        OpenPull(each.number, each.head.sha, each.updated_at or each.created_at) for each in pulls
    )


def list_files(repository: Repository, number: int) -> tuple[str, ...]:
    """Return the paths that a pull request changes; a renamed file has two."""
    files = repository.get_pull(number).get_files()
    pairs = [(file.previous_filename, file.filename) for file in files]
    return tuple(dict.fromkeys(path for pair in pairs for path in pair if path))


def list_participants(repository: Repository, number: int) -> tuple[Person, ...]:
    """Return who opened a pull request, commented on it or reviewed it; no bots.

    Who wrote a commit is not among them: anybody can write any name there.
    """
    pull = repository.get_pull(number)
    comments = repository.get_issue(number).get_comments()
    users: list[Any] = [pull.user, *(comment.user for comment in comments)]
    users += [review.user for review in pull.get_reviews()]
    return people_of(users)


def list_reviews(repository: Repository, number: int) -> tuple[Review, ...]:
    """Return the reviews of a pull request, oldest first."""
    return tuple(
        Review(
            review.user.login if review.user else "",  # None when the account is gone
            cast("ReviewState", review.state),
            review.commit_id or "",
        )
        for review in repository.get_pull(number).get_reviews()
    )


def set_labels(
    repository: Repository, number: int, labels: Sequence[str], managed: Sequence[str]
) -> None:
    """Set the bot's labels: of `managed` exactly `labels` stay; others are left alone.

    A label that the repository does not have is never made: set-up makes them, and a job that
    answers strangers lacks the permission to.
    """
    issue = repository.get_issue(number)
    # GitHub does not tell labels apart by case.
    present = {label.name.casefold() for label in issue.get_labels()}
    for name in managed:
        if name.casefold() in present and name not in labels:
            with unless_gone():
                issue.remove_from_labels(name)
    missing = [name for name in labels if name.casefold() not in present]
    if not missing:
        return
    known = {label.name.casefold() for label in repository.get_labels()}
    unknown = [name for name in missing if name.casefold() not in known]
    if unknown:
        raise Misconfigured(
            f"the repository has no label {', '.join(map(repr, unknown))}; `rexrank setup` makes it"
        )
    issue.add_to_labels(*missing)


def merge_head(
    repository: Repository, number: int, head: str, message: MergeMessage | None, *, squash: bool
) -> str:
    """Merge exactly this head; return an empty text, or why GitHub refused.

    GitHub merges into the target branch of that moment, whatever was judged: no parameter
    says which commit it must be.
    """
    from github import GithubException
    from github.GithubObject import NotSet

    pull = repository.get_pull(number)
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
