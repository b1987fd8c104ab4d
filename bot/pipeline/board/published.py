"""Published tables: read, checked, compared with each other; nothing in them is changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

import numpy as np
from pydantic import ValidationError

from bot.domain.published import (
    HistoryFile,
    Inconsistency,
    PublishedAnswers,
    PublishedFile,
    PublishedRow,
    Snapshot,
    SourceRow,
)
from bot.domain.value import Section
from bot.errors import Misconfigured
from bot.metrics.radcliq import V1

SOURCE = "https://github.com/rajpurkarlab/ReXrank"
"""Where the tables are published."""

METRIC_IDS: Mapping[str, str] = MappingProxyType(
    {
        "BLEU": "bleu2",
        "BertScore": "bertscore",
        "SembScore": "semb",
        "RadGraph": "radgraph",
        "RadCliQ-v0": "radcliq_v0",
        "RadCliQ-v1": "radcliq_v1",
        "1/RadCliQ-v1": "inv_radcliq_v1",
        "RaTEScore": "ratescore",
        "GREEN": "green",
        "FineRadScore": "finerad",
        "1/FineRadScore": "inv_finerad",
        "CRIMSON": "crimson",
    }
)
"""Heading of each column of the tables and what it is called here."""

TOLERANCE = 0.01
"""How far RadCliQ-v1 may be from what follows from its parts.

Rounding to three decimals explains at most 0.0045 in the published range: 0.0019 from the three
parts, 0.0026 from the reciprocal. The rest is for means that were rounded on the way.
"""

SECTIONS: Mapping[str, Section] = MappingProxyType(
    {"findings": "findings", "findings+impression": "report"}
)
SPLITS: Mapping[str, str] = MappingProxyType({"private-test": "test"})

File = TypeVar("File", PublishedFile, HistoryFile)

_DAY = re.compile(r"\b20\d\d-[01]\d(-[0-3]\d)?\b")


def slug_of(name: str) -> str:
    """Return a name as a slug: other signs than letters, digits and dots are hyphens.

    Example:
        >>> slug_of("CheXpertPlus_CheX"), slug_of(" MedGemma 1.5 4B")
        ('chexpertplus-chex', 'medgemma-1.5-4b')
    """
    return re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-.")


def read_published(
    data: bytes, *, path: str, date: str | None = None, source: str = SOURCE
) -> Snapshot:
    """Return the snapshot that a file of collected tables holds.

    Args:
        data: The file.
        path: Its name, for messages.
        date: Date of the tables; the first one in the file's own words when None.
        source: Where the tables are published.

    Raises:
        Misconfigured: This is no such file, or it names no date.
    """
    file = _parse(PublishedFile, data, path)
    found = _DAY.search(file.source)
    if date is None and found is None:
        raise Misconfigured(f"{path}: its source names no date; give it with --date")
    day = date or (found[0] if found else "")
    return _snapshot(path, day, source, file.source, file.rows, file.vqa_rows)


def read_history(data: bytes, *, path: str, source: str = SOURCE) -> tuple[Snapshot, ...]:
    """Return the snapshots of earlier states, oldest first.

    Each row carries its own date; the latest of a state is the state's.

    Args:
        data: The file.
        path: Its name, for messages.
        source: Where the tables were published.

    Raises:
        Misconfigured: This is no such file, or a row has no date.
    """
    file = _parse(HistoryFile, data, path)
    states = []
    for rows in (file.legacy_2024, file.snapshot_2025_09):
        dates = [row.as_of for row in rows if row.as_of is not None]
        if not dates:
            raise Misconfigured(f"{path}: no row of a state has a date (as_of)")
        states.append(_snapshot(path, max(dates), source, file.source, rows, ()))
    return tuple(sorted(states, key=lambda state: state.date))


def find_inconsistency(scores: Mapping[str, float]) -> Inconsistency | None:
    """Return the RadCliQ-v1 of a row, or its reciprocal, if it does not follow from its parts.

    Args:
        scores: Values of a row by metric id.

    Example:
        >>> row = {"bertscore": 0.214, "semb": 0.364, "radgraph": 0.175, "inv_radcliq_v1": 0.659}
        >>> find_inconsistency(row) is None
        True
        >>> find_inconsistency(row | {"inv_radcliq_v1": 0.605}).metric
        'inv_radcliq_v1'
    """
    if not {"radgraph", "bertscore", "semb"} <= scores.keys():
        return None
    radgraph, bertscore, semb, bleu2 = (
        np.array([scores.get(name, 0.0)]) for name in ("radgraph", "bertscore", "semb", "bleu2")
    )
    expected = float(V1.apply(radgraph, bertscore, semb, bleu2)[0])
    for metric in ("radcliq_v1", "inv_radcliq_v1"):
        value = scores.get(metric)
        if value is None:
            continue
        inverted = metric == "inv_radcliq_v1"
        follows = value != 0 and abs((1 / value if inverted else value) - expected) <= TOLERANCE
        if not follows:
            return Inconsistency(
                metric=metric, published=value, expected=1 / expected if inverted else expected
            )
    return None


def table_name(row: PublishedRow) -> str:
    """Return what a row's table is called, as in `iu-xray.findings (test)`."""
    return f"{row.board} ({row.split})"


