"""What the pictures show, as places in per cent: the templates only draw.

Coordinates are shares of the picture, text keeps its size: a picture fits a telephone and a screen
without small print.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.domain.column import Column
from bot.domain.leaderboard import Board, Row
from bot.render.site.facts import ModelRows
from bot.render.site.labels import PlotLabel, place_labels
from bot.render.site.scale import Scale, Tick, scale_of
from bot.render.words import numbers

_ASIDE = (0.0, -1.5, 1.5, -3.0, 3.0)


@dataclass(frozen=True)
class Strip:
    """One row of a forest plot: a point, and a line where there is an interval."""

    row: Row
    """Whose it is."""
    at: float
    """Place of the value."""
    ends: tuple[float, float] | None
    """Places of the interval's ends."""


@dataclass(frozen=True)
class Forest:
    """A board's values by rank, each with its interval."""

    column: Column
    """What is shown."""
    strips: tuple[Strip, ...]
    """Ranked rows, best first."""
    ticks: tuple[Tick, ...]
    """The axis."""


@dataclass(frozen=True)
class Dot:
    """A model in a picture."""

    x: float
    """Place from the left."""
    y: float
    """Place from the top."""
    row: Row
    """Whose it is."""


@dataclass(frozen=True)
class Scatter:
    """Two metrics of one board against each other."""

    across: Column
    """What grows to the right."""
    upward: Column
    """What grows upwards."""
    dots: tuple[Dot, ...]
    """One for each row with both values."""
    labels: tuple[PlotLabel, ...]
    """Names that find a free place."""
    across_ticks: tuple[Tick, ...]
    """Horizontal axis."""
    upward_ticks: tuple[Tick, ...]
    """Vertical axis."""
    pairs: int
    """Number of pairs of rows that differ in both values."""
    agreeing: int
    """Number of those that both metrics order alike."""

    @property
    def share(self) -> str:
        """Share of the pairs that both metrics order alike, in words."""
        return f"{100 * self.agreeing / self.pairs:.0f} %" if self.pairs else numbers.MISSING


@dataclass(frozen=True)
class Timeline:
    """A board's values by the year of the model, and the best so far."""

    column: Column
    """What is shown."""
    dots: tuple[Dot, ...]
    """Every ranked row."""
    steps: tuple[tuple[float, float, float, float], ...]
    """Pieces of the line of the best so far, each x1, y1, x2, y2."""
    records: tuple[Row, ...]
    """Best row so far at the end of each year that brought a better one, in time."""
    labels: tuple[PlotLabel, ...]
    """Names of those that find a free place."""
    years: tuple[Tick, ...]
    """Horizontal axis."""
    ticks: tuple[Tick, ...]
    """Vertical axis."""


@dataclass(frozen=True)
class Standing:
    """Where one model is among all of a board."""

    at: float
    """Place of the model."""
    others: tuple[float, ...]
    """Places of the rest."""


def draw_forest(board: Board) -> Forest | None:
    """Return a board's forest plot, None when nothing is ranked."""
    main = board.main
    values = [(row, _value(row, main), row.scores[main.id].interval) for row in board.rows]
    if not values:
        return None
    ends = [end for _, _, interval in values for end in interval or ()]
    scale = scale_of([*(value for _, value, _ in values), *ends])
    strips = tuple(
        Strip(row, scale.at(value), (scale.at(around[0]), scale.at(around[1])) if around else None)
        for row, value, around in values
    )
    return Forest(main, strips, scale.ticks())


def draw_scatter(board: Board, across: Column, upward: Column) -> Scatter | None:
    """Return two metrics against each other, None when fewer than three rows have both."""
    found = [
        (row, x, y)
        for row in board.all_rows
        if (x := row.shown(across.id)) is not None
        and (y := row.shown(upward.id)) is not None
        and row.replaced_by is None
    ]
    if len(found) < 3:
        return None
    right, up = scale_of([x for _, x, _ in found]), scale_of([y for _, _, y in found])
    dots = tuple(Dot(right.at(x), up.up(y), row) for row, x, y in found)
    same = 1 if across.direction == upward.direction else -1
    products = [
        same * (x - other_x) * (y - other_y)
        for number, (_, x, y) in enumerate(found)
        for _, other_x, other_y in found[:number]
    ]
    return Scatter(
        across=across,
        upward=upward,
        dots=dots,
        labels=place_labels([(dot.x, dot.y, dot.row.model) for dot in dots], obstacles=()),
        across_ticks=right.ticks(),
        upward_ticks=up.ticks(),
        pairs=sum(product != 0 for product in products),
        agreeing=sum(product > 0 for product in products),
    )


