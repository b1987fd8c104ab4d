"""Row 35: what counts against a quota is reserved before it is scored, or is not scored."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.app import run
from tests.integration.sealed_job import IDS, TOKEN, SealedWorld, pelican, sealed_world
from tests.sealed_world import write_submission
from tests.warm_program import WarmProcess

FLAG_AND_WAIT = """
Path({flag!r}).touch()
for _ in range(1200):
    if Path({go!r}).exists():
        break
    time.sleep(0.05)
"""


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SealedWorld]:
    """A leaderboard where a team has one file of the locked test set a month."""
    with sealed_world(tmp_path, monkeypatch) as made:
        made.limit("locked", 1)
        yield made


def member(world: SealedWorld, number: int) -> tuple[int, str]:
    """Return the number and head of the nth teammate's pull request, after inspecting it."""
    login = f"member{number}"
    world.server.fork("board/reports", login)
    texts = {name: f"{pelican(number)} Again." for name in IDS}
    folder = write_submission(world.hidden / f"entry-{number}", {"locked": texts}, login)
    assert run(world.seal_words(folder, login)) == 0
    pull, head = world.propose_as(login, folder)
    world.inspect(head, pull, login)
    return pull, head


def reserve(world: SealedWorld, pull: int, head: str) -> int:
    return world.bot(*world.quota_words("reserve", head, pull))


def release(world: SealedWorld, pull: int, head: str) -> int:
    return world.bot(*world.quota_words("release", head, pull))


def test_row_35_of_twelve_runs_at_once_one_is_scored_and_the_others_show_nothing(
    world: SealedWorld, capfd: pytest.CaptureFixture[str]
) -> None:
    runs = []
    for number in range(12):
        pull, head = member(world, number)
        kept = world.hidden / f"inspection-{number}"
        world.inspection.rename(kept)
        runs.append((pull, head, kept))
    environment = {**os.environ, "REXRANK_TOKEN": TOKEN}
    processes = []
    for pull, head, kept in runs:
        words = [
            str(kept) if w == str(world.inspection) else w
            for w in world.quota_words("reserve", head, pull)
        ]
        processes.append(WarmProcess(words, environment))
    said = [process.communicate(timeout=300)[1] for process in processes]
    statuses = [process.returncode for process in processes]
    assert sorted(statuses) == [0] + [1] * 11, said
    assert sum("the quota is used up" in text for text in said) == 11
    assert len(world.book().held) == 1
    winner = statuses.index(0)
    loser = (winner + 1) % 12
    for number, status in ((loser, 78), (winner, 0)):
        pull, head, kept = runs[number]
        kept.rename(world.inspection)
        assert world.score(head, pull) == status
        if status:
            assert "sealed.no-reservation" in capfd.readouterr().err
            assert world.files() == []
            assert not (world.hidden / "engine/calls.json").exists()
            world.inspection.rename(kept)
    assert world.record(runs[winner][1], runs[winner][0]) == 0
    book = world.book()
    assert (len(book.events), book.held) == (1, ())


