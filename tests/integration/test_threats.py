"""Rows of the threat model that only a whole command can show."""

from __future__ import annotations

import inspect as signatures
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.disk.score_folder import write_score
from bot.adapters.github.connection import Connection
from bot.cli.app import run
from bot.domain.finding import has_errors
from bot.domain.inspection import Inspection
from bot.jobs.installation import Installation
from bot.render.pull_request.comment import LIMIT
from tests.integration.api_roads import ReportRoad
from tests.integration.gate_world import (
    BOARD,
    ENTRY,
    SECRET,
    GateWorld,
    entry_files,
    gate_world,
    manifest_text,
)
from tests.integration.git_objects import blob, commit_of, raw_tree
from tests.integration.handovers import scorecard, table


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GateWorld]:
    with gate_world(tmp_path) as made:
        monkeypatch.setenv("GITHUB_REPOSITORY", BOARD)
        monkeypatch.setenv("GITHUB_API_URL", made.server.api_url)
        monkeypatch.setenv("REXRANK_TOKEN", SECRET)
        monkeypatch.setattr(Installation, "host", lambda _: made.pulls())
        yield made


def inspect(world: GateWorld, head: str, output: Path) -> Inspection:
    repository = str(world.server.repository(BOARD).git.folder)
    words = ["--repo", repository, "--base", "main", "--head", head, "--output", str(output)]
    assert run(["inspect", *words]) in {0, 1}
    return Inspection.from_json((output / "inspection.json").read_bytes())


HOSTILE_NAMES = [
    b"..",
    b".",
    b".GIT",
    b".git",
    b"git~1",
    b"a\nb.json",
    b"::error::x",
    b"-rf",
    b"x\\..\\y",
    b"MANIFEST.YAML",
    b"manifest.yaml ",
    "manifest\u200b.yaml".encode(),
    b"\xff\xfe",
    b"con.json\x1b[2J",
]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
@pytest.mark.parametrize("depth", ["entry", "predictions", "submissions"])
def test_row_3_no_name_in_a_tree_leads_out_of_the_entry(
    world: GateWorld, tmp_path: Path, name: bytes, depth: str
) -> None:
    with world.upstream() as upstream:
        git = upstream.git
        main = git.remote_tip(world.server.clone_url(BOARD), "main")
        assert main is not None
        server = world.server.repository(BOARD).git.folder
        git.folder = server
        files = {
            path.removeprefix(f"{ENTRY}/"): data if isinstance(data, bytes) else data.encode()
            for path, data in entry_files("sam").items()
        }
        evil = {name: ("100644", blob(git, b"evil"))}
        predictions = {
            path.removeprefix("predictions/").encode(): ("100644", blob(git, data))
            for path, data in files.items()
            if path.startswith("predictions/")
        }
        predictions |= evil if depth == "predictions" else {}
        entry = {b"manifest.yaml": ("100644", blob(git, files["manifest.yaml"]))}
        entry |= {b"predictions": ("040000", raw_tree(git, predictions))}
        entry |= evil if depth == "entry" else {}
        submissions = {b"moe": ("040000", raw_tree(git, entry))}
        if depth == "submissions":
            submissions |= {name: ("040000", raw_tree(git, {b"manifest.yaml": evil[name]}))}
        root = {b"submissions": ("040000", raw_tree(git, submissions))}
        head = commit_of(git, raw_tree(git, root), main)
    output = tmp_path / "out"
    before = sorted(tmp_path.iterdir())
    found = inspect(world, head, output)
    assert has_errors(found.findings)
    assert sorted(tmp_path.iterdir()) == sorted([*before, output])
    assert [path.name for path in output.iterdir()] == ["inspection.json"]


def test_row_5_a_hand_off_about_another_pull_request_is_not_believed(world: GateWorld) -> None:
    """Numbers, heads and folders of two pull requests are swapped in every way."""
    road = ReportRoad(world)
    other = world.propose("eve", **{"submissions/moe/README.md": "eve's\n"})
    mine, theirs = world.head(1), world.head(other)
    inspection = ["--inspection", str(road.folder / "inspection")]
    scores = ["--scores", str(road.folder / "scores")]

    def report(number: int, head: str) -> list[str]:
        assert run(["report", str(number), "--head", head, *inspection, *scores]) == 0
        return world.answers(number)

    assert report(other, mine) == []
    assert report(1, theirs) == []
    (comment,) = report(other, theirs)
    assert "Our infrastructure failed" in comment
    assert "Scores" not in comment
    (check,) = world.server.repository(BOARD).check_runs.values()
    assert (check.head_sha, check.conclusion) == (theirs, "action_required")
    assert world.answers(1) == []


@pytest.mark.parametrize("forged", ["board", "file", "studies", "references"])
def test_row_5_scores_of_something_else_are_not_believed(world: GateWorld, forged: str) -> None:
    road = ReportRoad(world)
    road.prepare()
    (entry,) = json.loads((road.folder / "inspection/inspection.json").read_bytes())["plans"]
    card = world.scorecard(entry["sha256"])
    changes: dict[str, object] = {
        "board": {"section": "report"},
        "file": {"predictions_sha256": "e" * 64},
        "studies": {"n": card.n - 1},
        "references": {"references_commitment": "e" * 64},
    }[forged]  # type: ignore[assignment]
    lie = card.model_copy(update=changes)
    target = road.folder / "scores" / "moe"
    if forged == "board":
        lie = scorecard(entry["sha256"], "report")
    for path in sorted(target.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    write_score(target, lie, table(lie))
    assert run(road.words()) == 0
    (comment,) = world.answers()
    assert "Our infrastructure failed" in comment
    before = world.ledger()
    words = ["--inspection", str(road.folder / "inspection"), "--head", world.head()]
    remote = ["--remote", world.server.clone_url(BOARD)]
    assert run(["ledger", "add", str(road.folder / "scores"), *words, *remote]) == 78
    assert world.ledger() == before


def test_row_29_a_flood_goes_the_whole_road_within_the_limits(world: GateWorld) -> None:
    """Thousands of faults of many kinds; GitHub refuses a long comment and a 51st annotation."""
    flood = {f"no-such-study-{number}": "@team <img src=x>" * 40 for number in range(20_000)}
    flood |= {f"bad-{number}": number for number in range(5000)}  # type: ignore[dict-item]
    text = manifest_text("sam").replace("license:", "licence:").replace("year:", "yaer:")
    number = world.propose(
        "zoe",
        **{
            f"{ENTRY}/predictions/mini.findings.json": json.dumps(flood),
            f"{ENTRY}/manifest.yaml": manifest_text("zoe"),
            **{f"{ENTRY}/predictions/x{extra}.json": text for extra in range(60)},
            **{f"{ENTRY}/junk/{'y' * 80}{extra}": "x" for extra in range(500)},
        },
    )
    head = world.head(number)
    folder = world.folder / "flood"
    found = inspect(world, head, folder)
    assert has_errors(found.findings)
    words = ["--head", head, "--inspection", str(folder), "--scores", str(folder / "none")]
    world.act_as("submission", "report")
    assert run(["report", str(number), *words]) == 0
    (comment,) = world.answers(number)
    assert len(comment) <= LIMIT
    assert "Your file needs work" in comment
    checks = [r for r in world.server.requests if r.path.endswith("/check-runs") and r.body_bytes]
    assert [check.annotations <= 50 for check in checks] == [True]


def test_row_29_writes_are_paced() -> None:
    parameters = signatures.signature(Connection.__init__).parameters
    assert parameters["pause_s"].default >= 1.0
