"""The manifest: what a submission says about its model and its prediction files."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from bot.domain.board import BoardId
from bot.domain.value import (
    END,
    RESERVED,
    HttpsUrl,
    Line,
    Login,
    Paragraph,
    Section,
    Sha256,
    Slug,
    Value,
)

MANIFEST_FILE = "manifest.yaml"
NOTES = ("README.md", "environment.yaml")
"""Files that may lie beside the manifest for whoever reads the folder; the program does not."""

Name = Annotated[Line, Field(max_length=60)]
PredictionsPath = Annotated[
    str,
    StringConstraints(
        pattern=rf"^predictions/(?!{RESERVED})[a-z0-9][a-z0-9.-]{{0,99}}\.json(\.gz|\.age)?{END}",
        max_length=120,
    ),
]
"""Path of a predictions file below the submission's folder."""


class Links(Value):
    """Where to read more about a model."""

    paper: HttpsUrl | None = None
    """The paper or preprint."""
    code: HttpsUrl | None = None
    """The source code."""
    weights: HttpsUrl | None = None
    """The model's weights."""


class ModelCard(Value):
    """What the leaderboard shows about a model."""

    name: Name
    """Name in the table, at most 60 characters."""
    version: Annotated[Line, Field(max_length=30)]
    """Version of the model, as its authors write it; quote it in YAML."""
    institution: Annotated[Line, Field(max_length=100)]
    """Who made it."""
    year: Annotated[int, Field(ge=2000, le=2100)]
    """Year of publication or training."""
    description: Annotated[Paragraph, Field(max_length=500)] | None = None
    """What the model is, at most 500 characters."""
    links: Links = Links()
    """Paper, code and weights, each optional."""
    license: Annotated[Line, Field(max_length=100)]
    """SPDX licence expression, or "proprietary"."""
    parameters: (
        Annotated[str, StringConstraints(pattern=rf"^[0-9]{{1,6}}(\.[0-9]{{1,3}})?[KMBT]{END}")]
        | None
    ) = None
    """Number of parameters with its unit: 250M, 7B."""


class Inputs(Value):
    """What the model saw of each study."""

    images: Literal["key-frontal", "all-views"]
    """The key frontal image, or every view of the study."""
    context: bool
    """Whether age, gender, indication and comparison were given to the model."""


class PredictionsEntry(Value):
    """One predictions file and the board it is for."""

    dataset: Slug
    """Dataset id."""
    section: Section
    """Section the texts stand for."""
    file: PredictionsPath
    """Path below the submission's folder."""
    sha256: Sha256
    """SHA-256 of the file as it is committed."""

    @property
    def board(self) -> BoardId:
        """The board it is for."""
        return BoardId(self.dataset, self.section)

    @property
    def is_sealed(self) -> bool:
        """Whether the file is encrypted to the leaderboard."""
        return self.file.endswith(".age")


class Reproduce(Value):
    """How the authors made the predictions."""

    environment: Annotated[Line, Field(max_length=200)] | None = None
    """File that describes the environment, in the code's repository."""
    command: Annotated[Line, Field(max_length=500)] | None = None
    """Command that writes the predictions. Shown, never run."""


class Manifest(Value):
    """What a submission says about itself: `submissions/<id>/manifest.yaml`."""

    schema_version: Literal[1]
    """Version of this file's format."""
    model: ModelCard
    """The model."""
    training_data: Annotated[
        tuple[Annotated[Line, Field(max_length=100)], ...], Field(max_length=30)
    ]
    """Dataset ids or free text; a dataset's own id marks the model as trained on it."""
    inputs: Inputs
    """What the model saw."""
    submitters: Annotated[tuple[Login, ...], Field(min_length=1, max_length=20)]
    """GitHub logins that may change this folder."""
    team: Name | None = None
    """Team that shares one quota; the institution when absent."""
    predictions: Annotated[tuple[PredictionsEntry, ...], Field(min_length=1, max_length=50)]
    """The prediction files."""
    reproduce: Reproduce | None = None
    """How the predictions were made."""
