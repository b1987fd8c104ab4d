"""Commands in comments: who may give them, what they do, and the one answer to each."""

from __future__ import annotations

from dataclasses import replace

from bot.errors import Misconfigured, ServiceUnavailable
from bot.jobs.comment_commands.command_context import (
    NO_ENTRY,
    PUBLISH_WORKFLOW,
    RESCORE_WORKFLOW,
    SEALED_WORKFLOW,
    CommandContext,
    Reply,
    find_entry,
    refuse,
    start_scoring,
)
from bot.jobs.comment_commands.comment_command import Command, Comment, parse_command
from bot.jobs.comment_commands.ownership_commands import (
    confirm,
    owns,
    refuse_stranger,
    transfer,
    withdraw,
)
from bot.pipeline.merging.gate import WRITERS, gather_facts, judge
from bot.pipeline.merging.merge import merge_judged, verify_merge
from bot.ports import Permission, PullRequest
from bot.render.pull_request.answers import (
    HELP,
    Audit,
    answer_marker,
    render_answer,
    render_merge,
    render_status,
)

FOR_MAINTAINERS = frozenset({"rescore", "score", "merge", "transfer"})


def answer_command(comment: Comment, context: CommandContext) -> Reply | None:
    """Carry out the command of a comment; return None when there is none or it was answered.

    The answer comes last: while there is none, the same event may be sent again, and when there
    is one, everything before it was done.
    """
    command = parse_command(comment.body)
    marker = answer_marker(comment.id)
    if command is None or context.gate.pulls.has_answer(comment.number, marker):
        return None
    pull = context.gate.pulls.read(comment.number)
    permission = context.gate.pulls.permission(comment.login)
    reply = carry_out(command, comment, pull, permission, context)
    audit = Audit(
        command=command.line,
        login=comment.login,
        user_id=comment.user_id,
        permission=permission,
        comment=comment.id,
        head=pull.head,
        run_url=context.run_url,
    )
    unseen = None
    try:
        context.gate.pulls.react(comment.number, comment.id, "+1" if reply.done else "confused")
    except (Misconfigured, ServiceUnavailable) as error:
        unseen = error  # a reaction is only a hint; the answer says the same
    context.gate.pulls.write_answer(comment.number, marker, render_answer(reply.body, audit))
    return replace(reply, unseen=unseen)


def carry_out(
    command: Command,
    comment: Comment,
    pull: PullRequest,
    permission: Permission,
    context: CommandContext,
) -> Reply:
    """Return what came of a command, after it was done."""
    if command.name == "unknown":
        return Reply(done=False, body=f"There is no such command.\n\n{HELP}")
    if command.name == "help":
        return Reply(done=True, body=HELP)
    maintains = permission in WRITERS
    if command.name in FOR_MAINTAINERS:
        if not maintains:
            return refuse("a maintainer, who may write to this repository")
        return serve_maintainer(command, comment, pull, context)
    return serve_submitter(command, comment, pull, context, maintains=maintains)


def serve_maintainer(
    command: Command, comment: Comment, pull: PullRequest, context: CommandContext
) -> Reply:
    """Return what came of a command that only a maintainer may give."""
    if command.name == "merge":
        return merge(command, pull, context)
    if command.name == "transfer":
        return transfer(command, comment, pull, context)
    workflow = RESCORE_WORKFLOW if command.name == "rescore" else SEALED_WORKFLOW
    return start_scoring(workflow, pull, context)


def serve_submitter(
    command: Command,
    comment: Comment,
    pull: PullRequest,
    context: CommandContext,
    *,
    maintains: bool,
) -> Reply:
    """Return what came of a command that the people of the entry may give."""
    repository = context.gate.open_repository(pull)
    entry = find_entry(context.gate.pulls.files(pull.number), repository)
    if command.name == "confirm":
        return confirm(entry, comment, pull, repository, context)
    is_author = (comment.login.casefold(), comment.user_id) == (
        pull.author.casefold(),
        pull.author_id,
    )
    counts_author = command.name == "status" or entry is None or entry.manifest is None
    if not (maintains or (is_author and counts_author) or (entry and owns(comment, entry))):
        return refuse_stranger(comment, entry)
    if command.name == "status":
        gate = context.gate
        facts = gather_facts(gate.pulls, pull, repository, gate.catalog, gate.read_texts)
        verdict = judge(facts, gate.catalog, branch=gate.branch, app_id=gate.app_id)
        return Reply(done=True, body=render_status(pull.state, pull.head, verdict.reasons))
    if entry is None:
        return Reply(done=False, body=NO_ENTRY)
    return withdraw(entry, comment, pull, context)


def merge(command: Command, pull: PullRequest, context: CommandContext) -> Reply:
    """Merge a pull request through the gate, and start what the merge itself does not start.

    What the run's own token merges starts no workflow.
    """
    if pull.state == "merged":  # by somebody, or by an earlier attempt that could not answer
        outcome = verify_merge(pull, context.gate)
    else:
        outcome = merge_judged(pull.number, context.gate, squash=command.squash)
    started = outcome.commit is not None and context.gate.pulls.dispatch(
        PUBLISH_WORKFLOW, context.gate.branch, {}
    )
    body = render_merge(outcome.head, outcome.commit, outcome.reasons, started=started)
    return Reply(done=not outcome.reasons, body=body)
