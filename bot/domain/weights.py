"""Model weights: what this program can fetch, and what a folder of models holds."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from bot.domain.value import (
    END,
    HttpsUrl,
    Line,
    MetricId,
    Sha256,
    Slug,
    Value,
    canonical_json,
    sha256_of,
)

FilePath = Annotated[
    str,
    StringConstraints(
        max_length=200,
        pattern=rf"^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*{END}",
    ),
]
"""Path below a model's folder, with `/`; no hidden part and none that leads out of it."""

Repository = Annotated[
    str, StringConstraints(max_length=200, pattern=rf"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+{END}")
]
"""Owner and name of a repository on a model hub."""

Revision = Annotated[str, StringConstraints(pattern=rf"^[A-Za-z0-9_.-]{{1,64}}{END}")]
"""Commit, tag or branch of such a repository."""


class WeightFile(Value):
    """One file of a model, and where it comes from."""

    path: FilePath
    """Where it is kept, below the model's folder."""
    huggingface: Repository | None = None
    """Hub repository that has it; none for a file that a person has to get."""
    name: FilePath | None = None
    """Its path in that repository, when it has another one there."""
    revision: Revision | None = None
    """Revision of that repository; a commit is pinned, a branch is not."""
    url: HttpsUrl | None = None
    """Address of the file, when no repository has it."""
    sha256: Sha256 | None = None
    """Hash that the file must have; none where the publisher states none that was checked."""

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if self.huggingface is not None and (self.url is not None or self.revision is None):
            message = f"{self.path}: give huggingface with revision, or url, or neither"
            raise ValueError(message)
        return self


class Weights(Value):
    """A model that some metrics need."""

    id: Slug
    """Name of the model, and of its folder."""
    title: Annotated[Line, Field(max_length=100)]
    """What it is."""
    licence: Annotated[Line, Field(max_length=100)]
    """Licence or terms that its publisher states."""
    source: HttpsUrl
    """Page of its publisher."""
    needed_by: Annotated[tuple[MetricId, ...], Field(min_length=1)]
    """Metrics that need it."""
    by_hand: Annotated[Line, Field(max_length=300)] | None = None
    """What a person has to do before the files can be had, for a model that is not free to take."""
    files: tuple[WeightFile, ...] = ()
    """Its files; none where whatever a person puts into its folder is taken."""

    @model_validator(mode="after")
    def _can_be_had(self) -> Self:
        if not self.files and self.by_hand is None:
            message = f"{self.id}: give files, or say under by_hand how to get them"
            raise ValueError(message)
        return self

    @property
    def is_pinned(self) -> bool:
        """Whether the hash of every file is known beforehand."""
        return bool(self.files) and all(file.sha256 is not None for file in self.files)

    @property
    def pins(self) -> dict[str, str]:
        """Hash of each file whose hash is known beforehand, by path."""
        return {file.path: file.sha256 for file in self.files if file.sha256 is not None}


class WeightsCatalog(Value):
    """`weights.yaml` of the catalog: every model that a metric can need."""

    schema_version: Literal[1] = 1
    """Version of this file's format."""
    weights: Annotated[tuple[Weights, ...], Field(min_length=1)]
    """The models."""

    def find(self, name: str) -> Weights | None:
        """Return a model by its id, None when there is none."""
        return next((one for one in self.weights if one.id == name), None)


class FileRecord(Value):
    """One file that is in a folder of models."""

    path: FilePath
    """Where it is, below the model's folder."""
    size_bytes: Annotated[int, Field(ge=0)]
    """Its size."""
    sha256: Sha256
    """Its hash when it was recorded."""
    origin: Annotated[Line, Field(max_length=500)]
    """Where it came from: a repository at a commit, an address or a folder."""


class WeightsRecord(Value):
    """A model that is in a folder of models."""

    id: Slug
    """Name of the model."""
    licence: Annotated[Line, Field(max_length=100)]
    """Licence or terms that its publisher states."""
    source: HttpsUrl
    """Page of its publisher."""
    files: Annotated[tuple[FileRecord, ...], Field(min_length=1)]
    """Its files, by path."""

    @property
    def sha256(self) -> str:
        """Hash of the model: of the paths and hashes of its files."""
        return sha256_of(canonical_json({file.path: file.sha256 for file in self.files}))


class ModelsRecord(Value):
    """`weights.yaml` of a folder of models: what was put there, and its hashes."""

    schema_version: Literal[1] = 1
    """Version of this file's format."""
    weights: tuple[WeightsRecord, ...] = ()
    """The models, by id."""

    def find(self, name: str) -> WeightsRecord | None:
        """Return a model by its id, None when it was not recorded."""
        return next((one for one in self.weights if one.id == name), None)

    def with_weights(self, record: WeightsRecord) -> ModelsRecord:
        """Return this record with one model's entry put in or replaced."""
        others = (one for one in self.weights if one.id != record.id)
        ordered = sorted((*others, record), key=lambda one: one.id)
        return ModelsRecord(weights=tuple(ordered))
