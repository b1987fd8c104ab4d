"""Quotas: how many files of a person or team are scored on a dataset in a month.

Scores on references that nobody may see are answers about them. Whoever may ask without end can
climb towards the references; whoever may ask a few times a month cannot. What is scored is reserved
before and charged afterwards, so that runs at once cannot show more than a month has.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from bot.domain.board import BoardFile, BoardId
from bot.domain.manifest import Manifest
from bot.domain.published import Day
from bot.domain.value import GitOid, Line, Section, Sha256, Slug, Value
from bot.errors import SubmissionRejected

ReservationName = tuple[BoardFile, int, str, int]
"""A file, its pull request and head, and the number of the attempt."""


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
    def board(self) -> BoardId:
        """The board it is on."""
        return BoardId(self.dataset, self.section)

    @property
    def file(self) -> BoardFile:
        """What was scored."""
        return BoardFile(self.board, self.predictions_sha256)


class Reservation(QuotaEvent):
    """`reservations/<dataset>/...` in the ledger: a file that may be scored now, and counts."""

    head: GitOid
    """Commit of the pull request that is scored."""
    attempt: Annotated[int, Field(ge=1)]
    """How often the file was reserved for this head, with those that were released."""

    def charge(self) -> QuotaEvent:
        """Return what it becomes when the file was scored."""
        return QuotaEvent(**self.model_dump(exclude={"head", "attempt"}))

    @property
    def name(self) -> ReservationName:
        """What tells it from every other reservation."""
        return self.file, self.pull, self.head, self.attempt


class Release(Value):
    """`releases/<dataset>/...` in the ledger: a reservation that does not count any longer."""

    schema_version: Literal[1] = 1
    """Version of this file's format."""
    dataset: Slug
    """Dataset id."""
    section: Section
    """Section that was to be scored."""
    predictions_sha256: Sha256
    """SHA-256 of the file."""
    pull: Annotated[int, Field(ge=1)]
    """The pull request."""
    head: GitOid
    """Commit of the pull request."""
    attempt: Annotated[int, Field(ge=1)]
    """Which of the reservations for this head."""
    day: Day
    """Date on which it was released, in UTC."""

    @property
    def name(self) -> ReservationName:
        """The reservation that is released."""
        file = BoardFile(BoardId(self.dataset, self.section), self.predictions_sha256)
        return file, self.pull, self.head, self.attempt


@dataclass(frozen=True)
class QuotaBook:
    """What the ledger says about quotas."""

    events: tuple[QuotaEvent, ...] = ()
    """Files that were scored."""
    reservations: tuple[Reservation, ...] = ()
    """Every reservation that was ever made."""
    releases: tuple[Release, ...] = ()
    """Reservations that no longer count."""

    @property
    def charged(self) -> frozenset[BoardFile]:
        """The files that were scored; scoring them again is free."""
        return frozenset(event.file for event in self.events)

    @property
    def held(self) -> tuple[Reservation, ...]:
        """Reservations that were neither released nor charged."""
        released, charged = {release.name for release in self.releases}, self.charged
        return tuple(
            each
            for each in self.reservations
            if each.name not in released and each.file not in charged
        )

    def held_for(self, pull: int, head: str) -> dict[BoardFile, Reservation]:
        """Return the reservations that count for one head of a pull request, by file."""
        return {each.file: each for each in self.held if (each.pull, each.head) == (pull, head)}

    def uncovered(self, asked: Iterable[QuotaEvent], head: str) -> tuple[QuotaEvent, ...]:
        """Return which files need a reservation before they may be scored for a head."""
        charged = self.charged
        held = {(each.file, each.pull) for each in self.held if each.head == head}
        return tuple(
            event
            for event in asked
            if event.file not in charged and (event.file, event.pull) not in held
        )


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
    """Files of the party, and of whom it is linked with, that were scored this month or are
    reserved."""
    wanted: int
    """Files that would be scored and are neither scored nor reserved yet."""

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


def used_files(
    events: Iterable[QuotaEvent], dataset: str, month: str, party: Party
) -> frozenset[BoardFile]:
    """Return the files that were scored for a party in a month, or are reserved.

    Those of anyone who shares its account or team count too, and of anyone who shares one with
    those.

    Example:
        >>> def event(user_id, team, number):
        ...     return QuotaEvent(dataset="hidden", section="findings", user_id=user_id, team=team,
        ...                       predictions_sha256=f"{number:064x}", pull=1, day="2026-11-25")
        >>> events = [event(1, "one", 1), event(2, "one", 2), event(2, "other", 3)]
        >>> len(used_files(events, "hidden", "2026-11", Party(9, "other")))
        3
        >>> len(used_files(events, "hidden", "2026-12", Party(9, "other")))
        0
    """
    left = [e for e in events if e.dataset == dataset and e.day.startswith(month)]
    users, teams = {party.user_id}, {party.team}
    used: set[BoardFile] = set()
    while True:
        linked = [e for e in left if e.user_id in users or e.team in teams]
        if not linked:
            return frozenset(used)
        used |= {event.file for event in linked}
        users |= {event.user_id for event in linked}
        teams |= {event.team for event in linked}
        left = [event for event in left if event not in linked]


def weigh(
    asked: Sequence[QuotaEvent],
    events: Sequence[QuotaEvent],
    limits: Mapping[str, int],
    held: Sequence[Reservation] = (),
) -> tuple[Allowance, ...]:
    """Return the allowance on each dataset with a limit that is asked for.

    Args:
        asked: What would be recorded if it were scored now, all of one party and day.
        events: What the ledger has.
        limits: Files that are scored in a month, by dataset.
        held: Reservations that count. A file that its party has reserved counts once.
    """
    known = {event.file for event in events}
    first: dict[str, QuotaEvent] = {}
    for event in asked:
        first.setdefault(event.dataset, event)
    allowances = []
    for dataset, event in first.items():
        if dataset not in limits:
            continue
        month, party = event.day[:7], Party(event.user_id, event.team)
        used = used_files((*events, *held), dataset, month, party)
        wanted = {e.file for e in asked if e.dataset == dataset} - known - used
        allowances.append(Allowance(dataset, month, limits[dataset], len(used), len(wanted)))
    return tuple(allowances)


def demand(allowances: Sequence[Allowance]) -> None:
    """Raise SubmissionRejected unless all that is asked for may be scored."""
    spent = [each for each in allowances if not each.is_enough]
    if spent:
        said = "; ".join(
            f"{each.dataset}: {each.used} of {each.limit} files were scored in {each.month} or are "
            f"reserved, and {each.wanted} more are asked for"
            for each in spent
        )
        raise SubmissionRejected(f"the quota is used up; {said}. Ask again next month")
