"""Result tables that were published elsewhere, kept as dated snapshots of facts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from bot.domain.board import BoardId
from bot.domain.value import END, HttpsUrl, Line, MetricId, Section, Slug, Value

DAY = rf"^20\d\d-[01]\d(-[0-3]\d)?{END}"

Day = Annotated[str, StringConstraints(pattern=DAY)]
"""A date, as 2025-09-05, or the month where no day is known, as 2026-08."""

Name = Annotated[Line, Field(max_length=60)]


OVERALL = "Overall Accuracy"
"""Key of the share of right answers over all questions."""


class Inconsistency(Value):
    """A published number that does not follow from others of the same row."""

    metric: MetricId
    """The number that does not follow."""
    published: float
    """What was published, which is kept."""
    expected: float
    """What follows from the row's BERTScore, SembScore and RadGraph."""


class PublishedRow(Value):
    """One model on one test set, as a table gave it."""

    dataset: Slug
    """Dataset id."""
    split: Annotated[Line, Field(max_length=30)]
    """Part of the dataset: `test`, `valid`."""
    section: Section
    """Section that was compared."""
    model: Name
    """Model's name, as the table spells it."""
    institution: Annotated[Line, Field(max_length=100)]
    """Who made it."""
    year: Annotated[int, Field(ge=2000, le=2100)]
    """Year the table gives."""
    url: HttpsUrl | None = None
    """Address the table gives."""
    as_of: Day
    """Date of the table that the row is from."""
    scores: dict[MetricId, float]
    """Values as published; a metric without one is left out."""
    trained_on: bool | None = None
    """Whether the model was trained on this dataset; None when the table does not say."""
    inconsistency: Inconsistency | None = None
    """A number that does not follow from the others, None when all do or nothing can be said."""

    @property
    def board(self) -> BoardId:
        """The board it is on."""
        return BoardId(self.dataset, self.section)


class PublishedAnswers(Value):
    """One model on a test of questions about images: no report, so a table of its own."""

    dataset: Slug
    """Dataset id."""
    split: Annotated[Line, Field(max_length=30)]
    """Part of the dataset."""
    model: Name
    """Model's name."""
    institution: Annotated[Line, Field(max_length=100)]
    """Who made it."""
    url: HttpsUrl | None = None
    """Address the table gives."""
    accuracy: dict[Line, Annotated[float, Field(ge=0, le=1)]]
    """Share of right answers, over all questions and by their kind."""


class Snapshot(Value):
    """`bot/catalog/published/<date>.json`: published tables as they stood on a date."""

    schema_version: Literal[1] = 1
    """Version of this file's format."""
    date: Day
    """The date, or its month."""
    source: HttpsUrl
    """Where the tables were published."""
    provenance: Annotated[Line, Field(max_length=600)]
    """Which state of the source they were read from, and how."""
    rows: tuple[PublishedRow, ...]
    """Rows of the report tables, in the order of the source."""
    answers: tuple[PublishedAnswers, ...] = ()
    """Rows of the question tables, in the order of the source."""


ChangeKind = Literal["added", "renamed", "replaced", "vanished", "left", "rescored"]
"""New in the tables; spelled in another way; gone, where new names have its address; gone; gone
from some tables; other values in the same table."""


class PublishedChange(Value):
    """What happened to a model from one snapshot to the next."""

    since: Day
    """Date of the earlier snapshot."""
    date: Day
    """Date of the later one: the change was made between the two."""
    kind: ChangeKind
    """What happened."""
    model: Name
    """Model's name in the earlier snapshot, or in the later one if it was not in that."""
    now: tuple[Name, ...] = ()
    """Names in the later snapshot, where they are others."""
    tables: tuple[Line, ...] = ()
    """Tables that it is about, as in `iu-xray.findings (test)`; empty when it is about all."""
    main: tuple[float, float] | None = None
    """1/RadCliQ-v1 before and after, when that changed."""


class PublishedSource(Value):
    """A snapshot, as the leaderboard names it."""

    date: Day
    """Its date."""
    source: HttpsUrl
    """Where the tables were published."""
    provenance: Line
    """Which state of the source they were read from."""
    rows: Annotated[int, Field(ge=0)]
    """Number of rows of report tables."""
    inconsistent: Annotated[int, Field(ge=0)]
    """Number of those with a value that does not follow from its parts."""


class SourceRow(Value):
    """A row of the collected tables, before it is brought into this project's words."""

    dataset: str
    split: str
    section: str
    model: str
    institution: str
    url: str | None = None
    date: str | None = None
    metrics: dict[str, float | None]
    trained_on_dataset: bool | None = None
    as_of: str | None = None


class PublishedFile(Value):
    """The collected tables as they stand: the input of `rexrank import-published`."""

    source: str
    note: str = ""
    rows: tuple[SourceRow, ...]
    vqa_rows: tuple[SourceRow, ...] = ()


class HistoryFile(Value):
    """Earlier states of the tables: the input of its option `--history`."""

    source: str
    legacy_2024: tuple[SourceRow, ...]
    snapshot_2025_09: tuple[SourceRow, ...]
