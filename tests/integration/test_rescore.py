"""A scorer that changed: merged entries are planned, scored again, recorded, and compared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.adapters.git.repository import GitRepository
from bot.adapters.ledger.scores import SCORECARD_RECORDS
from bot.adapters.ledger.verify import verify_ledger
from bot.checks.reading.ledger_records import read_records
from bot.cli.app import run
from bot.domain.repository_setup import LEDGER_BRANCH
from bot.domain.rescore_plan import PlannedBoard, RescorePlan
from bot.domain.scorecard import Fingerprint
from bot.jobs.installation import Installation
from bot.jobs.upstream import Upstream
from bot.pipeline.board.rescore import share_out
from tests.integration.handovers import CHECKOUT, entries_on_main, scorecard, table
from tests.integration.samples import sample_cards

OLD = Fingerprint(metrics={"bleu2": "0.1"}, libraries={})
BOARDS = ["mini.findings", "mini.findings", "mini.report"]


@pytest.fixture
def upstream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitRepository:
    """The sample entries on main, scored by an earlier scorer."""
    monkeypatch.setenv("REXRANK_TOKEN", "unused")
    monkeypatch.delenv("REXRANK_SCORER_IMAGE", raising=False)
    repository = entries_on_main(tmp_path / "upstream.git")
    cards = [scorecard(sha, section, 0.01) for sha, section in sample_cards()]
    old = [card.model_copy(update={"fingerprint": OLD}) for card in cards]
    ledger = Upstream(Installation(None), repository, str(repository.folder)).ledger
    assert ledger.append([(card, table(card)) for card in old]) == 3
    return repository


def plan(upstream: GitRepository, folder: Path, *words: str) -> RescorePlan:
    output = folder / "plan.json"
    remote = ["--remote", str(upstream.folder)]
    assert run(["rescore", "plan", *remote, "--output", str(output), *words]) == 0
    return RescorePlan.from_json(output.read_bytes())


def score_all(folder: Path) -> Path:
    submissions = [str(path) for path in sorted((CHECKOUT / "submissions").iterdir())]
    words = ["--metric", "bleu2", "--resamples", "100", "--output", str(folder)]
    assert run(["score", *submissions, *words]) == 0
    return folder


def record(upstream: GitRepository, scores: Path) -> int:
    submissions = ["--submissions", str(CHECKOUT / "submissions")]
    return run(["rescore", "record", str(scores), *submissions, "--remote", str(upstream.folder)])


def compared(upstream: GitRepository, folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    words = ["--plan", str(folder / "plan.json"), "--remote", str(upstream.folder)]
    assert run(["rescore", "table", *words]) == 0
    return capsys.readouterr().out


def test_what_an_earlier_scorer_scored_is_scored_again_and_shown_before_and_after(
    upstream: GitRepository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    outputs = tmp_path / "outputs"
    monkeypatch.setenv("GITHUB_OUTPUT", str(outputs))
    planned = plan(upstream, tmp_path, "--jobs", "2")
    assert sorted(str(b.board) for b in planned.boards) == BOARDS
    assert {(board.reason, board.open) for board in planned.boards} == {("stale", True)}
    said = outputs.read_text(encoding="utf-8").splitlines()
    assert json.loads(said[1]) == {
        "include": [
            {"name": "1", "submissions": "submissions/sample-attentive"},
            {"name": "2", "submissions": "submissions/sample-terse"},
        ]
    }
    assert said[4] == "true"
    assert "still to be scored" in compared(upstream, tmp_path, capsys)
    scores = score_all(tmp_path / "scores")
    assert record(upstream, scores) == 0
    after = compared(upstream, tmp_path, capsys)
    assert after.startswith("3 of 3 boards scored.")
    rows = [line for line in after.splitlines() if "BLEU-2" in line]
    assert len(rows) == 3
    assert all("| 0.010 |" in row and "| +0." in row for row in rows)
    kept = read_records(upstream, LEDGER_BRANCH, SCORECARD_RECORDS)
    assert len(kept) == 6
    assert verify_ledger(upstream, LEDGER_BRANCH) == ()
    assert record(upstream, scores) == 0
    assert read_records(upstream, LEDGER_BRANCH, SCORECARD_RECORDS) == kept
    assert plan(upstream, tmp_path).boards == ()
    assert said[4] == "true"
    assert outputs.read_text(encoding="utf-8").splitlines()[-2] == "false"


def test_scores_of_other_bytes_are_not_recorded(upstream: GitRepository, tmp_path: Path) -> None:
    scores = score_all(tmp_path / "scores")
    (scores / "sample-terse").rename(scores / "swapped")
    (scores / "sample-attentive").rename(scores / "sample-terse")
    before = upstream.resolve(LEDGER_BRANCH)
    assert record(upstream, scores) == 78
    assert upstream.resolve(LEDGER_BRANCH) == before


def test_what_was_merged_without_a_score_is_planned_too(tmp_path: Path) -> None:
    repository = entries_on_main(tmp_path / "empty.git")
    planned = plan(repository, tmp_path)
    assert {board.reason for board in planned.boards} == {"unscored"}
    assert len(planned.boards) == 3


def test_every_entry_is_in_exactly_one_job_and_no_matrix_is_too_large() -> None:
    boards = tuple(
        PlannedBoard(
            submission=f"entry-{number // 2}",
            model="m",
            dataset="mini",
            section="findings",
            reason="stale",
            open=number % 2 == 0,
        )
        for number in range(1400)
    )
    made = RescorePlan(commit="1" * 40, boards=boards)
    batches = share_out(made, 1000)
    assert len(batches) == 256
    listed = [name for batch in batches for name in batch.submissions.split()]
    assert sorted(listed) == sorted(f"submissions/{name}" for name in made.submissions())
    assert share_out(RescorePlan(commit="1" * 40), 5) == ()
