"""The trusted job from its secrets to what may leave, or to a code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from bot.adapters.disk.files import write_files
from bot.adapters.git.repository import scratch_repository
from bot.adapters.github.actions import write_outputs
from bot.adapters.references.private import take_private_store
from bot.adapters.references.sealing import Opener, take_opener, take_secret
from bot.adapters.references.store import FileReferenceStore
from bot.adapters.scorer.container import ContainerSandbox
from bot.domain.quota import QuotaBook
from bot.errors import SubmissionRejected, WrongUsage
from bot.jobs.console import say
from bot.jobs.environment import TOKEN_VARIABLE
from bot.jobs.installation import Installation
from bot.jobs.scoring.sealed import (
    Outcome,
    check_head,
    check_reserved,
    read_inspected,
    score_unlocked,
    unlock,
)
from bot.jobs.scoring.stopping import Stopped, ending_with_codes, step
from bot.jobs.upstream import Upstream
from bot.ports import PullRequest


@dataclass(frozen=True)
class SealedPull:
    """What is to be scored, and how."""

    number: int
    """The pull request."""
    head: str
    """Its commit that is scored."""
    inspection: Path
    """Folder of what was inspected."""
    output: Path
    """Empty or new folder that gets what may leave."""
    remote: str | None
    """Address of the repository with the ledger, which knows what was reserved."""
    engine: Literal["docker", "podman"]
    """Engine of the container."""
    image: str
    """Scorer image."""
    timeout_s: float
    """Seconds for the container."""


@dataclass(frozen=True)
class Secrets:
    """What was taken out of the environment, and is in no child process."""

    opener: Opener
    """Opens sealed files."""
    store: FileReferenceStore
    """Holds the private references."""
    read_pull: Callable[[], PullRequest]
    """Returns the pull request as it is now."""
    read_book: Callable[[], QuotaBook] | None
    """Returns what the ledger says about quotas now; None when nobody said where it is."""


def score_sealed_pull(installation: Installation, asked: SealedPull) -> Outcome:
    """Score what is not public, write what may leave, and return it.

    Raises:
        RexrankError: The job ends with a code; nothing was written.
    """
    if asked.output.exists() and any(asked.output.iterdir()):
        raise WrongUsage(f"{asked.output} is not empty; what lies there was not searched")
    with ending_with_codes() as printed:
        secrets = take_secrets(installation, asked.number, asked.remote)
        read_pull, read_book = secrets.read_pull, secrets.read_book
        pull = check_head(read_pull, asked.head)
        inspected = read_inspected(installation, asked.inspection, asked.head)
        check_reserved(installation, inspected, pull, read_book)
        unlocked = unlock(installation, inspected, secrets.opener, secrets.store, pull.author_id)
        # Neither the identity nor the store's token is needed from here on.
        del secrets
        sandbox = ContainerSandbox(asked.engine, asked.image)
        outcome = score_unlocked(installation, inspected, unlocked, sandbox, asked.timeout_s)
        check_reserved(installation, inspected, check_head(read_pull, asked.head), read_book)
        if outcome.guard.finds(printed.getvalue().encode()):
            raise Stopped("sealed.leak", SubmissionRejected)
        write_files(asked.output, outcome.files)
    for line in printed.getvalue().splitlines():
        say(line)
    tell_workflow(outcome)
    return outcome


def tell_workflow(outcome: Outcome) -> None:
    """Set the step's outputs: whether anything was scored, or held against references."""
    flags = {"scored": outcome.scored > 0, "compared": outcome.compared}
    write_outputs({name: "true" if flag else "false" for name, flag in flags.items()})


def take_secrets(installation: Installation, number: int, remote: str | None) -> Secrets:
    """Return what the job is trusted with, all of it taken out of the environment."""
    # Every one is taken before any is judged: none may be left for a child process.
    token = take_secret(TOKEN_VARIABLE)
    try:
        with step("sealed.no-identity"):
            opener = take_opener()
    finally:
        with step("sealed.no-store"):
            store = take_private_store(installation.folder)
    if not set(opener.recipients()) & set(installation.catalog.card.recipients):
        raise Stopped("sealed.wrong-identity")
    with step("sealed.no-answer"):
        host = installation.host(token)

    def read_book(address: str) -> QuotaBook:
        with scratch_repository(token) as repository:
            return Upstream(installation, repository, address).quota.book()

    read = partial(read_book, remote) if remote else None
    return Secrets(opener, store, lambda: host.read(number), read)
