"""`rexrank score-sealed`: what is not public, scored in the trusted job; aggregates leave."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from bot.cli.options import catalog_option, exit_status, image_option
from bot.domain.finding import has_errors
from bot.errors import WrongUsage
from bot.jobs.console import say
from bot.jobs.environment import IMAGE_VARIABLE
from bot.jobs.installation import Installation
from bot.jobs.scoring.trusted import SealedPull, score_sealed_pull
from bot.render.words.console import render_findings


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
@image_option
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
    if not image:
        raise WrongUsage(f"--image or {IMAGE_VARIABLE} is needed")
    asked = SealedPull(number, head, inspection_folder, output, remote, engine, image, timeout_s)
    outcome = score_sealed_pull(Installation(catalog_folder), asked)
    findings = outcome.inspection.findings
    if findings:
        say(render_findings(findings, "text").rstrip("\n"))
    say(f"{outcome.inspection.submission}: {outcome.scored} scorecards")
    return exit_status(has_errors(findings))