def _parse(kind: type[File], data: bytes, path: str) -> File:
    """Return what a file of collected tables says."""
    try:
        return kind.from_json(data)
    except ValidationError as error:
        raise Misconfigured(f"{path}: not a file of published tables: {_fault(error)}") from error


def _snapshot(
    path: str,
    date: str,
    source: str,
    words: str,
    rows: Iterable[SourceRow],
    answers: Iterable[SourceRow],
) -> Snapshot:
    """Return a snapshot of rows in this project's words; messages name the file."""
    try:
        found = tuple(_row(row, date) for row in rows)
        _check_once(found)
        return Snapshot(
            date=date,
            source=source,
            provenance=" ".join(words.split()),
            rows=found,
            answers=tuple(_answers(row) for row in answers),
        )
    except Misconfigured as error:
        raise Misconfigured(f"{path}: {error}") from error
    except ValidationError as error:
        raise Misconfigured(f"{path}: {_fault(error)}") from error


def _fault(error: ValidationError) -> str:
    """Return the first thing that is wrong, with its place and what was seen."""
    fault = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in fault["loc"])
    return f"{place}: {fault['msg']}; seen: {fault['input']!r:.60}"


def _check_once(rows: Iterable[PublishedRow]) -> None:
    """Raise Misconfigured when a model is in a table twice."""
    seen = set()
    for row in rows:
        key = (table_name(row), slug_of(row.model))
        if key in seen:
            raise Misconfigured(f"{row.model} is in {table_name(row)} twice; keep one row")
        seen.add(key)


def _row(row: SourceRow, date: str) -> PublishedRow:
    """Return a row in this project's words, its values as they are."""
    where = f"{row.model} on {row.dataset}, {row.section}"
    unknown = sorted(row.metrics.keys() - METRIC_IDS.keys())
    if unknown:
        raise Misconfigured(f"{where}: no metric is known as {', '.join(unknown)}")
    if row.section not in SECTIONS:
        raise Misconfigured(f"{where}: the section is none of {', '.join(SECTIONS)}")
    if row.date is None or not row.date[:4].isdigit():
        raise Misconfigured(f"{where}: it has no year (date)")
    scores = {METRIC_IDS[name]: value for name, value in row.metrics.items() if value is not None}
    try:
        return _plain_row(row, date, scores)
    except ValidationError as error:
        raise Misconfigured(f"{where}: {_fault(error)}") from error


def _plain_row(row: SourceRow, date: str, scores: dict[str, float]) -> PublishedRow:
    """Return the row with its names in our form; raises ValidationError."""
    return PublishedRow(
        dataset=slug_of(row.dataset),
        split=SPLITS.get(row.split, row.split),
        section=SECTIONS[row.section],
        model=row.model.strip(),
        institution=row.institution.strip(),
        year=int((row.date or "")[:4]),
        url=row.url or None,
        as_of=row.as_of or date,
        scores=scores,
        trained_on=row.trained_on_dataset,
        inconsistency=find_inconsistency(scores),
    )


def _answers(row: SourceRow) -> PublishedAnswers:
    """Return a row of a question table."""
    return PublishedAnswers(
        dataset=slug_of(row.dataset),
        split=row.split,
        model=row.model.strip(),
        institution=row.institution.strip(),
        url=row.url or None,
        accuracy={name: value for name, value in row.metrics.items() if value is not None},
    )


def latest(snapshots: Sequence[Snapshot]) -> Snapshot | None:
    """Return the snapshot of the latest date, None when there is none."""
    return max(snapshots, key=lambda snapshot: snapshot.date, default=None)
