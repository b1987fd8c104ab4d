"""Which board something is about."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.value import Section


@dataclass(frozen=True, order=True)
class BoardId:
    """A dataset and the section of the report that is compared.

    Example:
        >>> board = BoardId("iu-xray", "findings")
        >>> f"{board}.csv"
        'iu-xray.findings.csv'
    """

    dataset: str
    """Dataset id."""
    section: Section
    """Section."""

    def __str__(self) -> str:
        """Return the id as it stands in files, folders and messages."""
        return f"{self.dataset}.{self.section}"


@dataclass(frozen=True)
class BoardFile:
    """A predictions file as one board knows it: the same bytes on another board are another one."""

    board: BoardId
    """Board that it is for."""
    sha256: str
    """SHA-256 of the file."""
