"""The leaderboard: boards of ranked rows, holding everything that a page or a table shows."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from bot.domain.board import BoardId
from bot.domain.column import Column
from bot.domain.dataset import DatasetCard
from bot.domain.manifest import Inputs, Links
from bot.domain.published import Day, PublishedAnswers, PublishedChange, PublishedSource
from bot.domain.scorecard import MetricScore
from bot.domain.value import (
    HttpsUrl,
    Line,
    Login,
    MetricId,
    Paragraph,
    Section,
    Sha256,
    Slug,
    Value,
)

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
    citation: Annotated[Paragraph, Field(max_length=2000)] | None = None
    """BibTeX entry of the leaderboard."""
    recipients: tuple[Annotated[str, Field(pattern=r"^age1[02-9ac-hj-np-z]{58}$")], ...] = ()
    """Public age keys to which predictions and per-study scores are sealed."""


class Row(Value):
    """One entry on one board: scored here, or taken from a published table, which says less."""

    rank: Annotated[int, Field(ge=1)] | None = None
    """Rank by the main metric, shared by entries that are not told apart; None when unranked."""
    rank_interval: tuple[int, int] | None = None
    """95 % interval of the rank; None for a row without stored per-study scores."""
    submission: Slug
    """Entry's id; a published row's begins with `published.`."""
    model: Line
    """Model's name."""
    version: Line | None = None
    """Model's version."""
    institution: Line
    """Who made it."""
    year: int
    """Year of the model."""
    links: Links = Links()
    """Where to read more."""
    url: HttpsUrl | None = None
    """Address that a published table gives."""
    license: Line | None = None
    """Licence of the model."""
    inputs: Inputs | None = None
    """What the model saw."""
    trained_on: bool | None = None
    """Whether the authors trained on this dataset; None when a published table does not say."""
    badge: Badge
    """Where the scores come from."""
    as_of: Day | None = None
    """Date of the published table."""
    n: Annotated[int, Field(ge=1)] | None = None
    """Number of studies that were scored; None when a published table does not say."""
    scores: dict[MetricId, MetricScore]
    """Result of each metric that is shown; the scorecard has all."""
    remarks: tuple[Line, ...] = ()
    """What is odd about the row."""
    replaced_by: Slug | None = None
    """Entry that was scored here and takes the rank of this published row, whose value differs."""
    scorecard: Sha256 | None = None
    """Key of the scorecard in the ledger."""
    predictions_sha256: Sha256 | None = None
    """SHA-256 of the predictions file."""

    def shown(self, metric: str) -> float | None:
        """Return the value of a metric that counts, None when there is none."""
        score = self.scores.get(metric)
        return score.shown if score else None


class Pair(Value):
    """Two entries of a board, compared study by study on the main metric."""

    one: Slug
    """The entry with the better mean."""
    other: Slug
    """The other entry."""
    difference: float
    """Mean of the one minus mean of the other."""
    interval: tuple[float, float]
    """95 % interval of the difference, from a paired bootstrap over studies."""
    p: Annotated[float, Field(gt=0, le=1)]
    """P-value of a paired permutation test, two-sided."""
    p_adjusted: Annotated[float, Field(gt=0, le=1)]
    """The same, adjusted by Holm over all pairs of the board."""
    separated: bool
    """Whether the two are told apart at the 5 % level."""


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
    """Ranked entries by value, best first; equal values in the order of their ids."""
    unranked: tuple[Row, ...] = ()
    """Entries without a value of the main metric that counts, in the order of their ids."""
    pairs: tuple[Pair, ...] = ()
    """Every two of the best entries with stored per-study scores, in the order of the rows."""
    clusters: Annotated[int, Field(ge=1)] | None = None
    """Number of different reference texts, where studies with the same one count as one."""

    @model_validator(mode="after")
    def _has_its_main_metric(self) -> Self:
        """Refuse a board that is ranked by what it does not show."""
        if all(column.id != self.main_metric for column in self.columns):
            raise ValueError(f"the main metric {self.main_metric} is not among the columns")
        return self

    @property
    def id(self) -> BoardId:
        """Which board it is."""
        return BoardId(self.dataset, self.section)

    @property
    def main(self) -> Column:
        """The column that ranks."""
        return next(column for column in self.columns if column.id == self.main_metric)

    @property
    def all_rows(self) -> tuple[Row, ...]:
        """Every row, the ranked ones first."""
        return (*self.rows, *self.unranked)


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

    @property
    def board(self) -> BoardId:
        """The board it is on."""
        return BoardId(self.dataset, self.section)


class Leaderboard(Value):
    """`leaderboard/leaderboard.json`: a pure function of the entries on main and the ledger."""

    schema_version: Literal[1] = 1
    """Version of this file's format."""
    title: Line
    """Name of the leaderboard."""
    repository: HttpsUrl
    """Where submissions are opened."""
    citation: Paragraph | None = None
    """BibTeX entry of the leaderboard."""
    datasets: tuple[DatasetCard, ...]
    """Cards of the datasets that are shown."""
    boards: tuple[Board, ...]
    """Boards, in the order of the datasets and sections."""
    waiting: tuple[Waiting, ...] = ()
    """What is merged and not scored yet."""
    published: tuple[PublishedSource, ...] = ()
    """Snapshots of published tables, the latest first."""
    changes: tuple[PublishedChange, ...] = ()
    """What changed between those, the latest first."""
    answers: tuple[PublishedAnswers, ...] = ()
    """Published results on questions about images, best first: a table of its own."""
