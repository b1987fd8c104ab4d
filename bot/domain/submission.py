"""A submission as plain bytes, whether they came from a folder or from git objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.manifest import Manifest, PredictionsEntry

SUBMISSIONS_FOLDER = "submissions"


@dataclass(frozen=True)
class SubmissionFolder:
    """The files below `submissions/<id>/`, keyed by their path inside it."""

    id: str
    """The folder's name."""
    files: Mapping[str, bytes]
    """Content of each file; one byte more than MAX_FILE_BYTES stands for all of a larger file."""

    def path(self, name: str) -> str:
        """Return the path of a file from the root of the repository.

        Example:
            >>> SubmissionFolder("moerad", {}).path("manifest.yaml")
            'submissions/moerad/manifest.yaml'
        """
        return f"{SUBMISSIONS_FOLDER}/{self.id}/{name}"


@dataclass(frozen=True)
class Predictions:
    """The report texts of one predictions file, complete and checked."""

    entry: PredictionsEntry
    """Where they came from and which board they are for."""
    texts: Mapping[str, str]
    """Report text of each study id; empty texts count as empty reports."""


@dataclass(frozen=True)
class Submission:
    """A submission whose manifest could be read."""

    id: str
    """The folder's name."""
    manifest: Manifest
    """What it says about itself."""
    predictions: tuple[Predictions, ...]
    """The files that could be read and have no error, in the manifest's order."""
