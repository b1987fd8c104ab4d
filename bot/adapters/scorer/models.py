"""The folder of model weights: what is recorded there, whether it is still that, how it got there.

Scoring reads this folder and reaches nothing else. A hash is computed once in a process for each
state of a file; whoever asks for a model's hash asks for the files as they are now.
"""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError

from bot.adapters.disk.catalog import BUILT_IN, load_card
from bot.adapters.disk.files import write_atomic
from bot.domain.weights import (
    FileRecord,
    ModelsRecord,
    Weights,
    WeightsCatalog,
    WeightsRecord,
)
from bot.errors import Misconfigured

RECORD = "weights.yaml"


def load_weights_catalog(folder: Path = BUILT_IN) -> WeightsCatalog:
    """Return every model that a metric can need; raises Misconfigured when the file is wrong."""
    return load_card(folder / "weights.yaml", WeightsCatalog)


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file as it is now; raises OSError when it cannot be read."""
    state = path.stat()
    return _hash(path, state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino)


@functools.lru_cache(maxsize=1024)
def _hash(path: Path, *_state: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class ModelFolder:
    """A folder with `weights.yaml` and, for each model, a folder of its files."""

    def __init__(self, path: Path, catalog: WeightsCatalog | None = None) -> None:
        """Name the folder; the built-in catalog says which hashes are known beforehand."""
        self.path = path
        self.catalog = catalog or load_weights_catalog()

    def read(self) -> ModelsRecord:
        """Return what was recorded; raises Misconfigured when the record cannot be read."""
        path = self.path / RECORD
        try:
            if not path.is_file():
                return ModelsRecord()
        except OSError as error:
            raise Misconfigured(f"{path}: cannot read: {error.strerror}") from error
        try:
            return load_card(path, ModelsRecord)
        except Misconfigured as error:
            hint = "remove it, then run: rexrank models fetch"
            raise Misconfigured(f"{path}: not a record of weights; {hint}") from error

    def write(self, record: WeightsRecord) -> None:
        """Record a model, in place of what was recorded of it."""
        import yaml

        document = self.read().with_weights(record).model_dump(mode="json")
        text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=1000)
        write_atomic(self.path / RECORD, b"# Written by `rexrank models fetch`.\n" + text.encode())

    def check(self, record: WeightsRecord) -> tuple[str, ...]:
        """Return what is wrong with a model's files, each a phrase; nothing when they are whole."""
        weights = self.catalog.find(record.id)
        pins = weights.pins if weights else {}
        recorded = {file.path for file in record.files}
        faults = [f"{path} is not recorded" for path in sorted(needed_paths(weights) - recorded)]
        for file in record.files:
            try:
                found = hash_file(self.path / record.id / file.path)
            except OSError as error:
                faults.append(f"{file.path} cannot be read ({error.strerror})")
                continue
            if found != file.sha256:
                faults.append(f"{file.path} is not the file that was recorded")
            elif pins.get(file.path, found) != found:
                faults.append(f"{file.path} has not the published SHA-256")
        return tuple(faults)

    def is_present(self, name: str) -> bool:
        """Return whether there are files of a model, recorded or not."""
        return any(self.list_files(name))

    def list_files(self, name: str) -> Iterator[str]:
        """Yield the path of each file of a model, below its folder; hidden ones are left out."""
        folder = self.path / name
        for path in sorted(folder.rglob("*")):
            place = path.relative_to(folder)
            if path.is_file() and not any(part.startswith(".") for part in place.parts):
                yield place.as_posix()

    def describe(self, weights: Weights, origins: Mapping[str, str]) -> WeightsRecord:
        """Return the record of a model's files as they are now.

        Args:
            weights: The model.
            origins: Where each file came from, by path.

        Raises:
            Misconfigured: A file is missing, or has not the hash that the catalog states.
        """
        paths = [file.path for file in weights.files] or list(self.list_files(weights.id))
        files = []
        for path in paths:
            place = self.path / weights.id / path
            try:
                files.append(
                    FileRecord(
                        path=path,
                        size_bytes=place.stat().st_size,
                        sha256=hash_file(place),
                        origin=origins.get(path, "put there by hand"),
                    )
                )
            except OSError as error:
                raise Misconfigured(f"{place}: cannot read: {error.strerror}") from error
            except ValidationError as error:
                raise Misconfigured(f"{place}: give the file a plain name") from error
            pin = weights.pins.get(path)
            if pin is not None and files[-1].sha256 != pin:
                raise Misconfigured(
                    f"{place}: SHA-256 {files[-1].sha256}, published is {pin}; remove the file, "
                    f"then run: rexrank models fetch {weights.id}"
                )
        if not files:
            raise Misconfigured(f"{self.path / weights.id}: no files; {weights.by_hand}")
        return WeightsRecord(
            id=weights.id, licence=weights.licence, source=weights.source, files=tuple(files)
        )


def needed_paths(weights: Weights | None) -> set[str]:
    """Return the paths that a model must have."""
    return {file.path for file in weights.files} if weights else set()


class VerifiedWeights(Mapping[str, str]):
    """SHA-256 of each recorded model whose files are what was recorded, found when asked for."""

    def __init__(self, folder: Path) -> None:
        """Name the folder of models."""
        self._folder = folder
        self._verdicts: dict[str, tuple[str, ...]] = {}
        self._record: ModelsRecord | None = None

    @property
    def record(self) -> ModelsRecord:
        """What the folder says it holds, read once."""
        if self._record is None:
            self._record = ModelFolder(self._folder).read()
        return self._record

    def faults_of(self, name: str) -> tuple[str, ...]:
        """Return why a recorded model cannot be used; nothing when it can."""
        record = self.record.find(name)
        if record is None:
            return ()
        if name not in self._verdicts:
            self._verdicts[name] = ModelFolder(self._folder).check(record)
        return self._verdicts[name]

    def __getitem__(self, name: str) -> str:
        """Return the hash of a model; raises KeyError when it is not there or not whole."""
        record = self.record.find(name)
        if record is None or self.faults_of(name):
            raise KeyError(name)
        return record.sha256

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the models that are whole."""
        return (one.id for one in self.record.weights if not self.faults_of(one.id))

    def __len__(self) -> int:
        """Return how many models are whole."""
        return sum(1 for _ in self)


class WeightFaults(Mapping[str, str]):
    """Why a model that is there cannot be used, and what to run; found when asked for."""

    def __init__(self, folder: Path, weights: VerifiedWeights) -> None:
        """Name the folder of models and what is verified of it."""
        self._folder, self._weights = folder, weights

    def __getitem__(self, name: str) -> str:
        """Return why a model cannot be used; raises KeyError when it can, or is not there."""
        if self._weights.record.find(name) is not None:
            faults = self._weights.faults_of(name)
            if not faults:
                raise KeyError(name)
            return f"weights {name}: {'; '.join(faults)}; run: rexrank models fetch --again {name}"
        if not ModelFolder(self._folder).is_present(name):
            raise KeyError(name)
        return f"weights {name} are not recorded; run: rexrank models fetch {name}"

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the models that are there and cannot be used."""
        places = (path.name for path in sorted(self._folder.glob("*")) if path.is_dir())
        names = dict.fromkeys((*(one.id for one in self._weights.record.weights), *places))
        return (name for name in names if name in self)

    def __len__(self) -> int:
        """Return how many there are."""
        return sum(1 for _ in self)


def find_cache() -> Path | None:
    """Return the folder that keeps what is slow to make again, None when none is named."""
    folder = os.environ.get("REXRANK_CACHE")
    return Path(folder) if folder else None
