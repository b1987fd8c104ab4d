"""The scores of one predictions file on one board, with everything needed to reproduce them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from bot.domain.board import BoardFile, BoardId
from bot.domain.value import Line, MetricId, Section, Sha256, Slug, Value, canonical_json, sha256_of

Status = Literal["scored", "unavailable", "pending"]
"""Whether there is a value: yes; no, and why; not yet, and why."""


class MetricScore(Value):
    """The result of one metric."""

    status: Status
    """Whether there is a value."""
    version: Annotated[Line, Field(max_length=20)]
    """Version of the metric's definition."""
    value: float | None = None
    """Mean over the board's studies, or the corpus score; rounded only where the card says so."""
    interval: tuple[float, float] | None = None
    """95 % bootstrap interval of the value."""
    reason: Annotated[Line, Field(max_length=300)] | None = None
    """Why there is no value, and what to run."""

    @property
    def shown(self) -> float | None:
        """The value that counts: None unless it was scored.

        Example:
            >>> MetricScore(status="scored", version="1", value=0.0).shown
            0.0
            >>> MetricScore(status="unavailable", version="1", reason="no weights").shown
        """
        return self.value if self.status == "scored" else None


class Fingerprint(Value):
    """What decides a score besides the texts. Two equal fingerprints give equal bytes."""

    metrics: dict[MetricId, str]
    """Version of each metric's definition."""
    libraries: dict[str, str]
    """Version of each library that a number depends on."""
    weights: dict[str, Sha256] = Field(default_factory=dict)
    """SHA-256 of each model's weights that was used."""
    image: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")] | None = None
    """Digest of the container image, None outside a container."""

    @property
    def digest(self) -> str:
        """SHA-256 of the fingerprint, which is part of a scorecard's key."""
        return sha256_of(canonical_json(self.model_dump(mode="json", exclude_none=True)))

    def contradicts(self, other: Fingerprint) -> bool:
        """Return whether two scorers can give different numbers for the same texts.

        What only one of them names is not held against the other: a scorer may have more metrics
        or libraries. The image is no reason either, because every build has another digest.

        Example:
            >>> old = Fingerprint(metrics={"bleu2": "1"}, libraries={"numpy": "2.0"})
            >>> new = Fingerprint(metrics={"bleu2": "2", "cider": "1"}, libraries={})
            >>> old.contradicts(new), old.contradicts(old)
            (True, False)
        """
        pairs = (
            (self.metrics, other.metrics),
            (self.libraries, other.libraries),
            (self.weights, other.weights),
        )
        return any(
            ours[name] != theirs[name] for ours, theirs in pairs for name in ours if name in theirs
        )


class Bootstrap(Value):
    """How the intervals were made."""

    resamples: Annotated[int, Field(ge=1)]
    """Number of resamples of the studies."""
    seed: Annotated[int, Field(ge=0)]
    """Seed of the random generator."""


class Scorecard(Value):
    """`scorecard.json`: no clock, no host, no user name; same input, same bytes."""

    schema_version: Literal[1] = 1
    """Version of this file's format."""
    dataset: Slug
    """Dataset id."""
    section: Section
    """Section that was scored."""
    n: Annotated[int, Field(ge=1)]
    """Number of studies."""
    metrics: dict[MetricId, MetricScore]
    """Result of each metric."""
    predictions_sha256: Sha256
    """SHA-256 of the predictions file."""
    references_commitment: Sha256
    """Commitment to the board's reference texts."""
    official_none: bool = False
    """Whether missing reference parts were written as the official formatter does."""
    decimals: Annotated[int, Field(ge=1, le=6)] | None = None
    """Decimals to which values and intervals were rounded; None where they were not."""
    bootstrap: Bootstrap
    """How the intervals were made."""
    fingerprint: Fingerprint
    """What else decided the values."""

    @property
    def board(self) -> BoardId:
        """The board it is on."""
        return BoardId(self.dataset, self.section)

    @property
    def file(self) -> BoardFile:
        """The file that was scored."""
        return BoardFile(self.board, self.predictions_sha256)

    @property
    def key(self) -> str:
        """Name of this scorecard in the ledger: equal for equal inputs and scorer."""
        parts = (self.predictions_sha256, self.references_commitment, self.fingerprint.digest)
        return sha256_of("\n".join(parts).encode())

    def shown(self, metric: str) -> float | None:
        """Return the value of a metric that counts, None when there is none."""
        score = self.metrics.get(metric)
        return score.shown if score else None


@dataclass(frozen=True)
class PerStudyTable:
    """Scores of each study on each per-study metric."""

    study_ids: tuple[str, ...]
    """The n study ids, in the order of the rows."""
    columns: Mapping[str, npt.NDArray[np.float64]]
    """Metric id to float64 array of shape (n,)."""


@dataclass(frozen=True)
class SealedTable:
    """Scores of each study that only the leaderboard can open."""

    data: bytes
    """File of a `PerStudyTable`, encrypted with age."""


StoredTable = PerStudyTable | SealedTable
"""A table as the ledger keeps it: sealed where the dataset is not public."""
