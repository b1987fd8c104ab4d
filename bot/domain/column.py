"""A metric as tables show it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bot.domain.value import Line, MetricId, Value

Direction = Literal["higher", "lower"]
"""Which values are better."""


class Column(Value):
    """A metric as a table shows it."""

    id: MetricId
    """Metric id."""
    title: Line
    """Heading."""
    direction: Direction
    """Which values are better."""
    digits: Annotated[int, Field(ge=0, le=9)]
    """Decimal places that are shown."""
