"""Commands in comments: who may give them, what they do, and the one answer to each."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from bot.checks.ownership import describe_other_account
from bot.domain.catalog import Catalog
from bot.domain.manifest import MANIFEST_FILE, Manifest
from bot.domain.owners import EntryOwners, Person
from bot.domain.submission import SUBMISSIONS_FOLDER
from bot.domain.value import SLUG
from bot.domain.withdrawal import Withdrawal
from bot.errors import Misconfigured, RexrankError, ServiceUnavailable
from bot.pipeline.entries import read_manifest
from bot.pipeline.gate import WRITERS, Repository, gather_facts, judge
from bot.pipeline.merging import Gate, merge_judged, verify_merge
from bot.pipeline.validate import ReadTexts
from bot.ports import Maintenance, OwnerRecords, Permission, PullRequest, Tombstones
from bot.render.answers import (
    HELP,
    Audit,
    answer_marker,
    render_answer,
    render_merge,
    render_status,
    render_transfer,
)
from bot.render.markdown import code, text

Name = Literal[
    "help", "status", "confirm", "rescore", "score", "merge", "withdraw", "transfer", "unknown"
]

PREFIX = "/rexrank"
MAX_LINE_CHARS = 300
MAX_LOGINS = 10
LOGIN = re.compile(r"[A-Za-z0-9](-?[A-Za-z0-9]){0,38}")
FOR_MAINTAINERS = frozenset({"rescore", "score", "merge", "transfer"})
SQUASH = "--squash"
RESCORE_WORKFLOW = "submission.yml"
SEALED_WORKFLOW = "score-sealed.yml"
PUBLISH_WORKFLOW = "publish.yml"


@dataclass(frozen=True)
class Comment:
    """A new comment on a pull request, as the event tells it."""

    id: int
    """Its number."""
    number: int
    """The pull request's number."""
    login: str
    """Who wrote it."""
    user_id: int
    """Numeric id of that user."""
    body: str
    """What was written."""


@dataclass(frozen=True)
class Command:
    """What a comment asks for."""

    name: Name
    """Which command; `unknown` for a word that is none."""
    logins: tuple[str, ...] = ()
    """Logins after `transfer`."""
    squash: bool = False
    """Whether `merge` makes one commit."""

    @property
    def line(self) -> str:
        """The command as it was understood."""
        return " ".join((PREFIX, self.name, *self.logins, *([SQUASH] if self.squash else [])))


@dataclass(frozen=True)
class Desk:
    """What commands are answered with."""

    pulls: Maintenance
    """The code host."""
    tombstones: Tombstones
    """Withdrawn entries."""
    owners: OwnerRecords
    """Whose entries are."""
    open_repository: Callable[[PullRequest], Repository]
    """Fetches what the gate and the manifests are read from."""
    read_tip: Callable[[], str]
    """Fetches the tip of the branch with the entries."""
    catalog: Catalog
    """What this leaderboard is."""
    read_texts: ReadTexts
    """Reference texts that may be used here."""
    branch: str
    """Branch with the entries."""
    app_id: int
    """App whose check counts."""
    run_url: str | None
    """Address of this run."""


@dataclass(frozen=True)
class Reply:
    """What came of a command."""

    done: bool
    """Whether it was carried out."""
    body: str
    """Markdown."""
    unseen: RexrankError | None = None
    """Why there is no reaction under the comment, None when there is one."""


@dataclass(frozen=True)
class Entry:
    """The entry that a pull request is about."""

    submission: str
    """Its folder's name."""
    manifest: Manifest | None
    """Its manifest on the target branch, None when it is not there."""
    record: EntryOwners | None
    """The ledger's record of its owners."""


def parse_command(body: str) -> Command | None:
    r"""Return the command on the first line of a comment, None when there is none.

    Example:
        >>> parse_command("/rexrank transfer ada  grace\r\nThanks!")
        Command(name='transfer', logins=('ada', 'grace'), squash=False)
        >>> parse_command("Try /rexrank help")
    """
    line = body[: MAX_LINE_CHARS + 1].split("\n", 1)[0].rstrip()
    words = line.split()
    if not line.startswith(PREFIX) or words[0] != PREFIX:
        return None
    if len(line) > MAX_LINE_CHARS or len(words) < 2:
        return Command("unknown")
    name: Name | None = next((one for one in get_args(Name) if one == words[1]), None)
    logins = tuple(words[2:])
    if name is None or name == "unknown":
        return Command("unknown")
    if name == "transfer":
        fits = 0 < len(logins) <= MAX_LOGINS and all(LOGIN.fullmatch(login) for login in logins)
        return Command(name, logins) if fits else Command("unknown")
    if name == "merge" and logins == (SQUASH,):
        return Command(name, squash=True)
    return Command(name) if not logins else Command("unknown")


