"""`rexrank score`: scorecards and per-study tables of submissions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import click

from bot.cli.options import catalog_option, image_option, metric_option, output_format
from bot.domain.scorecard import Scorecard
from bot.errors import WrongUsage
from bot.jobs.environment import IMAGE_VARIABLE
from bot.jobs.installation import Installation
from bot.jobs.scoring.batch import score_batch
from bot.jobs.scoring.score import Options, Way, open_executor
from bot.jobs.scoring.scorer import reported_columns
from bot.render.words.console import render_scores


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder that gets <submission>/<board>/scorecard.json and per-study.npz.",
)
@metric_option
@click.option("--resamples", type=click.IntRange(100, 100_000), default=1000, show_default=True)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True)
@click.option(
    "--official-none",
    is_flag=True,
    help="Spell missing reference parts as the official formatter does. For comparison only.",
)
@click.option(
    "--in-container",
    "engine",
    type=click.Choice(["docker", "podman"]),
    help="Score in a container without network, as the bot does.",
)
@image_option
@click.option("--jobs", type=click.IntRange(1, 512), help="Processes of this machine that work.")
@click.option("--scheduler", metavar="ADDRESS", help="Dask scheduler whose workers do the work.")
@click.option(
    "--timeout",
    "timeout_s",
    type=float,
    default=3000.0,
    show_default=True,
    help="Seconds for each submission in its container.",
)
@click.option(
    "--keep-going/--no-keep-going",
    default=None,
    help="Whether a submission that fails costs only itself. Unless said, with several FOLDERS.",
)
@click.option(
    "--container-log",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File that gets what the container printed. It can quote references.",
)
@output_format("text", "json")
@catalog_option
def score(
    folders: tuple[Path, ...],
    output: Path | None,
    metrics: tuple[str, ...],
    resamples: int,
    seed: int,
    official_none: bool,
    engine: Literal["docker", "podman"] | None,
    image: str | None,
    jobs: int | None,
    scheduler: str | None,
    timeout_s: float,
    keep_going: bool | None,
    container_log: Path | None,
    format_: str,
    catalog_folder: Path | None,
) -> int:
    """Score submission FOLDERS on every board whose references are on this machine.

    The same input gives the same bytes. A metric that cannot run here is reported as unavailable,
    with the reason; one that is asked for with --metric must run.

    Each submission's scores are written as they are made, whole or not at all. Of several, one that
    fails costs only itself: the rest goes on, OUTPUT gets <submission>.failed.json with the reason,
    and the exit status at the end is the highest of those that failed.
    """
    if engine and not image:
        raise WrongUsage(f"--in-container needs --image, or {IMAGE_VARIABLE}")
    if engine and catalog_folder:
        raise WrongUsage("the image has its own catalog; --catalog does not go with --in-container")
    executor = open_executor(jobs, scheduler, engine)
    options = Options(metrics, resamples, seed, official_none)
    installation = Installation(catalog_folder)
    way = Way(installation, options, executor, engine, image, timeout_s, container_log)
    keeps_going = len(folders) > 1 if keep_going is None else keep_going
    show = show_nothing if format_ == "json" else show_scores
    batch = score_batch(way, folders, output, show, keeps_going=keeps_going)
    if format_ == "json":
        rows = [card.model_dump(mode="json", exclude_none=True) for card in batch.cards]
        click.echo(json.dumps(rows, sort_keys=True, indent=2))
    batch.say_how_it_ended()
    return batch.exit_status


def show_scores(name: str, scorecards: Sequence[Scorecard]) -> None:
    """Print the scores of a submission."""
    click.echo(f"{name}\n")
    click.echo(render_scores(scorecards, reported_columns(scorecards)))


def show_nothing(name: str, scorecards: Sequence[Scorecard]) -> None:
    """Print nothing yet: JSON is one document."""
