"""Commands about the ownership of an entry: confirm, transfer and withdraw."""

from __future__ import annotations

from bot.checks.merging.ownership import describe_other_account
from bot.domain.manifest import MANIFEST_FILE
from bot.domain.owners import EntryOwners, Person
from bot.domain.submission import SUBMISSIONS_FOLDER
from bot.domain.withdrawal import Withdrawal
from bot.errors import Misconfigured
from bot.jobs.comment_commands.command_context import (
    NO_ENTRY,
    PUBLISH_WORKFLOW,
    RESCORE_WORKFLOW,
    CommandContext,
    PullEntry,
    Reply,
    find_entry,
    refuse,
    start_scoring,
)
from bot.jobs.comment_commands.comment_command import Command, Comment
from bot.pipeline.merging.gate import Repository
from bot.pipeline.pull_request.entries import read_manifest
from bot.ports import PullRequest
from bot.render.pull_request.answers import render_transfer
from bot.render.words.markdown import code, text


def owns(comment: Comment, entry: PullEntry) -> bool:
    """Return whether an entry that is on the target branch is the commenter's.

    Where the ledger has a record, login and id must both fit; before that the manifest decides.
    """
    if entry.manifest is None:
        return False
    if entry.record is not None:
        return entry.record.find(comment.login, comment.user_id) is not None
    return comment.login.casefold() in {name.casefold() for name in entry.manifest.submitters}


def refuse_stranger(comment: Comment, entry: PullEntry | None) -> Reply:
    """Return the answer to somebody who does not own an entry, or no longer under this login."""
    record = entry.record if entry else None
    if record and record.contradicts(comment.login, comment.user_id):
        why = describe_other_account(comment.login, record)
        return Reply(done=False, body=f"Nothing was done: {text(why)}.")
    return refuse("a submitter of the entry, or a maintainer")


def confirm(
    entry: PullEntry | None,
    comment: Comment,
    pull: PullRequest,
    repository: Repository,
    context: CommandContext,
) -> Reply:
    """Start the checks again for somebody whom the entry names, and who said so by commenting."""
    if pull.state != "open":
        return Reply(done=False, body=f"This pull request is {pull.state}. Nothing was started.")
    if entry is None:
        return Reply(done=False, body=NO_ENTRY)
    if entry.record and entry.record.contradicts(comment.login, comment.user_id):
        return refuse_stranger(comment, entry)
    named = {login.casefold() for login in named_people(entry, pull, repository)}
    if comment.login.casefold() not in named:
        return refuse("those whom the manifest of this pull request names under submitters")
    return start_scoring(RESCORE_WORKFLOW, pull, context)


def named_people(entry: PullEntry, pull: PullRequest, repository: Repository) -> tuple[str, ...]:
    """Return the submitters that a pull request's manifest names; none when it cannot be read."""
    try:
        manifest = read_manifest(repository.git, pull.head, entry.submission)
    except Misconfigured:  # it has errors, or the head was replaced: its check says so
        return ()
    return manifest.submitters if manifest else ()


def transfer(
    command: Command, comment: Comment, pull: PullRequest, context: CommandContext
) -> Reply:
    """Record the owners that a maintainer decided on, and start the checks again."""
    repository = context.gate.open_repository(pull)
    entry = find_entry(context.gate.pulls.files(pull.number), repository)
    if entry is None:
        return Reply(done=False, body=NO_ENTRY)
    found = {login: context.gate.pulls.account(login) for login in command.logins}
    unknown = [login for login, person in found.items() if person is None]
    if unknown:
        names = ", ".join(map(text, unknown))
        return Reply(done=False, body=f"Nothing was done: no person has the login {names}.")
    people = {person.user_id: person for person in found.values() if person}
    record = EntryOwners(
        submission=entry.submission,
        people=tuple(people.values()),
        decided_by=Person(login=comment.login, user_id=comment.user_id),
        pull=pull.number,
        comment=comment.id,
    )
    stands = context.owners.decide(record)
    started = pull.state == "open" and start_scoring(RESCORE_WORKFLOW, pull, context).done
    path = f"{SUBMISSIONS_FOLDER}/{entry.submission}/{MANIFEST_FILE}"
    submitters = entry.manifest.submitters if entry.manifest else None
    return Reply(done=True, body=render_transfer(stands, path, submitters, is_started=started))


def withdraw(
    entry: PullEntry, comment: Comment, pull: PullRequest, context: CommandContext
) -> Reply:
    """Record that an entry was withdrawn, when it is on the leaderboard and this is its place."""
    name = code(entry.submission)
    remove = f"open a pull request that removes {code(f'{SUBMISSIONS_FOLDER}/{entry.submission}/')}"
    if entry.manifest is None:
        body = f"{name} is not on the leaderboard. To withdraw it, close this pull request."
        return Reply(done=False, body=body)
    if pull.state != "merged":
        body = (
            f"{name} is on the leaderboard, and this pull request only changes it. Give the "
            f"command on a pull request of it that was merged, or {remove}. To take back this "
            "change alone, close this pull request."
        )
        return Reply(done=False, body=body)
    withdrawal = Withdrawal(
        submission=entry.submission,
        login=comment.login,
        user_id=comment.user_id,
        pull=pull.number,
        comment=comment.id,
    )
    added = context.tombstones.add(withdrawal)
    started = context.gate.pulls.dispatch(PUBLISH_WORKFLOW, context.gate.branch, {})
    when = "when the leaderboard is made again, which was started"
    if not started:
        when = f"when a maintainer runs {code(PUBLISH_WORKFLOW)}"
    done = "was withdrawn" if added else "had been withdrawn before"
    body = (
        f"{name} {done} by {text(comment.login)}: its rows go {when}. This is for good: a new "
        f"submission needs another name. Its files stay until they are removed: {remove}."
    )
    return Reply(done=True, body=body)
