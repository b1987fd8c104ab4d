"""`rexrank command`: the answer to a command in a comment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
from pydantic import BaseModel, ValidationError

from bot.cli.options import branch_option, catalog_option, remote_option, say
from bot.errors import Misconfigured
from bot.jobs.upstream import app_option

if TYPE_CHECKING:
    from bot.jobs.comment_commands.comment_command import Comment


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


@click.command()
@click.option(
    "--event",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Payload of the event issue_comment.",
)
@remote_option
@branch_option
@app_option
@catalog_option
def command(
    event: Path, remote: str, branch: str, app_id: int, catalog_folder: Path | None
) -> None:
    """Carry out the command of a new comment and answer it once.

    Edited comments, comments on issues, and those of bots are no commands. The same event again
    changes nothing.
    """
    from bot.adapters.disk.files import read_bytes
    from bot.adapters.github.actions import run_url
    from bot.jobs.comment_commands.command_desk import Desk
    from bot.jobs.comment_commands.commands import answer_command
    from bot.jobs.installation import Installation
    from bot.jobs.upstream import make_gate, open_pulls, open_upstream

    comment = read_event(read_bytes(event))
    if comment is None:
        say("not a new comment of a person on a pull request")
        return
    installation = Installation(catalog_folder)
    with open_upstream(installation, remote, branch) as upstream:
        desk = Desk(
            gate=make_gate(installation, open_pulls(installation), upstream, branch, app_id),
            tombstones=upstream.tombstones,
            owners=upstream.owners,
            run_url=run_url(),
        )
        reply = answer_command(comment, desk)
    if reply is None:
        say("no command, or it has its answer")
        return
    if reply.unseen is not None:
        say(f"reaction: not written: {reply.unseen}")
    say(f"comment {comment.id}: {'done' if reply.done else 'refused'}")


def read_event(data: bytes) -> Comment | None:
    """Return the comment of an event, None when it cannot hold a command.

    Raises:
        Misconfigured: The file is no payload of `issue_comment`.
    """
    from bot.jobs.comment_commands.comment_command import Comment

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