def test_row_35_two_whole_runs_at_once_for_the_last_slot_show_one_score(
    world: SealedWorld,
) -> None:
    processes = []
    for number in range(2):
        pull, head = member(world, number)
        kept, output = world.hidden / f"inspection-{number}", world.work / f"sealed-{number}"
        world.inspection.rename(kept)
        places = {str(world.inspection): str(kept), str(world.output): str(output)}
        steps = [
            [places.get(word, word) for word in words]
            for words in (world.quota_words("reserve", head, pull), world.words(head, pull))
        ]
        # Scoring is tried whatever became of the reservation.
        program = (
            "import os, sys\nfrom bot.cli.app import run\n"
            f"token = os.environ['REXRANK_TOKEN']\nfirst = run({steps[0]!r})\n"
            f"os.environ['REXRANK_TOKEN'] = token\nsecond = run({steps[1]!r})\n"
            "sys.exit(10 * (first != 0) + (second != 0))"
        )
        processes.append(
            subprocess.Popen(
                (sys.executable, "-c", program),
                env={**os.environ, **world.secrets()},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
    said = [process.communicate(timeout=300) for process in processes]
    assert sorted(process.returncode for process in processes) == [0, 11], said
    shown = [sorted(path.name for path in world.work.glob(f"sealed-{n}/*")) for n in range(2)]
    assert sorted(shown) == [[], ["inspection.json", "scores"]]


def test_row_35_a_reservation_is_made_once_charged_once_and_free_again_after_our_failure(
    world: SealedWorld, capfd: pytest.CaptureFixture[str]
) -> None:
    pull, head = member(world, 1)
    assert reserve(world, pull, head) == 0
    assert reserve(world, pull, head) == 0
    assert len(world.book().reservations) == 1
    assert world.score(head, pull, REXRANK_PRIVATE_STORE=str(world.hidden / "none")) == 78
    assert release(world, pull, head) == 0
    assert release(world, pull, head) == 0
    assert (len(world.book().releases), world.book().held) == (1, ())
    capfd.readouterr()
    assert world.score(head, pull) == 78
    assert "sealed.no-reservation" in capfd.readouterr().err
    assert reserve(world, pull, head) == 0
    assert [each.attempt for each in world.book().held] == [2]
    assert world.score(head, pull) == 0
    assert world.record(head, pull) == 0
    book = world.book()
    assert (len(book.events), book.held, len(book.reservations)) == (1, (), 2)
    # What was charged is neither released nor asked for again.
    assert release(world, pull, head) == 0
    assert reserve(world, pull, head) == 0
    assert len(world.book().releases) == 1
    world.inspection.rename(world.hidden / "first")
    other, tip = member(world, 2)
    assert reserve(world, other, tip) == 1


def test_row_35_a_reservation_that_is_released_meanwhile_shows_nothing(
    world: SealedWorld, capfd: pytest.CaptureFixture[str]
) -> None:
    pull, head = member(world, 1)
    assert reserve(world, pull, head) == 0
    flag, go = world.hidden / "flag", world.hidden / "go"
    world.engine(FLAG_AND_WAIT.format(flag=str(flag), go=str(go)))
    words = world.quota_words("release", head, pull)
    status: list[int] = []

    def give_back() -> None:
        deadline = time.monotonic() + 120
        while not flag.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        process = WarmProcess(words, {**os.environ, "REXRANK_TOKEN": TOKEN})
        process.communicate(timeout=120)
        status.append(process.returncode)
        go.touch()

    helper = threading.Thread(target=give_back)
    helper.start()
    scored = world.score(head, pull)
    helper.join()
    assert status == [0]
    assert scored == 78
    assert "sealed.no-reservation" in capfd.readouterr().err
    assert world.files() == []


def test_row_35_without_the_ledgers_address_nothing_with_a_quota_is_scored(
    world: SealedWorld, capfd: pytest.CaptureFixture[str]
) -> None:
    pull, head = member(world, 1)
    assert reserve(world, pull, head) == 0
    for name, value in world.secrets().items():
        world.patch.setenv(name, value)
    words = world.words(head, pull)
    at = words.index("--remote")
    assert run([*words[:at], *words[at + 2 :]]) == 78
    assert "sealed.no-reservation" in capfd.readouterr().err


def test_row_35_a_file_that_was_read_and_has_errors_keeps_its_slot(world: SealedWorld) -> None:
    world.limit("locked", 2)
    texts = {name: pelican(1) for name in IDS[:-1]} | {"somebody-else": pelican(2)}
    head = world.propose({"locked": texts})
    assert reserve(world, 1, head) == 0
    (world.work / "step-output").unlink()
    assert world.score(head) == 1
    outputs = (world.work / "step-output").read_text()
    assert "compared<<" in outputs
    assert "\ntrue\n" in outputs
    assert len(world.book().held) == 1


def test_row_35_nothing_is_reserved_for_a_head_that_moved_or_has_errors(
    world: SealedWorld, capfd: pytest.CaptureFixture[str]
) -> None:
    pull, head = member(world, 1)
    folder = world.hidden / "entry-1"
    (folder / "README.md").write_text("Notes.")
    world.push(folder, "member1", "entry-1")
    assert reserve(world, pull, head) == 1
    assert "nothing is reserved" in capfd.readouterr().err
    assert world.book().reservations == ()
