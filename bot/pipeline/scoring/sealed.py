"""Scoring what is not public: open, check, score in a sandbox, and let aggregates out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.checks.submission.sealed_predictions import check_header, check_opened
from bot.domain.board import BoardId
from bot.domain.catalog import Catalog
from bot.domain.dataset import DatasetCard, References, commit_texts
from bot.domain.finding import Finding
from bot.domain.inspection import Inspection
from bot.domain.manifest import MANIFEST_FILE, Manifest, PredictionsEntry
from bot.domain.rounded import is_plain, round_scorecard
from bot.domain.rules import RULES
from bot.domain.scorecard import PerStudyTable, Scorecard
from bot.domain.seal_header import SealHeader, split_header
from bot.domain.submission import SubmissionFolder
from bot.domain.value import sha256_of
from bot.metrics.base import Metric
from bot.pipeline.scoring.fingerprint import LIBRARIES

OpenSealed = Callable[[bytes], bytes | None]
"""Returns what was sealed, None when it cannot be opened."""

LATER = "predictions.coverage-later"


@dataclass(frozen=True)
class OpenBoard:
    """A board whose predictions and references can be read in the trusted job."""

    entry: PredictionsEntry
    """The file as it is committed."""
    card: DatasetCard
    """Its dataset."""
    data: bytes
    """The predictions as the scorer reads them."""
    references: Mapping[str, str]
    """Reference text of each study."""
    texts: Mapping[str, str]
    """Report text of each study; none of a public board, where nothing is to be kept."""

    @property
    def name(self) -> str:
        """Path of the predictions inside the sandbox."""
        ending = ".json.gz" if self.entry.file.endswith(".gz") else ".json"
        return f"predictions/{self.entry.board}{ending}"


@dataclass(frozen=True)
class Opened:
    """A submission as the trusted job reads it."""

    boards: tuple[OpenBoard, ...]
    """Every board that can be scored here, in the manifest's order."""
    findings: tuple[Finding, ...]
    """What is wrong with the files that were opened, in codes and counts."""
    skipped: tuple[BoardId, ...]
    """Public boards whose references are not here."""
    compared: bool = True
    """Whether anything was held against references or their ids; nothing is of a pull request with
    a file that is not its author's."""

    def secrets(self) -> list[str]:
        """Return the report texts that nobody may see."""
        return [text for board in self.boards for text in board.texts.values()]


def open_submission(
    folder: SubmissionFolder,
    manifest: Manifest,
    catalog: Catalog,
    open_sealed: OpenSealed,
    references: Mapping[str, References],
    user_id: int,
) -> Opened:
    """Return the boards of a submission, opened and checked.

    Every sealed file is opened, and its header read, before anything is compared: who copies a
    file, or a part of an entry, learns nothing about any of it.

    Args:
        folder: The files as they are committed.
        manifest: The submission's manifest.
        catalog: What this leaderboard is.
        open_sealed: Opens a sealed file.
        references: References of each dataset that has them here.
        user_id: Numeric id of who opened the pull request.
    """
    plain, refusals = open_files(folder, manifest, catalog, open_sealed, user_id)
    if refusals:
        return Opened((), tuple(refusals), (), compared=False)
    boards: list[OpenBoard] = []
    findings: list[Finding] = []
    skipped: list[BoardId] = []
    for entry in manifest.predictions:
        card = catalog.datasets[entry.dataset]
        if entry.dataset not in references:
            skipped.append(entry.board)
            continue
        texts = references[entry.dataset].texts(entry.section)
        if card.access == "public":
            boards.append(OpenBoard(entry, card, plain[entry.file], texts, {}))
            continue
        data, path = plain[entry.file], folder.path(entry.file)
        read, found = check_opened(data, path=path, entry=entry, card=card, references=texts)
        findings += found
        if read is not None:
            boards.append(OpenBoard(entry, card, data, texts, read.texts))
    return Opened(tuple(boards), tuple(findings), tuple(skipped))


