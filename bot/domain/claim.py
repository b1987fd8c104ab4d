"""Who handed in a predictions file first."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bot.domain.published import Day
from bot.domain.value import Sha256, Slug, Value

CLAIMS = "claims"


class Claim(Value):
    """`claims/<sha256>.json` in the ledger: one predictions file as somebody handed it in first."""

    schema_version: Literal[1] = 1
    """Version of this file's format."""
    sha256: Sha256
    """SHA-256 of the file as it is committed."""
    submission: Slug
    """Entry's folder name."""
    user_id: Annotated[int, Field(ge=1)]
    """Numeric id of who opened the pull request, which survives a change of login."""
    pull: Annotated[int, Field(ge=1)]
    """The pull request."""
    day: Day
    """Date on which it was recorded, in UTC."""


def claim_path(sha256: str) -> str:
    """Return where the ledger keeps the claim of a file.

    Example:
        >>> claim_path("a" * 64)[:12]
        'claims/aaaaa'
    """
    return f"{CLAIMS}/{sha256}.json"
