"""Validate a submission: from the bytes of a folder to everything that is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.checks.findings import cap_findings
from bot.checks.reports.content import check_content
from bot.checks.submission.manifest import check_manifest
from bot.checks.submission.names import check_names, other_teams
from bot.checks.submission.predictions import check_predictions, check_sealed
from bot.domain.board import BoardId
from bot.domain.catalog import Catalog
from bot.domain.finding import Finding
from bot.domain.limits import MAX_TEXT_BYTES
from bot.domain.manifest import MANIFEST_FILE, NOTES, Manifest, PredictionsEntry
from bot.domain.rules import RULES
from bot.domain.submission import Predictions, Submission, SubmissionFolder
from bot.domain.value import SLUG

ReadTexts = Callable[[BoardId], Mapping[str, str] | None]
"""Returns the reference texts of a board, None where they are not here or must not be used."""

ReadEntries = Callable[[BoardId], Iterable[tuple[str, Mapping[str, str]]]]
"""Yields name and reports of each other entry on a board that may be compared with."""


ReadManifests = Callable[[], Iterable[tuple[str, Manifest]]]
"""Returns folder name and manifest of each entry that is on the leaderboard."""


@dataclass(frozen=True)
class Validation:
    """What a submission is, as far as it could be read, and what is wrong with it."""

    submission: Submission | None
    """The submission, None when its manifest could not be read."""
    findings: tuple[Finding, ...]
    """Everything that was found: the folder, the manifest, then each file in its order."""


def validate_submission(
    folder: SubmissionFolder,
    catalog: Catalog,
    *,
    references: ReadTexts,
    entries: ReadEntries | None = None,
    manifests: ReadManifests | None = None,
) -> Validation:
    """Return a submission and everything that is wrong with it, in one round.

    Predictions files are looked into even when the manifest has errors elsewhere. Sealed files
    are only recognised: what is in them is checked when a maintainer has them scored.

    Args:
        folder: The submission's files.
        catalog: The leaderboard's datasets and the study lists that are here.
        references: Gives the reference texts that copies are looked for in.
        entries: Gives the reports of other entries that copies are looked for in; None where
            there is no leaderboard to compare with.
        manifests: Gives folder name and manifest of each entry whose names are not to be imitated;
            asked once, and not at all for a manifest that cannot be read.
    """
    findings = [*_check_name(folder), *_check_notes(folder)]
    data = folder.files.get(MANIFEST_FILE)
    path = folder.path(MANIFEST_FILE)
    if data is None:
        findings.append(RULES["manifest.missing"].finding(path, message="there is no manifest"))
        return Validation(None, tuple(findings))
    read = check_manifest(data, path=path, catalog=catalog, files=folder.files)
    findings += read.findings
    if read.manifest is not None and manifests is not None:
        strangers = other_teams(folder.id, read.manifest, manifests())
        findings += check_names(path, read.manifest, strangers, catalog.published)
    predictions: dict[BoardId, Predictions] = {}
    looked_at: set[str] = set()
    for _, entry in read.entries:
        if entry.file in looked_at or entry.file not in folder.files:
            continue
        looked_at.add(entry.file)
        readable, found = _check_file(folder, entry, catalog, references, entries)
        findings += found
        if readable is not None:
            # A second file for a board is an error of the manifest: it need not be kept.
            predictions.setdefault(entry.board, readable)
    if read.manifest is None:
        return Validation(None, tuple(findings))
    submission = Submission(folder.id, read.manifest, tuple(predictions.values()))
    return Validation(submission, tuple(findings))


def _check_name(folder: SubmissionFolder) -> Iterator[Finding]:
    if not re.search(SLUG, folder.id):
        message = "the folder's name cannot be an entry's id"
        yield RULES["manifest.folder-name"].finding(folder.path(""), message=message)


def _check_notes(folder: SubmissionFolder) -> Iterator[Finding]:
    for name in NOTES:
        if len(folder.files.get(name, b"")) > MAX_TEXT_BYTES:
            message = f"the file is larger than {MAX_TEXT_BYTES:,} bytes"
            hint = "Shorten it: it is a note for readers"
            yield RULES["changes.too-large"].finding(folder.path(name), message=message, hint=hint)


def _check_file(
    folder: SubmissionFolder,
    entry: PredictionsEntry,
    catalog: Catalog,
    references: ReadTexts,
    entries: ReadEntries | None,
) -> tuple[Predictions | None, tuple[Finding, ...]]:
    """Return the reports of one listed file, None when they cannot be read here, and its faults."""
    path = folder.path(entry.file)
    data = folder.files[entry.file]
    if entry.is_sealed:
        return None, check_sealed(data, path=path)
    card = catalog.datasets.get(entry.dataset)
    if card is None or entry.section not in card.sections:
        return None, ()  # the manifest's findings say so
    predictions, findings = check_predictions(
        data,
        path=path,
        entry=entry,
        card=card,
        board_studies=catalog.board_studies(entry.board),
    )
    if predictions is None:
        return None, findings
    texts = references(entry.board)
    others = entries(entry.board) if entries else ()
    doubts = check_content(predictions, path=path, references=texts, entries=others)
    return predictions, (*findings, *cap_findings(doubts))
