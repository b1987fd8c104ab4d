"""A command in a comment: read from its event, carried out and answered."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError

from bot.adapters.disk.files import read_bytes
from bot.adapters.github.actions import run_url
from bot.errors import Misconfigured
from bot.jobs.comment_commands.command_context import CommandContext, Reply
from bot.jobs.comment_commands.commands import answer_command
from bot.jobs.comment_commands.comment_command import Comment
from bot.jobs.installation import Installation
from bot.jobs.pull_request.gate import make_gate
from bot.jobs.upstream import pushing_upstream


class EventUser(BaseModel):
    """The author of the comment."""

    login: str
    id: int
    type: str


class EventComment(BaseModel):
    """The comment."""

    id: int
    body: str
    user: EventUser | None


class EventIssue(BaseModel):
    """The issue or pull request that was commented on."""

    number: int
    pull_request: dict[str, object] | None = None


class Event(BaseModel):
    """What is read of the event `issue_comment`."""

    action: Literal["created", "edited", "deleted"]
    issue: EventIssue
    comment: EventComment


def read_event(data: bytes) -> Comment | None:
    """Return the comment of an event, None when it cannot hold a command.

    Raises:
        Misconfigured: The file is no payload of `issue_comment`.
    """
    try:
        event = Event.model_validate_json(data)
    except ValidationError as error:
        raise Misconfigured(f"not an issue_comment event; {error.error_count()} faults") from error
    user = event.comment.user
    if event.action != "created" or event.issue.pull_request is None:
        return None
    if user is None or user.type != "User":
        return None
    return Comment(
        id=event.comment.id,
        number=event.issue.number,
        login=user.login,
        user_id=user.id,
        body=event.comment.body,
    )


def read_comment(payload: Path) -> Comment | None:
    """Return the comment of an event's file; the rest is as with `read_event`."""
    return read_event(read_bytes(payload))


def answer_comment(
    installation: Installation, comment: Comment, remote: str, branch: str, app_id: int
) -> Reply | None:
    """Carry out a comment's command and answer it; None when it holds none, or has its answer.

    Args:
        installation: Has the catalog.
        comment: What somebody wrote.
        remote: Address of the leaderboard's repository.
        branch: Branch with the entries.
        app_id: App whose check counts.
    """
    with pushing_upstream(installation, remote, branch) as upstream:
        context = CommandContext(
            gate=make_gate(upstream, installation.host(), app_id),
            tombstones=upstream.tombstones,
            owners=upstream.owners,
            run_url=run_url(),
        )
        return answer_command(comment, context)
