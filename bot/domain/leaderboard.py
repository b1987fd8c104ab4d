"""The leaderboard: boards of ranked rows, holding everything that a page or a table shows."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bot.domain.column import Column
from bot.domain.dataset import DatasetCard
from bot.domain.manifest import Inputs, Links
from bot.domain.scorecard import MetricScore
from bot.domain.value import HttpsUrl, Line, Login, MetricId, Section, Sha256, Slug, Value

Badge = Literal["scored", "published", "stale"]
"""Scored here; taken from a published table; scored by an earlier scorer."""


class LeaderboardCard(Value):
    """What this leaderboard is: `bot/catalog/leaderboard.yaml`."""

    title: Annotated[Line, Field(max_length=60)]
    """Name of the leaderboard."""
    summary: Annotated[Line, Field(max_length=300)]
    """One sentence about it."""
    repository: HttpsUrl
    """Where submissions are opened."""
    main_metric: MetricId
    """Metric that ranks boards, unless a dataset's card names another."""
    columns: Annotated[tuple[MetricId, ...], Field(min_length=1)]
    """Metrics shown, in the order of the columns."""
    datasets: Annotated[tuple[Slug, ...], Field(min_length=1)]
    """Datasets, in the order in which they are shown."""
    bot_login: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+(\[bot\])?$")]
    """Author of the bot's comments."""
    maintainers: Annotated[tuple[Login, ...], Field(min_length=1)]
    """Who reviews and merges."""
    contact: HttpsUrl
    """Where to ask."""
    recipients: tuple[Annotated[str, Field(pattern=r"^age1[02-9ac-hj-np-z]{58}$")], ...] = ()
    """Public age keys to which predictions and per-study scores are sealed."""


class Row(Value):
    """One entry on one board."""

    rank: Annotated[int, Field(ge=1)] | None = None
    """Rank by the main metric, shared by ties; None when it has no such value."""
    submission: Slug
    """Entry's id."""
    model: Line
    """Model's name."""
    version: Line
    """Model's version."""
    institution: Line
    """Who made it."""
    year: int
    """Year of the model."""
    links: Links
    """Where to read more."""
    license: Line
    """Licence of the model."""
    inputs: Inputs
    """What the model saw."""
    trained_on: bool
    """Whether the authors trained on this dataset."""
    badge: Badge
    """Where the scores come from."""
    scores: dict[MetricId, MetricScore]
    """Result of each metric."""
    scorecard: Sha256
    """Key of the scorecard in the ledger."""
    predictions_sha256: Sha256
    """SHA-256 of the predictions file."""


class Board(Value):
    """The entries of one dataset and section."""

    dataset: Slug
    """Dataset id."""
    section: Section
    """Section that is compared."""
    n: Annotated[int, Field(ge=1)]
    """Number of studies."""
    main_metric: MetricId
    """Metric that ranks."""
    columns: tuple[Column, ...]
    """Metrics that are shown."""
    rows: tuple[Row, ...] = ()
    """Ranked entries, best first; equal values in the order of their ids."""
    unranked: tuple[Row, ...] = ()
    """Entries without a value of the main metric, in the order of their ids."""


class Waiting(Value):
    """A merged entry that has no scorecard on a board yet."""

    submission: Slug
    """Entry's id."""
    model: Line
    """Model's name."""
    dataset: Slug
    """Dataset id."""
    section: Section
    """Section."""


class Leaderboard(Value):
    """`leaderboard/leaderboard.json`: a pure function of the entries on main and the ledger."""

    schema_version: Literal[1] = 1
    """Version of this file's format."""
    title: Line
    """Name of the leaderboard."""
    repository: HttpsUrl
    """Where submissions are opened."""
    datasets: tuple[DatasetCard, ...]
    """Cards of the datasets that are shown."""
    boards: tuple[Board, ...]
    """Boards, in the order of the datasets and sections."""
    waiting: tuple[Waiting, ...] = ()
    """What is merged and not scored yet."""
