"""Quotas: how many files of a person or team are scored on a dataset in a month.

Scores on references that nobody may see are answers about them. Whoever may ask without end can
climb towards the references; whoever may ask a few times a month cannot.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from bot.domain.manifest import Manifest
from bot.domain.published import Day
from bot.domain.value import Line, Section, Sha256, Slug, Value


class QuotaEvent(Value):
    """`quota/<dataset>/<section>.<sha256>.json` in the ledger: one file that was scored."""

    schema_version: Literal[1] = 1
    """Version of this file's format."""
    dataset: Slug
    """Dataset id."""
    section: Section
    """Section that was scored."""
    predictions_sha256: Sha256
    """SHA-256 of the file. It is scored again for nothing, by whoever it may be."""
    user_id: Annotated[int, Field(ge=1)]
    """Numeric id of who opened the pull request, which survives a change of login."""
    team: Annotated[Line, Field(max_length=200)]
    """Team, as `fold_team` writes it."""
    pull: Annotated[int, Field(ge=1)]
    """The pull request."""
    day: Day
    """Date on which it was scored, in UTC."""

    @property
    def file(self) -> tuple[str, str, str]:
        """What was scored: dataset, section and SHA-256."""
        return self.dataset, self.section, self.predictions_sha256


@dataclass(frozen=True)
class Party:
    """Whose quota is used."""

    user_id: int
    """Numeric id of who opened the pull request."""
    team: str
    """Team, as `fold_team` writes it."""


@dataclass(frozen=True)
class Allowance:
    """How much of a dataset's quota is used, and how much more is asked for."""

    dataset: str
    """Dataset id."""
    month: str
    """The month, as 2026-11."""
    limit: int
    """Files that are scored in a month."""
    used: int
    """Files of the party, and of whom it is linked with, that were scored this month."""
    wanted: int
    """Files that are not scored yet and would be."""

    @property
    def is_enough(self) -> bool:
        """Whether what is asked for may be scored."""
        return self.wanted == 0 or self.used + self.wanted <= self.limit


def fold_team(team: str) -> str:
    """Return a team's name without what can be varied to look like another team.

    Example:
        >>> fold_team("IIT  Madras"), fold_team("iit-madras"), fold_team("—")
        ('iitmadras', 'iitmadras', '—')
    """
    folded = unicodedata.normalize("NFKC", team).casefold()
    kept = "".join(letter for letter in folded if letter.isalnum())
    return kept or folded.strip()


def party_of(user_id: int, manifest: Manifest) -> Party:
    """Return whose quota an entry uses."""
    return Party(user_id, fold_team(manifest.team or manifest.model.institution))


def count_used(events: Iterable[QuotaEvent], dataset: str, month: str, party: Party) -> int:
    """Return how many files were scored for a party in a month.

    Whoever shares the account or the team with it counts too, and whoever shares one with those.

    Example:
        >>> def event(user_id, team, number):
        ...     return QuotaEvent(dataset="hidden", section="findings", user_id=user_id, team=team,
        ...                       predictions_sha256=f"{number:064x}", pull=1, day="2026-11-25")
        >>> events = [event(1, "one", 1), event(2, "one", 2), event(2, "other", 3)]
        >>> count_used(events, "hidden", "2026-11", Party(9, "other"))
        3
        >>> count_used(events, "hidden", "2026-12", Party(9, "other"))
        0
    """
    left = [e for e in events if e.dataset == dataset and e.day.startswith(month)]
    users, teams = {party.user_id}, {party.team}
    used = 0
    while True:
        linked = [e for e in left if e.user_id in users or e.team in teams]
        if not linked:
            return used
        used += len(linked)
        users |= {event.user_id for event in linked}
        teams |= {event.team for event in linked}
        left = [event for event in left if event not in linked]


def weigh(
    asked: Sequence[QuotaEvent], events: Sequence[QuotaEvent], limits: Mapping[str, int]
) -> tuple[Allowance, ...]:
    """Return the allowance on each dataset with a limit that is asked for.

    Args:
        asked: What would be recorded if it were scored now, all of one party and day.
        events: What the ledger has.
        limits: Files that are scored in a month, by dataset.
    """
    known = {event.file for event in events}
    first: dict[str, QuotaEvent] = {}
    for event in asked:
        first.setdefault(event.dataset, event)
    return tuple(
        Allowance(
            dataset=dataset,
            month=event.day[:7],
            limit=limits[dataset],
            used=count_used(events, dataset, event.day[:7], Party(event.user_id, event.team)),
            wanted=len({e.file for e in asked if e.dataset == dataset} - known),
        )
        for dataset, event in first.items()
        if dataset in limits
    )
