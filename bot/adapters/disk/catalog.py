"""The catalog's files: what an operator edits to make another leaderboard."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from bot.adapters.disk.files import read_bytes, write_atomic
from bot.checks.reading.strict_yaml import load_yaml
from bot.domain.catalog import Catalog
from bot.domain.dataset import DatasetCard, StudyList
from bot.domain.leaderboard import LeaderboardCard
from bot.domain.published import Snapshot
from bot.domain.value import Value
from bot.errors import Misconfigured

BUILT_IN = Path(__file__).resolve().parents[2] / "catalog"

Card = TypeVar("Card", bound=Value)


def load_catalog(folder: Path) -> Catalog:
    """Return the catalog in a folder.

    Raises:
        Misconfigured: A file is missing or wrong; every problem of the first such file is named.
    """
    card = load_card(folder / "leaderboard.yaml", LeaderboardCard)
    datasets = {name: load_dataset(folder, name) for name in card.datasets}
    studies = {}
    for name in datasets:
        path = studies_path(folder, name)
        if path.is_file():
            studies[name] = load_studies(path, name)
    return Catalog(card, datasets, studies, load_published(folder))


def load_dataset(folder: Path, name: str) -> DatasetCard:
    """Return a dataset's card."""
    path = folder / "datasets" / f"{name}.yaml"
    card = load_card(path, DatasetCard)
    if card.id != name:
        raise Misconfigured(f"{path}: id is {card.id!r}; the file's name says {name!r}")
    return card


def load_card(path: Path, kind: type[Card]) -> Card:
    """Return the value that a YAML file of the catalog describes."""
    return kind.model_validate(_parse_card(read_bytes(path), path, kind))


@lru_cache(maxsize=64)
def _parse_card(data: bytes, path: Path, kind: type[Value]) -> Value:
    """Return a card; what stands in a file is read again only when it is something else."""
    document = load_yaml(data, path=str(path))
    if document.findings:
        faults = "; ".join(f"{finding.place}: {finding.message}" for finding in document.findings)
        raise Misconfigured(f"{faults}; mend the catalog")
    try:
        return kind.from_plain(document.value)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
            for fault in error.errors(include_url=False)
        )
        raise Misconfigured(f"{path}: {faults}; mend the catalog") from error


def load_studies(path: Path, name: str) -> StudyList:
    """Return a dataset's study list."""
    try:
        studies = StudyList.from_json(read_bytes(path))
    except ValidationError as error:
        hint = f"import the dataset again with `rexrank dataset import {name} FILE`"
        raise Misconfigured(f"{path}: not a study list; {hint}") from error
    if studies.dataset != name:
        raise Misconfigured(f"{path}: about {studies.dataset!r}, not {name!r}")
    return studies


def write_studies(folder: Path, studies: StudyList) -> Path:
    """Keep a dataset's study list in the catalog and return where."""
    path = studies_path(folder, studies.dataset)
    write_atomic(path, studies.to_json())
    return path


def studies_path(folder: Path, name: str) -> Path:
    """Return where the catalog keeps a dataset's study list."""
    return folder / "studies" / f"{name}.json"


def load_published(folder: Path) -> tuple[Snapshot, ...]:
    """Return the published tables in the catalog, oldest first."""
    snapshots = []
    for path in sorted((folder / "published").glob("*.json")):
        try:
            snapshot = Snapshot.from_json(read_bytes(path))
        except ValidationError as error:
            hint = "import the tables again with `rexrank import-published FILE`"
            raise Misconfigured(f"{path}: not a snapshot of published tables; {hint}") from error
        if path.stem != snapshot.date:
            raise Misconfigured(f"{path}: of {snapshot.date!r}; the file's name says {path.stem!r}")
        snapshots.append(snapshot)
    return tuple(snapshots)


def write_published(folder: Path, snapshot: Snapshot, *, replace: bool = False) -> bool:
    """Keep a snapshot of published tables in the catalog; return False when it was there.

    Args:
        folder: The catalog's folder.
        snapshot: The tables.
        replace: Whether other tables of the same date may be written over.

    Raises:
        Misconfigured: There are other tables of this date.
    """
    check_published(folder, snapshot, replace=replace)
    return write_atomic(published_path(folder, snapshot.date), snapshot.to_json())


def check_published(folder: Path, snapshot: Snapshot, *, replace: bool = False) -> None:
    """Raise Misconfigured when the catalog keeps other tables under a snapshot's date."""
    path = published_path(folder, snapshot.date)
    if not replace and path.is_file() and read_bytes(path) != snapshot.to_json():
        raise Misconfigured(
            f"{path}: holds other tables of {snapshot.date}; give the new ones their own date with "
            "--date, or write over the old ones with --replace"
        )


def published_path(folder: Path, date: str) -> Path:
    """Return where the catalog keeps the published tables of a date."""
    return folder / "published" / f"{date}.json"
