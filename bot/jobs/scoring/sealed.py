"""The trusted job: from an inspection to the files that may leave, or to a code."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.disk.files import read_submission
from bot.adapters.disk.score_folder import SCORECARD
from bot.adapters.disk.sealed_scores import score_files
from bot.adapters.references.private import private_folder
from bot.adapters.references.sealing import CannotOpen, Opener, seal
from bot.adapters.references.store import FileReferenceStore
from bot.adapters.scorer.sandbox import score_in_sandbox
from bot.checks.leaks import LeakGuard
from bot.domain.dataset import References
from bot.domain.finding import has_errors
from bot.domain.inspection import Inspection
from bot.domain.manifest import MANIFEST_FILE, Manifest
from bot.domain.per_study import encode_table
from bot.domain.quota import QuotaBook
from bot.domain.scorecard import PerStudyTable, Scorecard, SealedTable, StoredTable
from bot.domain.submission import SUBMISSIONS_FOLDER, SubmissionFolder
from bot.errors import Misconfigured, SubmissionRejected
from bot.jobs.console import say
from bot.jobs.installation import Installation
from bot.jobs.pull_request.handover import INSPECTION_FILE, read_inspection
from bot.jobs.pull_request.quota import plan_costs
from bot.jobs.scoring.score import Options
from bot.jobs.scoring.stopping import Stopped, step
from bot.metrics.registry import METRICS
from bot.pipeline.pull_request.validate import validate_submission
from bot.pipeline.scoring.sealed import (
    Opened,
    add_findings,
    check_scored,
    open_submission,
    publishable,
    sandbox_catalog,
    sandbox_folder,
)
from bot.ports import PullRequest, Sandbox

SCORES = "scores"
OPTIONS = Options(metrics=(), resamples=1000, seed=0, official_none=False)


@dataclass(frozen=True)
class Inspected:
    """What was inspected of a pull request, held against the bytes that came with it."""

    inspection: Inspection
    """The inspection."""
    folder: SubmissionFolder
    """The entry's files."""
    manifest: Manifest
    """The entry's manifest."""


@dataclass(frozen=True)
class Unlocked:
    """What the scorer needs, read with secrets that are not needed any more."""

    opened: Opened
    """The boards, and what is wrong with the opened files."""
    references: Mapping[str, References]
    """References of each dataset that is scored."""
    guard: LeakGuard
    """Knows every text that nobody may see."""


@dataclass(frozen=True)
class Outcome:
    """What may leave, when the pull request has not moved meanwhile."""

    inspection: Inspection
    """The inspection with what was found in the opened files."""
    files: Mapping[str, bytes]
    """Files by their path below the output; all of them were searched."""
    guard: LeakGuard
    """Searches whatever else is to be shown."""
    compared: bool
    """Whether anything was held against references, so that what is shown says something."""

    @property
    def scored(self) -> int:
        """Return how many scorecards are among the files."""
        return sum(name.endswith(SCORECARD) for name in self.files)


def check_head(read_pull: Callable[[], PullRequest], head: str) -> PullRequest:
    """Return the pull request; stop unless it is open and has the head that is scored."""
    with step("sealed.no-answer"):
        pull = read_pull()
    if pull.head != head or pull.state != "open":
        raise Stopped("sealed.head-moved", SubmissionRejected)
    return pull


def read_inspected(installation: Installation, folder: Path, head: str) -> Inspected:
    """Return what was inspected, after checking it again."""
    with step("sealed.hand-over"):
        inspection = read_inspection(folder, head)
        if inspection.submission is None or has_errors(inspection.findings):
            raise Misconfigured("nothing that may be scored was inspected")
        files = read_submission(folder / SUBMISSIONS_FOLDER / inspection.submission)
        checked = validate_submission(files, installation.catalog, references=lambda *_: None)
        manifest = checked.submission.manifest if checked.submission else None
        if manifest is None or manifest != inspection.manifest or has_errors(checked.findings):
            raise Misconfigured("the files are not those that were inspected")
    datasets = installation.catalog.datasets
    if all(datasets[entry.dataset].access == "public" for entry in manifest.predictions):
        raise Stopped("sealed.nothing-to-score", SubmissionRejected)
    return Inspected(inspection, files, manifest)


def check_reserved(
    installation: Installation,
    inspected: Inspected,
    pull: PullRequest,
    read_book: Callable[[], QuotaBook] | None,
) -> None:
    """Stop unless every file that counts against a quota was reserved for this head, or scored."""
    costs = plan_costs(installation, inspected.inspection, pull)
    if not costs:
        return
    if read_book is None:
        raise Stopped("sealed.no-reservation")
    with step("sealed.no-answer"):
        book = read_book()
    if book.uncovered(costs, pull.head):
        raise Stopped("sealed.no-reservation")


