"""The tombstone of an entry: why its rows are no longer on the leaderboard."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bot.domain.value import Login, Slug, Value


class Withdrawal(Value):
    """`withdrawn/<submission>.json` in the ledger. An entry that has one is never shown again."""

    schema_version: Literal[1] = 1
    """Version of this file's format."""
    submission: Slug
    """Entry's folder name."""
    login: Login
    """Who asked."""
    user_id: Annotated[int, Field(ge=1)]
    """Numeric id of that user, which survives a change of login."""
    pull: Annotated[int, Field(ge=1)]
    """Pull request on which it was asked."""
    comment: Annotated[int, Field(ge=1)]
    """Comment that asked."""