def draw_timeline(board: Board) -> Timeline | None:
    """Return a board's values by year, None when all models are of one year."""
    main = board.main
    years = sorted({row.year for row in board.rows})
    if len(years) < 2:
        return None
    across = scale_of([years[0] - 0.3, years[-1] + 0.3])
    up = scale_of([_value(row, main) for row in board.rows])
    dots = _by_year(board.rows, main, across, up)
    # Rows are best first, so the first of a year is its best.
    records: list[Row] = []
    for year in years:
        best = next(row for row in board.rows if row.year == year)
        if not records or board.rows.index(best) < board.rows.index(records[-1]):
            records.append(best)
    points = [(across.at(row.year), up.up(_value(row, main)), row.model) for row in records]
    steps = _staircase([(x, y) for x, y, _ in points])
    obstacles = [
        *((dot.x, dot.y) for dot in dots),
        *(place for step in steps for place in _along(*step)),
    ]
    return Timeline(
        column=main,
        dots=dots,
        steps=steps,
        records=tuple(records),
        labels=place_labels(points, obstacles=obstacles),
        years=tuple(Tick(across.at(year), str(year)) for year in years),
        ticks=up.ticks(),
    )


def draw_standing(entry: ModelRows, board: Board) -> Standing | None:
    """Return where an entry is on a board, None when it has no rank there."""
    row, main = entry.on(board), board.main
    if row is None or row.rank is None:
        return None
    scale = scale_of([_value(each, main) for each in board.rows])
    others = tuple(scale.at(_value(each, main)) for each in board.rows if each is not row)
    return Standing(scale.at(_value(row, main)), others)


def heat_step(rank: int | None, entries: int) -> int | None:
    """Return how far down a rank is, from 0 for the first to 6 for the last; None without a rank.

    Example:
        >>> heat_step(1, 31), heat_step(16, 31), heat_step(31, 31), heat_step(1, 1)
        (0, 3, 6, 0)
    """
    if rank is None:
        return None
    return round(6 * (rank - 1) / max(entries - 1, 1))


def _value(row: Row, column: Column) -> float:
    """Return the value by which a row is ranked."""
    value = row.shown(column.id)
    if value is None:
        raise ValueError(f"{row.submission} is ranked and has no {column.id}")
    return value


def _by_year(rows: Sequence[Row], main: Column, across: Scale, up: Scale) -> tuple[Dot, ...]:
    """Return the points of a timeline; those of one year stand a little beside each other."""
    seen: dict[int, int] = {}
    dots = []
    for row in rows:
        number = seen[row.year] = seen.get(row.year, -1) + 1
        aside = _ASIDE[number % len(_ASIDE)]
        dots.append(Dot(round(across.at(row.year) + aside, 2), up.up(_value(row, main)), row))
    return tuple(dots)


def _along(x1: float, y1: float, x2: float, y2: float) -> Iterator[tuple[float, float]]:
    """Yield places along a line, close enough that no name fits between."""
    for part in range(21):
        yield x1 + (x2 - x1) * part / 20, y1 + (y2 - y1) * part / 20


def _staircase(
    points: Sequence[tuple[float, float]],
) -> tuple[tuple[float, float, float, float], ...]:
    """Return the pieces of a line that changes its height only where a point is, to the end."""
    pieces: list[tuple[float, float, float, float]] = []
    for (x, y), (next_x, next_y) in pairwise(points):
        pieces += [(x, y, next_x, y), (next_x, y, next_x, next_y)]
    x, y = points[-1]
    return (*pieces, (x, y, 100.0, y))