def unlock(
    installation: Installation,
    inspected: Inspected,
    opener: Opener,
    store: FileReferenceStore,
    user_id: int,
) -> Unlocked:
    """Return the predictions and references that are scored, and what must not be seen of them.

    Args:
        installation: Has the catalog.
        inspected: The entry.
        opener: Opens sealed files.
        store: Holds the private references.
        user_id: Numeric id of who opened the pull request, for whom the files must be sealed.
    """

    def open_sealed(data: bytes) -> bytes | None:
        try:
            return opener(data)
        except CannotOpen:
            return None

    references = read_references(installation, store, inspected.manifest)
    opened = open_submission(
        inspected.folder, inspected.manifest, installation.catalog, open_sealed, references, user_id
    )
    for board in opened.skipped:
        say(f"{board}: not scored, its public references are not here")
    secrets = [*secret_texts(installation, references), *opened.secrets()]
    guard = LeakGuard(secrets, shown=[inspected.folder.files[MANIFEST_FILE].decode()])
    return Unlocked(opened, references, guard)


def read_references(
    installation: Installation, store: FileReferenceStore, manifest: Manifest
) -> dict[str, References]:
    """Return the references of the entry's datasets; public ones only where they are here."""
    found = {}
    for name in dict.fromkeys(entry.dataset for entry in manifest.predictions):
        card = installation.catalog.datasets[name]
        public = card.access == "public"
        with step("sealed.no-references"):
            if public and not installation.references.has(name):
                continue
            found[name] = (installation.references if public else store).read(name)
        if any(len(found[name].texts(section)) != n for section, n in card.sections.items()):
            raise Stopped("sealed.references-differ")
    return found


def secret_texts(installation: Installation, references: Mapping[str, References]) -> list[str]:
    """Return every text and canary of references that are not public."""
    texts: list[str] = []
    for name, each in references.items():
        if installation.catalog.datasets[name].access != "public":
            for study in each.studies.values():
                texts += [part for part in (study.findings, study.impression) if part]
            texts += each.canaries or ()
    return texts


def score_unlocked(
    installation: Installation,
    inspected: Inspected,
    unlocked: Unlocked,
    sandbox: Sandbox,
    timeout_s: float,
) -> Outcome:
    """Return what may leave after scoring, all of it searched.

    Nothing is scored when an opened file has an error: then the findings are all that leaves.
    """
    inspection = add_findings(inspected.inspection, unlocked.opened.findings)
    files = {INSPECTION_FILE: inspection.to_json()}
    if not has_errors(unlocked.opened.findings):
        scored = run_scorer(installation, inspected, unlocked, sandbox, timeout_s)
        with step("sealed.scorer-output"):
            below = f"{SCORES}/{inspected.folder.id}"
            published = publish_scores(installation, unlocked.opened, scored)
            files |= {f"{below}/{name}": data for name, data in published.items()}
    guard = unlocked.guard
    if any(guard.finds(name.encode()) or guard.finds(data) for name, data in files.items()):
        raise Stopped("sealed.leak", SubmissionRejected)
    return Outcome(inspection, files, guard, unlocked.opened.compared)


def run_scorer(
    installation: Installation,
    inspected: Inspected,
    unlocked: Unlocked,
    sandbox: Sandbox,
    timeout_s: float,
) -> list[tuple[Scorecard, PerStudyTable]]:
    """Return what the scorer made of the boards; what it was given is removed, however it ends.

    Public boards are scored in a container of their own. Their tables leave as they are, so it must
    never have seen anything else.
    """
    public = [board for board in unlocked.opened.boards if board.card.access == "public"]
    closed = [board for board in unlocked.opened.boards if board.card.access != "public"]
    scored = []
    with step("sealed.scorer-failed"), private_folder() as workplace:
        for boards in filter(None, (closed, public)):
            scored += score_in_sandbox(
                sandbox,
                sandbox_folder(inspected.folder.id, inspected.manifest, boards),
                [unlocked.references[name] for name in {board.card.id: None for board in boards}],
                OPTIONS.words(),
                timeout_s=timeout_s,
                catalog=sandbox_catalog(installation.catalog, boards),
                workplace=workplace,
            )
    return scored


def publish_scores(
    installation: Installation, opened: Opened, scored: Sequence[tuple[Scorecard, PerStudyTable]]
) -> dict[str, bytes]:
    """Return the scores' files: rounded, and sealed, where the dataset is not public.

    Raises:
        ValueError: These are not the scores of what the sandbox was given.
    """
    check_scored(scored, opened.boards, METRICS)
    boards = {board.entry.board: board for board in opened.boards}
    files: dict[str, bytes] = {}
    for card, table in scored:
        board = boards[card.board]
        kept: StoredTable = table
        if board.card.access != "public":
            kept = SealedTable(seal(encode_table(table), installation.catalog.card.recipients))
        files |= score_files(publishable(card, board), kept)
    return files
