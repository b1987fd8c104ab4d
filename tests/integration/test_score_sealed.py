"""The trusted job, whole: real age, real git, the loopback GitHub, the scorer in a process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.git.repository import GitRepository
from bot.adapters.references.sealing import Opener
from bot.domain.per_study import decode_table
from bot.domain.value import sha256_of
from tests.integration.sealed_job import BOARD, ENTRY, SEALED, SealedWorld, sealed_world

SCORES = f"scores/{ENTRY}"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SealedWorld]:
    with sealed_world(tmp_path, monkeypatch) as made:
        yield made


def card(world: SealedWorld, board: str) -> dict[str, object]:
    path = world.output / SCORES / board / "scorecard.json"
    document: dict[str, object] = json.loads(path.read_text())
    return document


def test_row_32_sealed_predictions_become_rounded_aggregates_and_nothing_else(
    world: SealedWorld, capfd: pytest.CaptureFixture[str]
) -> None:
    head = world.propose()
    assert world.score(head) == 0
    assert world.files() == [
        "inspection.json",
        f"{SCORES}/hidden.findings/per-study.npz.age",
        f"{SCORES}/hidden.findings/scorecard.json",
        f"{SCORES}/locked.findings/per-study.npz.age",
        f"{SCORES}/locked.findings/scorecard.json",
        f"{SCORES}/mini.findings/per-study.npz",
        f"{SCORES}/mini.findings/scorecard.json",
    ]
    sealed = card(world, "locked.findings")
    value = sealed["metrics"]["bleu2"]["value"]  # type: ignore[index]
    assert sealed["decimals"] == 3
    assert value == round(value, 3)
    committed = (world.hidden / ENTRY / SEALED).read_bytes()
    assert sealed["predictions_sha256"] == sha256_of(committed)
    assert "decimals" not in card(world, "mini.findings")
    assert world.record(head) == 0
    assert world.report(head) == 0
    (comment,) = world.comments()
    assert "Ready, waiting for a person" in comment
    assert f"{value:.3f}" in comment
    assert "scored<<" in (world.work / "step-output").read_text()
    world.assert_nothing_shows(*capfd.readouterr())


def ledger_tip(world: SealedWorld) -> tuple[GitRepository, str]:
    git = world.server.repository(BOARD).git
    tip = git.resolve("refs/heads/ledger")
    assert tip is not None
    return GitRepository(git.folder), tip


def test_sealed_tables_lie_beside_rounded_scorecards_and_open_for_the_leaderboard_alone(
    world: SealedWorld, capfd: pytest.CaptureFixture[str]
) -> None:
    head = world.propose()
    assert world.score(head) == 0
    assert world.record(head) == 0
    assert world.record(head) == 0
    assert "recorded 0 scorecards" in capfd.readouterr().err
    repository, tip = ledger_tip(world)
    names = [entry.path.decode() for entry in repository.entries(tip, "scores")]
    suffixes = sorted((name.split("/")[1], name.partition(".")[2]) for name in names)
    assert suffixes == [
        *(("hidden", "json"), ("hidden", "npz.age"), ("locked", "json"), ("locked", "npz.age")),
        *(("mini", "json"), ("mini", "npz")),
    ]
    remote = world.server.clone_url(BOARD)
    assert world.bot("ledger", "verify", "--remote", remote) == 0
    world.patch.setenv("REXRANK_AGE_IDENTITY", str(world.key))
    assert world.bot("ledger", "verify", "--remote", remote, "--open-sealed") == 0


def test_scoring_again_gives_the_same_scorecards(world: SealedWorld, tmp_path: Path) -> None:
    head = world.propose()
    assert world.score(head) == 0
    first = {path: (world.output / path).read_bytes() for path in world.files()}
    world.output.rename(tmp_path / "first")
    assert world.score(head) == 0
    second = {path: (world.output / path).read_bytes() for path in world.files()}
    assert first.keys() == second.keys()
    differing = {path for path in first if first[path] != second[path]}
    assert {Path(path).name for path in differing} == {"per-study.npz.age"}
    opener = Opener([world.key])
    for path in differing:
        one, other = (decode_table(opener(data[path])) for data in (first, second))
        assert one.study_ids == other.study_ids
        assert all((one.columns[name] == other.columns[name]).all() for name in one.columns)


def test_nothing_is_written_over(world: SealedWorld, capfd: pytest.CaptureFixture[str]) -> None:
    for folder in (world.output, world.inspection):
        folder.mkdir()
    (world.output / "older").write_text("not searched")
    assert world.score("0" * 40) == 2
    assert "is not empty" in capfd.readouterr().err


def test_row_7_a_run_starts_for_the_head_that_was_asked_for_only(
    world: SealedWorld, capfd: pytest.CaptureFixture[str]
) -> None:
    head = world.propose()
    output = world.work / "step-output"
    output.unlink()
    assert world.bot("pull", "1", "--head", head) == 0
    given = output.read_text()
    assert "author<<" in given
    assert "\nsybil\n" in given
    assert "base<<" in given
    output.unlink()
    (world.hidden / ENTRY / "README.md").write_text("Notes.")
    moved = world.push(world.hidden / ENTRY)
    assert world.bot("pull", "1", "--head", head) == 1
    assert f"is open at {moved[:12]}, not open at {head[:12]}" in capfd.readouterr().err
    assert not output.exists()


def test_an_open_run_of_the_same_file_keeps_the_sealed_score(world: SealedWorld) -> None:
    head = world.propose()
    assert world.score(head) == 0
    assert world.record(head) == 0
    scores = world.work / "open"
    (world.output / SCORES / "mini.findings").rename(make_parents(scores / ENTRY / "mini.findings"))
    words = ("report", "1", "--head", head, "--inspection", str(world.inspection))
    assert world.bot(*words, "--scores", str(scores)) == 0
    (comment,) = world.comments()
    assert "a maintainer starts the scoring" in comment
    remote = world.server.clone_url(BOARD)
    assert world.bot(*words, "--scores", str(scores), "--remote", remote) == 0
    (comment,) = world.comments()
    assert "Ready, waiting for a person" in comment
    assert "locked.findings, 12 studies" in comment


def make_parents(path: Path) -> Path:
    path.parent.mkdir(parents=True)
    return path


def test_row_23_a_sealed_file_that_was_copied_from_main_is_a_warning(world: SealedWorld) -> None:
    head = world.propose()
    repository = world.server.repository(BOARD)
    files = {
        f"submissions/rightful/{path.relative_to(world.hidden / ENTRY).as_posix()}": (
            path.read_bytes()
        )
        for path in (world.hidden / ENTRY).rglob("*")
        if path.is_file()
    }
    world.server.push(BOARD, repository.default_branch, files)
    world.inspect(head)
    document = json.loads((world.inspection / "inspection.json").read_text())
    copies = [each for each in document["findings"] if each["code"] == "content.entry-copies"]
    assert [each["path"] for each in copies if each["path"].endswith(".age")] == [
        f"submissions/{ENTRY}/{SEALED}"
    ]
    assert "rightful" in copies[-1]["message"]