def open_files(
    folder: SubmissionFolder,
    manifest: Manifest,
    catalog: Catalog,
    open_sealed: OpenSealed,
    user_id: int,
) -> tuple[dict[str, bytes], list[Finding]]:
    """Return every listed file without its seal, and why some are not this pull request's.

    Takes what `open_submission` takes.
    """
    plain: dict[str, bytes] = {}
    refusals: list[Finding] = []
    for entry in manifest.predictions:
        data = folder.files[entry.file]
        if not entry.is_sealed:
            plain[entry.file] = data
            continue
        path = folder.path(entry.file)
        opened = open_sealed(data)
        if opened is None:
            message = "the file is damaged, or was sealed for somebody else"
            refusals.append(RULES["sealed.cannot-open"].finding(path, message=message))
            continue
        header, plain[entry.file] = split_header(opened)
        expected = seal_header(catalog, folder.id, entry, user_id)
        refusals += check_header(header, expected, path=path)
    return plain, refusals


def seal_header(
    catalog: Catalog, submission: str, entry: PredictionsEntry, user_id: int
) -> SealHeader:
    """Return what a sealed file is bound to, when it is sealed and when it is opened."""
    return SealHeader(
        leaderboard=catalog.card.repository,
        entry=submission,
        dataset=entry.dataset,
        section=entry.section,
        user_id=user_id,
    )


def add_findings(inspection: Inspection, findings: Sequence[Finding]) -> Inspection:
    """Return an inspection that knows what was found in the files that are open now."""
    before = [finding for finding in inspection.findings if finding.code != LATER]
    return inspection.model_copy(update={"findings": (*before, *findings)})


def sandbox_folder(
    submission: str, manifest: Manifest, boards: Sequence[OpenBoard]
) -> SubmissionFolder:
    """Return the submission as the sandbox gets it: plain files of these boards, and no other."""
    entries = tuple(
        board.entry.model_copy(update={"file": board.name, "sha256": sha256_of(board.data)})
        for board in boards
    )
    plain = manifest.model_copy(update={"predictions": entries})
    files = {board.name: board.data for board in boards}
    return SubmissionFolder(submission, {**files, MANIFEST_FILE: plain.to_json()})


def sandbox_catalog(catalog: Catalog, boards: Sequence[OpenBoard]) -> dict[str, bytes]:
    """Return the files of a catalog of these boards' datasets, of which none must be sealed."""
    cards = {board.card.id: board.card for board in boards}
    card = catalog.card.model_copy(update={"datasets": tuple(cards)})
    files = {"leaderboard.yaml": card.to_json()}
    for name, each in cards.items():
        access = "private" if each.access == "credentialed" else each.access
        files[f"datasets/{name}.yaml"] = each.model_copy(update={"access": access}).to_json()
    return files


def check_scored(
    scored: Sequence[tuple[Scorecard, PerStudyTable]],
    boards: Sequence[OpenBoard],
    metrics: Sequence[Metric],
) -> None:
    """Raise ValueError unless these are scores of what the sandbox was given, all of it."""
    expected = {
        (board.entry.board, sha256_of(board.data), commit_texts(board.references))
        for board in boards
    }
    made = [(card.board, card.predictions_sha256, card.references_commitment) for card, _ in scored]
    if set(made) != expected or len(made) != len(expected):
        raise ValueError("scores of other boards, predictions or references than were given")
    versions = {metric.id: metric.version for metric in metrics}
    parts = {*LIBRARIES, *(name for metric in metrics for name in metric.libraries)}
    parts.update(name for metric in metrics for name in metric.needs.weights)
    if not all(is_plain(card, versions, parts) for card, _ in scored):
        raise ValueError("a scorecard holds a name or a version that is none")
    studies = {board.entry.board: set(board.references) for board in boards}
    for card, table in scored:
        if set(table.study_ids) != studies[card.board]:
            raise ValueError("a table is of other studies")


def publishable(card: Scorecard, board: OpenBoard) -> Scorecard:
    """Return a board's scorecard as it may leave: rounded unless the dataset is public."""
    decimals = board.card.published_decimals
    if decimals is None:
        return card.model_copy(update={"predictions_sha256": board.entry.sha256})
    return round_scorecard(card, decimals, board.entry.sha256)
