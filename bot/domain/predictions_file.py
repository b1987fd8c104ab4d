"""The two JSON formats that cross the border: predictions, and test sets in ReXrank's format."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import ConfigDict, RootModel, StringConstraints

from bot.domain.text import CONTROL
from bot.domain.value import END, Value

MOST_REPORT_CHARACTERS = 20_000
MOST_STUDY_ID_CHARACTERS = 200

StudyId = Annotated[
    str, StringConstraints(pattern=rf"^[^{CONTROL}]{{1,{MOST_STUDY_ID_CHARACTERS}}}{END}")
]
"""Study id as the test file writes it: any text without control characters."""

ReportText = Annotated[
    str, StringConstraints(max_length=MOST_REPORT_CHARACTERS, pattern=r"^[^\x00]*$")
]
"""Report text; empty counts as an empty report."""


Content = TypeVar("Content")


class Document(RootModel[Content]):
    """A document that is not an object of fixed keys."""

    model_config = ConfigDict(frozen=True, strict=True, regex_engine="python-re")


class StudyPrediction(Value):
    """A study in a predictions file of the official format.

    The keys of the test file are tolerated on public datasets and never read.
    """

    model_prediction: ReportText
    """The model's report."""
    study_id: Any = None
    """Tolerated: study id."""
    image_path: Any = None
    """Tolerated: the study's images."""
    key_image_path: Any = None
    """Tolerated: the key frontal image."""
    frontal_lateral: Any = None
    """Tolerated: the view of each image."""
    context: Any = None
    """Tolerated: age, gender, indication, comparison."""
    report: Any = None
    """Tolerated: the full reference."""
    reports: Any = None
    """Tolerated: the full reference, by its other name."""
    section_findings: Any = None
    """Tolerated: the reference's findings."""
    section_impression: Any = None
    """Tolerated: the reference's impression."""
    split: Any = None
    """Tolerated: the part of the source."""


class PredictionsFile(Document[dict[StudyId, ReportText | StudyPrediction]]):
    """A predictions file: study id to report text, or to an object that holds it."""


class OfficialStudy(Value):
    """A study in a test file of the official format; other keys are ignored."""

    model_config = ConfigDict(extra="ignore")

    image_path: tuple[str, ...] | str | None = None
    """The study's images."""
    key_image_path: str | None = None
    """The key frontal image."""
    frontal_lateral: tuple[str, ...] | None = None
    """The view of each image."""
    context: dict[str, Any] | str | None = None
    """Age, gender, indication, comparison; a text or an object."""
    report: str | None = None
    """The full report."""
    reports: str | None = None
    """The full report, by the name the documentation gives it."""
    section_findings: str | None = None
    """Findings section. Real files also hold NaN, which is read as null."""
    section_impression: str | None = None
    """Impression section. Real files also hold NaN, which is read as null."""
    split: str | None = None
    """The part of the source."""


class OfficialDataset(Document[dict[StudyId, OfficialStudy]]):
    """A test file of the official format: study id to study."""


OFFICIAL_KEYS = frozenset(StudyPrediction.model_fields) - {"model_prediction"}
"""Keys of the test file, which predictions files may repeat on public datasets."""
