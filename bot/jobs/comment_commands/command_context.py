"""What every command needs: the gate and the records it works with, the entry, and its reply."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.manifest import Manifest
from bot.domain.owners import EntryOwners
from bot.domain.submission import SUBMISSIONS_FOLDER
from bot.domain.value import SLUG
from bot.errors import RexrankError
from bot.pipeline.merging.gate import Repository
from bot.pipeline.merging.merge import Gate
from bot.pipeline.pull_request.entries import read_manifest
from bot.ports import OwnerRecords, PullRequest, Tombstones
from bot.render.words.markdown import code

RESCORE_WORKFLOW = "submission.yml"
SEALED_WORKFLOW = "score-sealed.yml"
PUBLISH_WORKFLOW = "publish.yml"
NO_ENTRY = "This pull request is not about one entry."


@dataclass(frozen=True)
class CommandContext:
    """What commands are answered with."""

    gate: Gate
    """The code host, the catalog, and what a merge goes through."""
    tombstones: Tombstones
    """Withdrawn entries."""
    owners: OwnerRecords
    """Owners of entries."""
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
class PullEntry:
    """The entry that a pull request is about."""

    submission: str
    """Its folder's name."""
    manifest: Manifest | None
    """Its manifest on the target branch, None when it is not there."""
    record: EntryOwners | None
    """The ledger's record of its owners."""


def find_entry(files: Sequence[str], repository: Repository) -> PullEntry | None:
    """Return the only entry that some paths are about, None when it is not exactly one."""
    parts = [path.split("/") for path in files]
    names = {path[1] for path in parts if path[0] == SUBMISSIONS_FOLDER and len(path) > 2}
    if len(names) != 1:
        return None
    (name,) = names
    if not re.search(SLUG, name):
        return None
    manifest = read_manifest(repository.git, repository.target, name)
    return PullEntry(name, manifest, repository.owners.get(name))


def refuse(who: str) -> Reply:
    """Return the answer to somebody who may not give a command."""
    return Reply(done=False, body=f"This command is for {who}. Nothing was done.")


def start_scoring(workflow: str, pull: PullRequest, context: CommandContext) -> Reply:
    """Start a workflow that scores a pull request."""
    if pull.state != "open":
        return Reply(done=False, body=f"This pull request is {pull.state}. Nothing was started.")
    inputs = {"number": str(pull.number), "head": pull.head}
    if not context.gate.pulls.dispatch(workflow, context.gate.branch, inputs):
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
