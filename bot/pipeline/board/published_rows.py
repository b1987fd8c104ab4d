"""Rows of a board from the latest published tables: by value, without intervals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.domain.board import BoardId
from bot.domain.column import Column
from bot.domain.leaderboard import Row
from bot.domain.published import PublishedRow, PublishedSource, Snapshot
from bot.domain.scorecard import MetricScore
from bot.pipeline.board.published import latest, slug_of

PREFIX = "published."
VERSION = "published"
"""Version of a score whose making is not known."""


def published_rows(
    snapshots: Sequence[Snapshot],
    board: BoardId,
    split: str,
    scored: Iterable[Row],
    main: Column,
) -> list[Row]:
    """Return the rows that published tables add to a board.

    A row scored here takes the place of the published row of the same model: same name and
    institution. Where the two differ by more than the rounding of the published value, the
    published row is kept too, without a rank.

    Args:
        snapshots: Published tables; the rows are those of the latest.
        board: The board.
        split: Part of the dataset that is scored here.
        scored: The board's rows that were scored here.
        main: The board's main metric.
    """
    state = latest(snapshots)
    if state is None:
        return []
    here = {_identity(row.model, row.institution): row for row in scored if row.badge == "scored"}
    rows = []
    for published in state.rows:
        if published.board != board:
            continue
        if published.split != split:
            continue
        row = _row(published, snapshots)
        own = here.get(_identity(row.model, row.institution))
        if own is None:
            rows.append(row)
        elif not _agree(row, own, main):
            rows.append(row.model_copy(update={"replaced_by": own.submission}))
    return rows


def name_sources(snapshots: Iterable[Snapshot]) -> tuple[PublishedSource, ...]:
    """Return the snapshots as the leaderboard names them, the latest first."""
    ordered = sorted(snapshots, key=lambda state: state.date, reverse=True)
    return tuple(
        PublishedSource(
            date=state.date,
            source=state.source,
            provenance=state.provenance,
            rows=len(state.rows),
            inconsistent=sum(row.inconsistency is not None for row in state.rows),
        )
        for state in ordered
    )


def derive_scores(published: Mapping[str, float]) -> dict[str, MetricScore]:
    """Return published values as scores, with RadCliQ-v1 from its reciprocal where that is above 0.

    Example:
        >>> scores = derive_scores({"inv_radcliq_v1": 0.5, "bleu2": 0.0})
        >>> scores["radcliq_v1"].value, scores["bleu2"].value
        (2.0, 0.0)
        >>> "radcliq_v1" in derive_scores({"inv_radcliq_v1": 0.0})
        False
    """
    values = dict(published)
    for metric, reciprocal in (("radcliq_v1", "inv_radcliq_v1"), ("finerad", "inv_finerad")):
        inverted = values.get(reciprocal)
        if metric not in values and inverted is not None and inverted > 0:
            values[metric] = 1 / inverted
    return {
        name: MetricScore(status="scored", version=VERSION, value=value)
        for name, value in sorted(values.items())
    }


def _row(published: PublishedRow, snapshots: Sequence[Snapshot]) -> Row:
    """Return a published row, not ranked yet."""
    remarks = []
    if (found := published.inconsistency) is not None:
        title = "1/RadCliQ-v1" if found.metric == "inv_radcliq_v1" else "RadCliQ-v1"
        remarks.append(
            f"{title} is published as {found.published}, but the BERTScore, SembScore and RadGraph "
            f"of the same row give {found.expected:z.3f}"
        )
    return Row(
        submission=PREFIX + slug_of(published.model),
        model=published.model,
        institution=published.institution,
        year=published.year,
        url=published.url,
        trained_on=_trained_on(published, snapshots),
        badge="published",
        as_of=published.as_of,
        scores=derive_scores(published.scores),
        remarks=tuple(remarks),
    )


def _trained_on(published: PublishedRow, snapshots: Sequence[Snapshot]) -> bool | None:
    """Return what the newest state that says so says about a model's training on the dataset."""
    name = slug_of(published.model)
    if published.trained_on is not None:
        return published.trained_on
    for state in sorted(snapshots, key=lambda state: state.date, reverse=True):
        for row in state.rows:
            if row.dataset != published.dataset or slug_of(row.model) != name:
                continue
            if row.trained_on is not None:
                return row.trained_on
    return None


def _identity(model: str, institution: str) -> tuple[str, str]:
    """Return what tells whether two rows are of one model."""
    return slug_of(model), slug_of(institution)


def _agree(published: Row, scored: Row, main: Column) -> bool:
    """Return whether a value made here rounds to the published one."""
    for metric in (main.id, f"inv_{main.id}"):
        one, other = (row.shown(metric) for row in (published, scored))
        if one is not None and other is not None and abs(one - other) <= 0.0005 + 1e-9:
            return True
    return False
