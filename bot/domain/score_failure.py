"""Why an entry of a batch has no scores: what one job says to the next."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bot.domain.value import Value

SUFFIX = ".failed.json"
"""What follows the entry's name in the name of the file."""
MAX_REASON = 2000
"""Characters of a reason that are kept."""


class ScoreFailure(Value):
    """`<submission>.failed.json`: why there is no folder of scores beside it."""

    schema_version: Literal[1] = 1
    """Version of this file's format."""
    submission: Annotated[str, Field(max_length=255)]
    """Entry's folder name."""
    exit_status: Annotated[int, Field(ge=1, le=255)]
    """What `rexrank score` would have ended with for this entry alone."""
    reason: Annotated[str, Field(max_length=MAX_REASON)]
    """Why, in the program's own words."""