def answer_command(comment: Comment, desk: Desk) -> Reply | None:
    """Carry out the command of a comment; return None when there is none or it was answered.

    The answer comes last: while there is none, the same event may be sent again, and when there
    is one, everything before it was done.
    """
    command = parse_command(comment.body)
    marker = answer_marker(comment.id)
    if command is None or desk.pulls.has_answer(comment.number, marker):
        return None
    pull = desk.pulls.read(comment.number)
    permission = desk.pulls.permission(comment.login)
    reply = carry_out(command, comment, pull, permission, desk)
    audit = Audit(
        command=command.line,
        login=comment.login,
        user_id=comment.user_id,
        permission=permission,
        comment=comment.id,
        head=pull.head,
        run_url=desk.run_url,
    )
    unseen = None
    try:
        desk.pulls.react(comment.number, comment.id, "+1" if reply.done else "confused")
    except (Misconfigured, ServiceUnavailable) as error:
        unseen = error  # a reaction is for the eye: the answer says the same
    desk.pulls.write_answer(comment.number, marker, render_answer(reply.body, audit))
    return replace(reply, unseen=unseen)


def carry_out(
    command: Command, comment: Comment, pull: PullRequest, permission: Permission, desk: Desk
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
        return serve_maintainer(command, comment, pull, desk)
    return serve_submitter(command, comment, pull, desk, maintains=maintains)


def serve_maintainer(command: Command, comment: Comment, pull: PullRequest, desk: Desk) -> Reply:
    """Return what came of a command that only a maintainer may give."""
    if command.name == "merge":
        return merge(command, pull, desk)
    if command.name == "transfer":
        return transfer(command, comment, pull, desk)
    return start(command, pull, desk)


def serve_submitter(
    command: Command, comment: Comment, pull: PullRequest, desk: Desk, *, maintains: bool
) -> Reply:
    """Return what came of a command that the people of the entry may give."""
    repository = desk.open_repository(pull)
    entry = find_entry(desk.pulls.files(pull.number), repository)
    if command.name == "confirm":
        return confirm(entry, comment, pull, repository, desk)
    is_author = (comment.login.casefold(), comment.user_id) == (
        pull.author.casefold(),
        pull.author_id,
    )
    counts_author = command.name == "status" or entry is None or entry.manifest is None
    if not (maintains or (is_author and counts_author) or (entry and owns(comment, entry))):
        return refuse_stranger(comment, entry)
    if command.name == "status":
        facts = gather_facts(desk.pulls, pull, repository, desk.catalog, desk.read_texts)
        verdict = judge(facts, desk.catalog, branch=desk.branch, app_id=desk.app_id)
        return Reply(done=True, body=render_status(pull.state, pull.head, verdict.reasons))
    if entry is None:
        return Reply(done=False, body="This pull request is not about one entry.")
    return withdraw(entry, comment, pull, desk)


def owns(comment: Comment, entry: Entry) -> bool:
    """Return whether an entry that is on the target branch is the commenter's.

    Where the ledger has a record, login and id must both fit; before that the manifest decides.
    """
    if entry.manifest is None:
        return False
    if entry.record is not None:
        return entry.record.find(comment.login, comment.user_id) is not None
    return comment.login.casefold() in {name.casefold() for name in entry.manifest.submitters}


def refuse_stranger(comment: Comment, entry: Entry | None) -> Reply:
    """Return the answer to somebody who does not own an entry, or no longer under this login."""
    record = entry.record if entry else None
    if record and record.contradicts(comment.login, comment.user_id):
        why = describe_other_account(comment.login, record)
        return Reply(done=False, body=f"Nothing was done: {text(why)}.")
    return refuse("a submitter of the entry, or a maintainer")


def confirm(
    entry: Entry | None, comment: Comment, pull: PullRequest, repository: Repository, desk: Desk
) -> Reply:
    """Start the checks again for somebody whom the entry names, and who said so by commenting."""
    if pull.state != "open":
        return Reply(done=False, body=f"This pull request is {pull.state}. Nothing was started.")
    if entry is None:
        return Reply(done=False, body="This pull request is not about one entry.")
    if entry.record and entry.record.contradicts(comment.login, comment.user_id):
        return refuse_stranger(comment, entry)
    named = {login.casefold() for login in named_people(entry, pull, repository)}
    if comment.login.casefold() not in named:
        return refuse("those whom the manifest of this pull request names under submitters")
    return start(Command("rescore"), pull, desk)


def named_people(entry: Entry, pull: PullRequest, repository: Repository) -> tuple[str, ...]:
    """Return the submitters that a pull request's manifest names; none when it cannot be read."""
    try:
        manifest = read_manifest(repository.git, pull.head, entry.submission)
    except Misconfigured:  # it has errors, or the head was replaced: its check says so
        return ()
    return manifest.submitters if manifest else ()


def refuse(who: str) -> Reply:
    """Return the answer to somebody who may not give a command."""
    return Reply(done=False, body=f"This command is for {who}. Nothing was done.")


def start(command: Command, pull: PullRequest, desk: Desk) -> Reply:
    """Start the workflow that scores a pull request."""
    if pull.state != "open":
        return Reply(done=False, body=f"This pull request is {pull.state}. Nothing was started.")
    inputs = {"number": str(pull.number), "head": pull.head}
    workflow = SEALED_WORKFLOW
    if command.name == "rescore":
        workflow = RESCORE_WORKFLOW
    if not desk.pulls.dispatch(workflow, desk.branch, inputs):
        return Reply(
            done=False,
            body=f"This leaderboard has no workflow {code(workflow)}. Score the predictions where "
            "the references and keys are, and record the scorecards in the ledger.",
        )
    return Reply(
        done=True,
        body=f"Started {code(workflow)} for {code(pull.head[:12])}. Its result changes the bot's "
        "comment; a push in the meantime makes it void.",
    )


def merge(command: Command, pull: PullRequest, desk: Desk) -> Reply:
    """Merge a pull request through the gate, and start what the merge itself does not start.

    What the run's own token merges starts no workflow.
    """
    gate = Gate(
        pulls=desk.pulls,
        open_repository=desk.open_repository,
        read_tip=desk.read_tip,
        catalog=desk.catalog,
        read_texts=desk.read_texts,
        branch=desk.branch,
        app_id=desk.app_id,
    )
    if pull.state == "merged":  # by somebody, or by an earlier attempt that could not answer
        outcome = verify_merge(pull, gate)
    else:
        outcome = merge_judged(pull.number, gate, squash=command.squash)
    started = outcome.commit is not None and desk.pulls.dispatch(PUBLISH_WORKFLOW, desk.branch, {})
    body = render_merge(outcome.head, outcome.commit, outcome.reasons, started=started)
    return Reply(done=not outcome.reasons, body=body)


def find_entry(files: Sequence[str], repository: Repository) -> Entry | None:
    """Return the only entry that some paths are about, None when it is not exactly one."""
    parts = [path.split("/") for path in files]
    names = {path[1] for path in parts if path[0] == SUBMISSIONS_FOLDER and len(path) > 2}
    if len(names) != 1:
        return None
    (name,) = names
    if not re.search(SLUG, name):
        return None
    manifest = read_manifest(repository.git, repository.target, name)
    return Entry(name, manifest, repository.owners.get(name))


def transfer(command: Command, comment: Comment, pull: PullRequest, desk: Desk) -> Reply:
    """Record whose an entry is, as a maintainer decided, and start the checks again."""
    repository = desk.open_repository(pull)
    entry = find_entry(desk.pulls.files(pull.number), repository)
    if entry is None:
        return Reply(done=False, body="This pull request is not about one entry.")
    found = {login: desk.pulls.account(login) for login in command.logins}
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
    stands = desk.owners.decide(record)
    started = pull.state == "open" and start(Command("rescore"), pull, desk).done
    path = f"{SUBMISSIONS_FOLDER}/{entry.submission}/{MANIFEST_FILE}"
    submitters = entry.manifest.submitters if entry.manifest else None
    return Reply(done=True, body=render_transfer(stands, path, submitters, is_started=started))


def withdraw(entry: Entry, comment: Comment, pull: PullRequest, desk: Desk) -> Reply:
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
    added = desk.tombstones.add(withdrawal)
    started = desk.pulls.dispatch(PUBLISH_WORKFLOW, desk.branch, {})
    when = "when the leaderboard is made again, which was started"
    if not started:
        when = f"when a maintainer runs {code(PUBLISH_WORKFLOW)}"
    done = "was withdrawn" if added else "had been withdrawn before"
    body = (
        f"{name} {done} by {text(comment.login)}: its rows go {when}. This is for good: a new "
        f"submission needs another name. Its files stay until they are removed: {remove}."
    )
    return Reply(done=True, body=body)
