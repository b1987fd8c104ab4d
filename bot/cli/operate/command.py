"""`rexrank command`: the answer to a command in a comment."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import app_option, branch_option, catalog_option, remote_option
from bot.jobs.comment_commands.comment_event import answer_comment, read_comment
from bot.jobs.console import say
from bot.jobs.installation import Installation


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
    comment = read_comment(event)
    if comment is None:
        say("not a new comment of a person on a pull request")
        return
    reply = answer_comment(Installation(catalog_folder), comment, remote, branch, app_id)
    if reply is None:
        say("no command, or it has its answer")
        return
    if reply.unseen is not None:
        say(f"reaction: not written: {reply.unseen}")
    say(f"comment {comment.id}: {'done' if reply.done else 'refused'}")
