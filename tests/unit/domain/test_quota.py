"""Who may have how many files scored, and what somebody learns who asks as often as that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
import pytest

from bot.domain.quota import (
    Party,
    QuotaBook,
    QuotaEvent,
    Release,
    Reservation,
    fold_team,
    used_files,
    weigh,
)
from bot.pipeline.pull_request.hygiene import find_reserved

LIMIT = 5
STUDIES = 10_000
Answers = npt.NDArray[np.int8]


def event(
    number: int,
    user_id: int = 1,
    team: str = "one",
    day: str = "2026-11-25",
    dataset: str = "hidden",
) -> QuotaEvent:
    return QuotaEvent(
        dataset=dataset,
        section="findings",
        predictions_sha256=f"{number:064x}",
        user_id=user_id,
        team=team,
        pull=number + 1,
        day=day,
    )


def may(asked: QuotaEvent, events: Sequence[QuotaEvent]) -> bool:
    return all(each.is_enough for each in weigh([asked], events, {"hidden": LIMIT}))


def test_a_month_holds_as_many_files_as_the_limit_says() -> None:
    events: list[QuotaEvent] = []
    for number in range(LIMIT):
        assert may(event(number), events)
        events.append(event(number))
    assert not may(event(99), events)
    assert may(event(99, day="2026-12-01"), events)
    assert may(event(99, dataset="other"), events)


def test_the_same_file_costs_nothing_again_whoever_asks() -> None:
    events = [event(number) for number in range(LIMIT)]
    assert may(event(0), events)
    assert may(event(0, user_id=7, team="seven"), events)


def reservation(number: int, attempt: int = 1, **changed: str | int) -> Reservation:
    fields = event(number).model_dump() | {"head": "1" * 40, "attempt": attempt} | changed
    return Reservation(**fields)


def release(made: Reservation) -> Release:
    kept = made.model_dump(exclude={"user_id", "team", "day"})
    return Release(**kept, day="2026-11-26")


def test_row_35_what_is_reserved_counts_until_it_is_released() -> None:
    made = [reservation(number) for number in range(LIMIT)]
    held = QuotaBook(reservations=tuple(made)).held
    (full,) = weigh([event(99)], [], {"hidden": LIMIT}, held)
    assert (full.used, full.is_enough) == (LIMIT, False)
    book = QuotaBook(reservations=tuple(made), releases=(release(made[0]),))
    (free,) = weigh([event(99)], [], {"hidden": LIMIT}, book.held)
    assert (free.used, free.is_enough) == (LIMIT - 1, True)
    again = QuotaBook(reservations=(*made, reservation(0, 2)), releases=(release(made[0]),))
    assert len(again.held) == LIMIT


def test_row_35_a_reservation_that_was_charged_counts_once() -> None:
    made = reservation(0)
    book = QuotaBook(events=(made.charge(),), reservations=(made,))
    assert book.held == ()
    (one,) = weigh([event(1)], book.events, {"hidden": LIMIT}, book.held)
    assert one.used == 1
    assert made.charge() == event(0)


def test_row_35_a_file_that_its_team_has_reserved_for_another_head_counts_once() -> None:
    held = [reservation(0), reservation(0, head="2" * 40)]
    (one,) = weigh([event(0)], [], {"hidden": 1}, held)
    assert (one.used, one.wanted, one.is_enough) == (1, 0, True)


def test_row_35_a_reservation_is_of_one_pull_request_and_head() -> None:
    book = QuotaBook(reservations=(reservation(0),))
    assert book.uncovered([event(0)], "1" * 40) == ()
    assert book.uncovered([event(0)], "2" * 40) == (event(0),)
    other = event(0).model_copy(update={"pull": 77})
    assert book.uncovered([other], "1" * 40) == (other,)


def test_what_was_reserved_and_not_scored_is_told_within_its_month() -> None:
    held = [reservation(0, day="2026-11-25"), reservation(1, day="2026-11-26")]
    assert list(find_reserved(held, date(2026, 11, 26))) == []
    (one,) = find_reserved(held, date(2026, 11, 27))
    assert (one.kind, one.where) == ("reserved", "pull request 1, hidden.findings")
    assert "2026-11-25" in one.what
    assert list(find_reserved(held, date(2026, 12, 1))) == []


def test_all_files_of_a_pull_request_must_fit() -> None:
    events = [event(number) for number in range(LIMIT - 1)]
    (one,) = weigh([event(10)], events, {"hidden": LIMIT})
    (two,) = weigh([event(10), event(11)], events, {"hidden": LIMIT})
    assert (one.used, one.wanted, one.is_enough) == (LIMIT - 1, 1, True)
    assert (two.used, two.wanted, two.is_enough) == (LIMIT - 1, 2, False)


def test_row_25_accounts_of_one_team_share_one_quota() -> None:
    events = [event(number, user_id=number + 1) for number in range(LIMIT)]
    assert not may(event(99, user_id=99), events)


def test_row_25_an_account_does_not_get_a_quota_for_each_team_it_names() -> None:
    events = [event(number, team=f"team{number}") for number in range(LIMIT)]
    assert not may(event(99, team="new"), events)


def test_row_25_a_chain_of_accounts_and_teams_shares_one_quota() -> None:
    """Each file shares the account with the one before it and the team with the one after."""
    chain = [event(n, user_id=n // 2 + 1, team=f"t{(n + 1) // 2}") for n in range(LIMIT)]
    assert len(used_files(chain, "hidden", "2026-11", Party(1, "nobody"))) == LIMIT
    assert not may(event(99, user_id=1, team="fresh"), chain)
    assert may(event(99, user_id=50, team="fresh"), chain)


@pytest.mark.parametrize(
    "name", ["IIT Madras", "iit-madras", "\uff29IT Madras.", " IIT\u00a0Madras"]
)
def test_row_25_spellings_of_a_team_are_one_team(name: str) -> None:
    assert fold_team(name) == "iitmadras"


def guess(truth: Answers, files: Answers) -> float:
    """Return the accuracy of the best guess from the rounded scores of some files.

    Files that did better than chance vote for their answers, the others against them: the attack
    of Blum and Hardt 2015, "The Ladder", section 4.
    """
    scores = np.round((files == truth).mean(axis=1), 3)
    signs = np.where(scores > 0.5, 1, -1).astype(np.int32)
    votes = signs @ (2 * files.astype(np.int32) - 1)
    return float(((votes > 0).astype(np.int8) == truth).mean())


def test_row_20_a_year_of_asking_gains_little_and_asking_without_end_gains_much() -> None:
    """A team with four accounts asks ten times a day."""
    random = np.random.default_rng(0)
    truth = random.integers(0, 2, STUDIES, dtype=np.int8)
    tries = random.integers(0, 2, (3650, STUDIES), dtype=np.int8)
    events: list[QuotaEvent] = []
    scored = []
    for number in range(len(tries)):
        day = np.datetime64("2026-01-01") + number // 10
        asked = event(number, user_id=number % 4 + 1, day=str(day))
        if may(asked, events):
            events.append(asked)
            scored.append(number)
    assert len(scored) == 12 * LIMIT
    gain, without_quota = guess(truth, tries[scored]) - 0.5, guess(truth, tries) - 0.5
    assert gain < 0.04
    assert without_quota > 0.15
