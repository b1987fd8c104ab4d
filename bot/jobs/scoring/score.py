"""The ways a submission is scored: in this process, by several, or inside a container."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.adapters.disk.files import read_submission
from bot.adapters.scorer.container import ContainerSandbox
from bot.adapters.scorer.dask import DaskExecutor
from bot.adapters.scorer.processes import LocalExecutor
from bot.adapters.scorer.sandbox import DIGEST_VARIABLE, score_in_sandbox
from bot.domain.board import BoardId
from bot.domain.dataset import commit_texts
from bot.domain.finding import has_errors
from bot.domain.scorecard import Bootstrap, PerStudyTable, Scorecard
from bot.domain.submission import Predictions, Submission, SubmissionFolder
from bot.errors import Misconfigured, SubmissionRejected, WrongUsage
from bot.jobs.console import progress, say
from bot.jobs.installation import Installation
from bot.jobs.scoring.scorer import equipment
from bot.pipeline.pull_request.validate import validate_submission
from bot.pipeline.scoring.score import score_predictions
from bot.ports import Executor
from bot.render.words.console import render_findings


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


@dataclass(frozen=True)
class Way:
    """How and where each submission is scored."""

    installation: Installation
    """The catalog and the references."""
    options: Options
    """What changes the numbers."""
    executor: Executor | None
    """Who shares the work, None for this process alone or a container."""
    engine: Literal["docker", "podman"] | None
    """Engine of the containers, None without."""
    image: str | None
    """Scorer image."""
    timeout_s: float
    """Seconds for each submission in its container."""
    log: Path | None
    """File that gets what a container printed."""

    def score(self, path: Path) -> list[tuple[Scorecard, PerStudyTable]]:
        """Return the scores of one submission, independently of the others."""
        folder = read_submission(path)
        submission = check(self.installation, folder)
        texts = reference_texts(self.installation, submission, self.options.official_none)
        if self.engine and self.image:
            return score_inside(
                self.installation,
                folder,
                texts,
                self.options,
                self.engine,
                self.image,
                self.timeout_s,
                self.log,
            )
        return score_here(submission, texts, self.options, self.executor)


def check(installation: Installation, folder: SubmissionFolder) -> Submission:
    """Return a submission in which nothing is wrong.

    Raises:
        SubmissionRejected: Something is; all of it was printed.
    """
    validation = validate_submission(
        folder, installation.catalog, references=installation.public_texts
    )
    if validation.submission is None or has_errors(validation.findings):
        say(render_findings(validation.findings, "text").rstrip("\n"))
        raise SubmissionRejected(f"{folder.id}: nothing was scored; mend the errors first")
    return validation.submission


def reference_texts(
    installation: Installation, submission: Submission, official_none: bool
) -> dict[BoardId, Mapping[str, str]]:
    """Return the reference texts of each board of a submission that can be scored here.

    Raises:
        Misconfigured: There is no such board.
    """
    texts: dict[BoardId, Mapping[str, str]] = {}
    for predictions in submission.predictions:
        entry = predictions.entry
        if installation.references.has(entry.dataset):
            references = installation.references.read(entry.dataset)
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
        return DaskExecutor(scheduler)
    if jobs and jobs > 1:
        return LocalExecutor(jobs)
    return None


def score_here(
    submission: Submission,
    texts: Mapping[BoardId, Mapping[str, str]],
    options: Options,
    executor: Executor | None = None,
) -> list[tuple[Scorecard, PerStudyTable]]:
    """Return the scores of a submission, made in this process or shared with others."""
    chosen: Sequence[Predictions] = [p for p in submission.predictions if p.entry.board in texts]
    rows = []
    for predictions in chosen:
        entry = predictions.entry
        with progress(str(entry.board)) as advance:
            rows.append(
                score_predictions(
                    predictions.texts,
                    texts[entry.board],
                    board=entry.board,
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
    installation: Installation,
    folder: SubmissionFolder,
    texts: Mapping[BoardId, Mapping[str, str]],
    options: Options,
    engine: Literal["docker", "podman"],
    image: str,
    timeout_s: float,
    log: Path | None,
) -> list[tuple[Scorecard, PerStudyTable]]:
    """Return the scores of a submission, made in a container and checked here."""
    datasets = dict.fromkeys(board.dataset for board in texts)
    scored = score_in_sandbox(
        ContainerSandbox(engine, image),
        folder,
        [installation.references.read(name) for name in datasets],
        options.words(),
        timeout_s=timeout_s,
        log=log,
    )
    made = {c.board: c.references_commitment for c, _ in scored}
    expected = {board: commit_texts(each) for board, each in texts.items()}
    if made != expected:
        raise Misconfigured(
            f"{folder.id}: the container scored other boards or references than it was given; "
            "use an image of this version"
        )
    return scored
