"""`rexrank score`: scorecards and per-study tables of submissions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from bot.cli.options import (
    IMAGE_VARIABLE,
    catalog_option,
    metric_option,
    output_format,
    say,
)
from bot.errors import RexrankError, WrongUsage
from bot.jobs.scoring.score import Options, Way, open_executor

if TYPE_CHECKING:
    from bot.domain.score_failure import ScoreFailure
    from bot.domain.scorecard import Scorecard


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
@click.option("--image", envvar=IMAGE_VARIABLE, help="Scorer image that the engine has.")
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
    import json
    from contextlib import nullcontext

    from bot.adapters.disk.score_failures import forget_failure
    from bot.adapters.disk.score_folder import write_entry
    from bot.jobs.installation import Installation
    from bot.render.words.console import render_scores

    if engine and not image:
        raise WrongUsage(f"--in-container needs --image, or {IMAGE_VARIABLE}")
    if engine and catalog_folder:
        raise WrongUsage("the image has its own catalog; --catalog does not go with --in-container")
    executor = open_executor(jobs, scheduler, engine)
    installation = Installation(catalog_folder)
    options = Options(metrics, resamples, seed, official_none)
    way = Way(installation, options, executor, engine, image, timeout_s, container_log)
    keeps = len(folders) > 1 if keep_going is None else keep_going
    cards: list[Scorecard] = []
    failures: list[ScoreFailure] = []
    for path in folders:
        name = path.resolve().name
        with costs_one(name, failures, output) if keeps else nullcontext():
            scored = way.score(path)
            if output:
                write_entry(output, name, scored)
                forget_failure(output, name)
            own = [card for card, _ in scored]
            cards += own
            if format_ != "json":
                click.echo(f"{name}\n")
                click.echo(render_scores(own, installation.all_columns(own)))
    if format_ == "json":
        rows = [card.model_dump(mode="json", exclude_none=True) for card in cards]
        click.echo(json.dumps(rows, sort_keys=True, indent=2))
    if output:
        say(f"wrote {len(cards)} scorecards to {output}")
    if failures:
        names = ", ".join(each.submission for each in failures)
        say(f"not scored: {len(failures)} of {len(folders)} submissions: {names}")
    return max((each.exit_status for each in failures), default=0)


@contextmanager
def costs_one(name: str, failures: list[ScoreFailure], output: Path | None) -> Iterator[None]:
    """Note what goes wrong with one submission, say it and write it down; the rest goes on."""
    from bot.adapters.disk.score_failures import write_failure
    from bot.domain.score_failure import MAX_REASON, ScoreFailure
    from bot.jobs.scoring.stopping import place_of

    status, reason = 0, ""
    try:
        yield
    except RexrankError as error:
        status, reason = error.exit_status, str(error)
    except Exception as error:  # noqa: BLE001 - a bug that one entry wakes costs that entry too
        status, reason = RexrankError.exit_status, f"a fault of this program at {place_of(error)}"
    if not status:
        return
    failure = ScoreFailure(submission=name, exit_status=status, reason=reason[:MAX_REASON])
    failures.append(failure)
    say(f"{name}: not scored: {failure.reason}")
    if output:
        write_failure(output, failure)
