"""`rexrank score`: scorecards and per-study tables of submissions."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from bot.cli.options import (
    IMAGE_VARIABLE,
    catalog_option,
    metric_option,
    output_format,
    progress,
    say,
)
from bot.errors import Misconfigured, SubmissionRejected, WrongUsage

if TYPE_CHECKING:
    from bot.cli.wiring import Workshop
    from bot.domain.scorecard import PerStudyTable, Scorecard
    from bot.domain.submission import Predictions, Submission, SubmissionFolder
    from bot.ports import Executor


@dataclass(frozen=True)
class Options:
    """What changes the numbers."""

    metrics: tuple[str, ...]
    """Ids that were asked for; none stands for all that can run."""
    resamples: int
    """Bootstrap resamples."""
    seed: int
    """Seed of the bootstrap."""
    official_none: bool
    """Whether missing reference parts are spelled as the official formatter does."""

    def words(self) -> list[str]:
        """Return the options as they are typed."""
        return [
            *(word for name in self.metrics for word in ("--metric", name)),
            *("--resamples", str(self.resamples), "--seed", str(self.seed)),
            *(("--official-none",) if self.official_none else ()),
        ]


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
@click.option("--timeout", "timeout_s", type=float, default=3000.0, show_default=True)
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
    container_log: Path | None,
    format_: str,
    catalog_folder: Path | None,
) -> None:
    """Score submission FOLDERS on every board whose references are on this machine.

    The same input gives the same bytes. A metric that cannot run here is reported as unavailable,
    with the reason; one that is asked for with --metric must run.
    """
    import json

    from bot.adapters.files import read_submission
    from bot.adapters.score_folder import write_score
    from bot.cli.wiring import Workshop
    from bot.render.console import render_scores

    if engine and not image:
        raise WrongUsage(f"--in-container needs --image, or {IMAGE_VARIABLE}")
    if engine and catalog_folder:
        raise WrongUsage("the image has its own catalog; --catalog does not go with --in-container")
    executor = open_executor(jobs, scheduler, engine)
    workshop = Workshop(catalog_folder)
    options = Options(metrics, resamples, seed, official_none)
    scored: list[tuple[str, Scorecard, PerStudyTable]] = []
    for path in folders:
        folder = read_submission(path)
        submission = check(workshop, folder)
        texts = reference_texts(workshop, submission, official_none)
        if engine and image:
            rows = score_inside(
                workshop, folder, texts, options, engine, image, timeout_s, container_log
            )
        else:
            rows = score_here(submission, texts, options, executor)
        scored += [(folder.id, card, table) for card, table in rows]
    if output:
        for name, card, table in scored:
            (output / name).mkdir(parents=True, exist_ok=True)
            write_score(output / name, card, table)
    cards = [card for _, card, _ in scored]
    if format_ == "json":
        rows_ = [card.model_dump(mode="json", exclude_none=True) for card in cards]
        click.echo(json.dumps(rows_, sort_keys=True, indent=2))
    else:
        for name in dict.fromkeys(name for name, _, _ in scored):
            click.echo(f"{name}\n")
            own = [card for owner, card, _ in scored if owner == name]
            click.echo(render_scores(own, workshop.all_columns(own)))
    if output:
        say(f"wrote {len(cards)} scorecards to {output}")


def check(workshop: Workshop, folder: SubmissionFolder) -> Submission:
    """Return a submission in which nothing is wrong.

    Raises:
        SubmissionRejected: Something is; all of it was printed.
    """
    from bot.domain.finding import has_errors
    from bot.pipeline.validate import validate_submission
    from bot.render.console import render_findings

    validation = validate_submission(folder, workshop.catalog, references=workshop.public_texts)
    if validation.submission is None or has_errors(validation.findings):
        say(render_findings(validation.findings, "text").rstrip("\n"))
        raise SubmissionRejected(f"{folder.id}: nothing was scored; mend the errors first")
    return validation.submission


def reference_texts(
    workshop: Workshop, submission: Submission, official_none: bool
) -> dict[str, Mapping[str, str]]:
    """Return the reference texts of each board of a submission that can be scored here.

    Raises:
        Misconfigured: There is no such board.
    """
    texts: dict[str, Mapping[str, str]] = {}
    for predictions in submission.predictions:
        entry = predictions.entry
        if workshop.references.has(entry.dataset):
            references = workshop.references.read(entry.dataset)
            texts[entry.board] = references.texts(entry.section, official_none=official_none)
        else:
            say(f"{entry.board}: not scored, its references are not on this machine")
    for entry in submission.manifest.predictions:
        if entry.is_sealed:
            say(f"{entry.board}: not scored, its predictions are sealed")
    if not texts:
        raise Misconfigured(
            f"{submission.id}: no board can be scored here; import a dataset with "
            "`rexrank dataset import ID FILE`"
        )
    return texts


def open_executor(jobs: int | None, scheduler: str | None, engine: str | None) -> Executor | None:
    """Return who shares the work; None for this process alone, or a container.

    Raises:
        WrongUsage: More than one of them was asked for.
    """
    if sum(choice is not None for choice in (jobs, scheduler, engine)) > 1:
        raise WrongUsage("--jobs, --scheduler and --in-container do not go together")
    if scheduler:
        from bot.adapters.dask import DaskExecutor

        return DaskExecutor(scheduler)
    if jobs and jobs > 1:
        from bot.adapters.local_executor import LocalExecutor

        return LocalExecutor(jobs)
    return None


def score_here(
    submission: Submission,
    texts: Mapping[str, Mapping[str, str]],
    options: Options,
    executor: Executor | None = None,
) -> list[tuple[Scorecard, PerStudyTable]]:
    """Return the scores of a submission, made in this process or shared with others."""
    from bot.adapters.sandboxed_score import DIGEST_VARIABLE
    from bot.cli.wiring import equipment
    from bot.domain.scorecard import Bootstrap
    from bot.pipeline.score import score_predictions

    chosen: Sequence[Predictions] = [p for p in submission.predictions if p.entry.board in texts]
    rows = []
    for predictions in chosen:
        entry = predictions.entry
        with progress(entry.board) as advance:
            rows.append(
                score_predictions(
                    predictions.texts,
                    texts[entry.board],
                    dataset=entry.dataset,
                    section=entry.section,
                    predictions_sha256=entry.sha256,
                    metrics=options.metrics or None,
                    bootstrap=Bootstrap(resamples=options.resamples, seed=options.seed),
                    image=os.environ.get(DIGEST_VARIABLE),
                    official_none=options.official_none,
                    equipment=equipment(),
                    progress=advance,
                    executor=executor,
                )
            )
    return rows


def score_inside(
    workshop: Workshop,
    folder: SubmissionFolder,
    texts: Mapping[str, Mapping[str, str]],
    options: Options,
    engine: Literal["docker", "podman"],
    image: str,
    timeout_s: float,
    log: Path | None,
) -> list[tuple[Scorecard, PerStudyTable]]:
    """Return the scores of a submission, made in a container and checked here."""
    from bot.adapters.container import ContainerSandbox
    from bot.adapters.sandboxed_score import score_in_sandbox
    from bot.domain.dataset import commit_texts
    from bot.domain.manifest import board_id

    datasets = dict.fromkeys(board.rpartition(".")[0] for board in texts)
    scored = score_in_sandbox(
        ContainerSandbox(engine, image),
        folder,
        [workshop.references.read(name) for name in datasets],
        options.words(),
        timeout_s=timeout_s,
        log=log,
    )
    made = {board_id(c.dataset, c.section): c.references_commitment for c, _ in scored}
    expected = {board: commit_texts(each) for board, each in texts.items()}
    if made != expected:
        raise Misconfigured(
            f"{folder.id}: the container scored other boards or references than it was given; "
            "use an image of this version"
        )
    return scored
