"""What changed from one published state to the next: no name and no value is lost silently."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from bot.domain.published import ChangeKind, PublishedChange, PublishedRow, Snapshot
from bot.pipeline.board.published import slug_of, table_name

Rows = Mapping[str, Mapping[str, PublishedRow]]
"""Rows by the slug of their model's name and by their table."""


def list_changes(snapshots: Iterable[Snapshot]) -> tuple[PublishedChange, ...]:
    """Return what changed between snapshots, the latest first, then by kind and name."""
    states = sorted(snapshots, key=lambda state: state.date)
    changes: list[PublishedChange] = []
    for before, after in pairwise(states):
        changes = _between(before, after) + changes
    return tuple(changes)


def _between(before: Snapshot, after: Snapshot) -> list[PublishedChange]:
    """Return what changed between two snapshots."""
    earlier, later = _by_model(before.rows), _by_model(after.rows)

    def change(kind: ChangeKind, model: str, **details: object) -> PublishedChange:
        return PublishedChange.model_validate(
            {"since": before.date, "date": after.date, "kind": kind, "model": model, **details}
        )

    new = [slug for slug in later if slug not in earlier]
    changes = [
        change("added", _name(later[slug]), tables=tuple(sorted(later[slug]))) for slug in new
    ]
    for slug, rows in earlier.items():
        name = _name(rows)
        if slug not in later:
            heirs = tuple(
                _name(later[other]) for other in new if _share_address(rows, later[other])
            )
            tables = tuple(sorted(rows))
            changes.append(
                change("replaced" if heirs else "vanished", name, now=heirs, tables=tables)
            )
            continue
        spellings = {row.model for row in later[slug].values()}
        if name not in spellings:
            changes.append(change("renamed", name, now=tuple(sorted(spellings))))
        lost = tuple(sorted(rows.keys() - later[slug].keys()))
        if lost:
            changes.append(change("left", name, tables=lost))
        for table in sorted(rows.keys() & later[slug].keys()):
            old, now = rows[table].scores, later[slug][table].scores
            if any(old[metric] != now[metric] for metric in old.keys() & now.keys()):
                values = (old.get("inv_radcliq_v1"), now.get("inv_radcliq_v1"))
                known = None if None in values or values[0] == values[1] else values
                changes.append(change("rescored", name, tables=(table,), main=known))
    return sorted(changes, key=lambda each: (each.kind, each.model.casefold(), each.tables))


def _by_model(rows: Sequence[PublishedRow]) -> Rows:
    grouped: dict[str, dict[str, PublishedRow]] = {}
    for row in rows:
        grouped.setdefault(slug_of(row.model), {})[table_name(row)] = row
    return grouped


def _name(rows: Mapping[str, PublishedRow]) -> str:
    """Return a model's name as its first row spells it."""
    return next(iter(rows.values())).model


def _share_address(one: Mapping[str, PublishedRow], other: Mapping[str, PublishedRow]) -> bool:
    """Return whether two models have an address and an institution in common."""
    own = {(row.url, row.institution) for row in one.values() if row.url}
    return any((row.url, row.institution) in own for row in other.values())
