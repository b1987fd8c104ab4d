"""Names beside points, where none covers another: first for a telephone, then more for a screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

Anchor = Literal["start", "end"]

Size = tuple[float, float]

NARROW: Size = (300.0, 360.0)
"""Width and height of a picture on a telephone, in pixels."""
WIDE: Size = (860.0, 360.0)
"""The same on a screen."""

_CHARACTER = 7.0
_HEIGHT = 14.0
_GAP = 8.0
_DOT = 6.0


@dataclass(frozen=True)
class PlotLabel:
    """A name beside its point."""

    x: float
    """Place of the point, in per cent."""
    y: float
    """The same, from the top."""
    dx: float
    """How far right of it the text begins, in pixels."""
    dy: float
    """How far below it the text's line is, in pixels."""
    anchor: Anchor
    """Which end of the text that is."""
    text: str
    """The name."""
    wide: bool
    """Whether there is room on a screen only."""


class Box(NamedTuple):
    """Some place that is taken, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Return whether two boxes share a place."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def place_labels(
    points: Sequence[tuple[float, float, str]], obstacles: Iterable[tuple[float, float]]
) -> tuple[PlotLabel, ...]:
    """Return the names that have room, those of earlier points first.

    Args:
        points: Place of each point in per cent, and its name.
        obstacles: Other places that no name may cover.

    Example:
        >>> [(one.text, one.anchor) for one in place_labels([(50, 50, "a"), (50, 50, "b")], ())]
        [('a', 'start'), ('b', 'end')]
    """
    dots = [*((x, y) for x, y, _ in points), *obstacles]
    # What a telephone has room for is shown on a screen too, so it must fit both.
    narrow = _place(points, dots, (NARROW, WIDE), {})
    every = _place(points, dots, (WIDE,), narrow)
    return tuple(every[number] for number in sorted(every))


def _place(
    points: Sequence[tuple[float, float, str]],
    dots: Sequence[tuple[float, float]],
    sizes: Sequence[Size],
    placed: dict[int, PlotLabel],
) -> dict[int, PlotLabel]:
    """Return the labels that were there, and those for which pictures of all sizes have room."""
    taken = {
        size: [
            *(_dot_box(x, y, size) for x, y in dots),
            *(_text_box(label, size) for label in placed.values()),
        ]
        for size in sizes
    }
    found = dict(placed)
    for number, (x, y, text) in enumerate(points):
        if number in found:
            continue
        for label in _choices(x, y, text, wide=NARROW not in sizes):
            boxes = {size: _text_box(label, size) for size in sizes}
            if all(_is_free(box, size, taken[size]) for size, box in boxes.items()):
                for size, box in boxes.items():
                    taken[size].append(box)
                found[number] = label
                break
    return found


def _is_free(box: Box, size: Size, taken: Sequence[Box]) -> bool:
    """Return whether a box is inside a picture and meets no other."""
    inside = box.left >= 0 and box.right <= size[0] and box.top >= 0 and box.bottom <= size[1]
    return inside and not any(box.meets(other) for other in taken)


def _choices(x: float, y: float, text: str, *, wide: bool) -> Iterable[PlotLabel]:
    """Yield the places for a name, best first: beside its point, above, below."""
    for dy in (4.0, -8.0, 16.0):
        yield PlotLabel(x, y, _GAP, dy, "start", text, wide)
        yield PlotLabel(x, y, -_GAP, dy, "end", text, wide)


def _dot_box(x: float, y: float, size: Size) -> Box:
    """Return the place that a point takes."""
    across, down = x * size[0] / 100, y * size[1] / 100
    return Box(across - _DOT, down - _DOT, across + _DOT, down + _DOT)


def _text_box(label: PlotLabel, size: Size) -> Box:
    """Return the place that a name takes."""
    across, down = label.x * size[0] / 100 + label.dx, label.y * size[1] / 100 + label.dy
    width = _CHARACTER * len(label.text)
    left = across if label.anchor == "start" else across - width
    return Box(left, down - _HEIGHT + 3, left + width, down + 3)
