"""What one stage of a run left for the next, read as the untrusted files that they are."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from bot.adapters.disk.files import read_bytes
from bot.adapters.disk.sealed_scores import read_stored_scores
from bot.domain.catalog import Catalog
from bot.domain.inspection import Inspection
from bot.domain.scorecard import PerStudyTable, Scorecard, SealedTable, StoredTable
from bot.errors import Misconfigured
from bot.pipeline.pull_request.report import Handover, check_handover

INSPECTION_FILE = "inspection.json"


def read_inspection(folder: Path, head: str) -> Inspection:
    """Return an inspection of this very commit.

    Raises:
        Misconfigured: The file is missing, is no inspection, or is about another commit.
    """
    path = folder / INSPECTION_FILE
    try:
        inspection = Inspection.from_json(read_bytes(path))
    except ValidationError as error:
        raise Misconfigured(f"{path}: not an inspection; {error.error_count()} faults") from error
    if inspection.head != head:
        raise Misconfigured(f"{path}: about commit {inspection.head}, not {head}")
    return inspection


def read_scored(
    folder: Path, inspection: Inspection, catalog: Catalog
) -> tuple[tuple[Scorecard, StoredTable], ...]:
    """Return the scores of an inspected entry, checked against what was inspected.

    Raises:
        Misconfigured: A file is no scorecard, or does not belong to the inspection.
    """
    if inspection.submission is None or not (folder / inspection.submission).is_dir():
        return ()
    scored = tuple(read_stored_scores(folder / inspection.submission))
    check_handover(inspection, [scorecard for scorecard, _ in scored], catalog)
    for scorecard, table in scored:
        public = catalog.datasets[scorecard.dataset].access == "public"
        if public == isinstance(table, SealedTable):
            how = "sealed, and the dataset is public" if public else "not sealed"
            raise Misconfigured(f"{scorecard.board}: its table is {how}; score again")
    return scored


def read_handover(
    inspection_folder: Path,
    scores_folder: Path,
    head: str,
    failed: tuple[str, ...],
    catalog: Catalog,
) -> Handover:
    """Return what the earlier stages left; whatever cannot be used counts as a failure of ours."""
    failures = list(failed)
    inspection: Inspection | None = None
    scored: tuple[tuple[Scorecard, StoredTable], ...] = ()
    try:
        inspection = read_inspection(inspection_folder, head)
        scored = read_scored(scores_folder, inspection, catalog)
    except Misconfigured as error:
        if not failures:
            failures.append(str(error))
    scorecards = tuple(scorecard for scorecard, _ in scored)
    tables = {card.key: table for card, table in scored if isinstance(table, PerStudyTable)}
    return Handover(inspection, scorecards, "; ".join(failures), tables)
