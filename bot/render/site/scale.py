"""Axes: from values to places in a picture, in per cent of its size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_STEPS = (1.0, 2.0, 5.0, 10.0)
_MARGIN = 4.0


@dataclass(frozen=True)
class Tick:
    """A named place on an axis."""

    at: float
    """Place, in per cent."""
    label: str
    """Value as it is shown."""


@dataclass(frozen=True)
class Scale:
    """A linear axis; both ends keep a little distance from the border."""

    low: float
    """Least value."""
    high: float
    """Greatest value, above the least."""

    def at(self, value: float) -> float:
        """Return a value's place, in per cent with two digits.

        Example:
            >>> Scale(0.0, 1.0).at(0.0), Scale(0.0, 1.0).at(0.5), Scale(0.0, 1.0).at(1.0)
            (4.0, 50.0, 96.0)
        """
        share = (value - self.low) / (self.high - self.low)
        return round(_MARGIN + share * (100 - 2 * _MARGIN), 2)

    def up(self, value: float) -> float:
        """Return a value's place on an axis that grows upwards, where pictures grow down.

        Example:
            >>> Scale(0.0, 1.0).up(1.0)
            4.0
        """
        return round(100 - self.at(value), 2)

    def ticks(self, most: int = 6) -> tuple[Tick, ...]:
        """Return round values along the axis, at most so many.

        Example:
            >>> [tick.label for tick in Scale(0.13, 0.92).ticks()]
            ['0.2', '0.4', '0.6', '0.8']
        """
        step = _round_step((self.high - self.low) / most)
        digits = max(0, -math.floor(math.log10(step)))
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        values = [number * step for number in range(first, last + 1)]
        return tuple(Tick(self.at(value), f"{value + 0.0:.{digits}f}") for value in values)


def scale_of(values: Sequence[float]) -> Scale:
    """Return the axis that just holds some values, at least one.

    Example:
        >>> scale_of([1.0, 3.0]), scale_of([2.0])
        (Scale(low=1.0, high=3.0), Scale(low=1.5, high=2.5))
    """
    low, high = min(values), max(values)
    if high - low < 1e-9:
        return Scale(low - 0.5, high + 0.5)
    return Scale(low, high)


def _round_step(least: float) -> float:
    """Return the least step of 1, 2 or 5 times a power of ten that is not below a size."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * step for step in _STEPS if power * step >= least * (1 - 1e-9))
