"""`rexrank score-sealed`: what is not public, scored in the trusted job; aggregates leave."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from bot.cli.options import IMAGE_VARIABLE, catalog_option, exit_status, say
from bot.errors import SubmissionRejected, WrongUsage
from bot.jobs.scoring.stopping import Stopped, ending_with_codes, step

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.adapters.references.sealing import Opener
    from bot.adapters.references.store import FileReferenceStore
    from bot.domain.quota import QuotaBook
    from bot.jobs.installation import Installation
    from bot.jobs.scoring.sealed import Outcome
    from bot.ports import PullRequest


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


@click.command("score-sealed")
@click.argument("number", type=int)
@click.option("--head", required=True, help="Commit that is scored.")
@click.option(
    "--inspection",
    "inspection_folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder that `rexrank inspect` wrote about this commit.",
)
@click.option(
    "--output",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Empty or new folder that gets inspection.json and scores/.",
)
@click.option(
    "--engine",
    type=click.Choice(["docker", "podman"]),
    default="docker",
    show_default=True,
    help="Container engine. Nothing is scored outside a container.",
)
@click.option("--image", envvar=IMAGE_VARIABLE, help="Scorer image that the engine has.")
@click.option(
    "--remote",
    help="Address of the repository with the branch `ledger`. Where a quota counts, nothing is "
    "scored without a reservation there.",
)
@click.option("--timeout", "timeout_s", type=float, default=3000.0, show_default=True)
@catalog_option
def score_sealed(
    number: int,
    head: str,
    inspection_folder: Path,
    output: Path,
    engine: Literal["docker", "podman"],
    image: str | None,
    remote: str | None,
    timeout_s: float,
    catalog_folder: Path | None,
) -> int:
    """Score the boards of a pull request that are not public, and its public ones again.

    Takes the identity (REXRANK_AGE_IDENTITY), the token of the private store
    (REXRANK_PRIVATE_STORE_TOKEN) and the bot's token out of the environment. What leaves is rounded
    aggregates, sealed per-study tables, and findings as codes and counts; every byte of it was
    searched for the references and the reports. Errors are codes: see `rexrank explain`.
    """
    from bot.adapters.disk.files import write_files
    from bot.adapters.scorer.container import ContainerSandbox
    from bot.jobs.installation import Installation
    from bot.jobs.scoring.sealed import (
        check_head,
        check_reserved,
        read_inspected,
        score_unlocked,
        unlock,
    )

    if not image:
        raise WrongUsage(f"--image or {IMAGE_VARIABLE} is needed")
    if output.exists() and any(output.iterdir()):
        raise WrongUsage(f"{output} is not empty; what lies there was not searched")
    installation = Installation(catalog_folder)
    with ending_with_codes() as printed:
        secrets = take_secrets(installation, number, remote)
        read_pull, read_book = secrets.read_pull, secrets.read_book
        pull = check_head(read_pull, head)
        inspected = read_inspected(installation, inspection_folder, head)
        check_reserved(installation, inspected, pull, read_book)
        unlocked = unlock(installation, inspected, secrets.opener, secrets.store, pull.author_id)
        # Neither the identity nor the store's token is needed from here on.
        del secrets
        sandbox = ContainerSandbox(engine, image)
        outcome = score_unlocked(installation, inspected, unlocked, sandbox, timeout_s)
        check_reserved(installation, inspected, check_head(read_pull, head), read_book)
        if outcome.guard.finds(printed.getvalue().encode()):
            raise Stopped("sealed.leak", SubmissionRejected)
        write_files(output, outcome.files)
    click.echo(printed.getvalue(), err=True, nl=False)
    return write_summary(outcome)


def write_summary(outcome: Outcome) -> int:
    """Print the findings, tell the workflow what there is, and return the exit status."""
    from bot.adapters.disk.score_folder import SCORECARD
    from bot.adapters.github.actions import write_outputs
    from bot.domain.finding import has_errors
    from bot.render.words.console import render_findings

    inspection = outcome.inspection
    scored = sum(name.endswith(SCORECARD) for name in outcome.files)
    flags = {"scored": scored > 0, "compared": outcome.compared}
    write_outputs({name: "true" if flag else "false" for name, flag in flags.items()})
    if inspection.findings:
        say(render_findings(inspection.findings, "text").rstrip("\n"))
    say(f"{inspection.submission}: {scored} scorecards")
    return exit_status(has_errors(inspection.findings))


def take_secrets(installation: Installation, number: int, remote: str | None) -> Secrets:
    """Return what the job is trusted with, all of it taken out of the environment."""
    from bot.adapters.git.repository import scratch_repository
    from bot.adapters.github.connection import Connection
    from bot.adapters.github.host import GitHubHost
    from bot.adapters.references.private import take_private_store
    from bot.adapters.references.sealing import take_opener, take_secret
    from bot.jobs.installation import REPOSITORY_VARIABLE, TOKEN_VARIABLE, api_url
    from bot.render.pull_request.comment import MARKER

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
    repository = os.environ.get(REPOSITORY_VARIABLE)
    if not repository or not token:
        raise Stopped("sealed.no-answer")
    connection = Connection(repository, token, api_url=api_url())
    pulls = GitHubHost(connection, bot_login=installation.bot_login, marker=MARKER)

    def read_book(address: str) -> QuotaBook:
        with scratch_repository(token) as repository:
            return installation.quota(repository, address).book()

    read = partial(read_book, remote) if remote else None
    return Secrets(opener, store, lambda: pulls.read(number), read)
