"""Per-study scores come from the ledger: rank intervals on main, a rank preview in the comment."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.disk.score_folder import read_scores
from bot.adapters.git.repository import GitRepository, create_bare
from bot.cli.app import run
from bot.domain.board import BoardId
from bot.domain.leaderboard import Leaderboard
from bot.domain.repository_setup import LEDGER_BRANCH
from bot.jobs.installation import Installation
from bot.jobs.upstream import Upstream, reading_upstream
from bot.pipeline.board.ranks import compared_scorecards
from tests.integration.gate_world import BOARD, ENTRY, SECRET, gate_world
from tests.integration.git_objects import commit

CHECKOUT = Path(__file__).resolve().parents[2]
CATALOG = CHECKOUT / "bot" / "catalog"
SAMPLES = ("sample-attentive", "sample-terse")


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scores of the two sample entries on one metric."""
    folder = tmp_path_factory.mktemp("scores")
    entries = [str(CHECKOUT / "submissions" / name) for name in SAMPLES]
    assert run(["score", *entries, "--metric", "bleu2", "--output", str(folder)]) == 0
    return folder


def entry_files() -> dict[str, bytes | None]:
    return {
        path.relative_to(CHECKOUT).as_posix(): path.read_bytes()
        for name in SAMPLES
        for path in sorted((CHECKOUT / "submissions" / name).rglob("*"))
        if path.is_file()
    }


def record(remote: str, scores: Path, folder: Path, token: str | None = None) -> None:
    """Put the samples' scores into a remote's ledger, with their tables."""
    scored = [pair for name in SAMPLES for pair in read_scores(scores / name)]
    local = GitRepository(create_bare(folder / "recorder.git").folder, token=token)
    assert Upstream(Installation(None), local, remote).ledger.append(scored) == len(scored)


@pytest.fixture
def upstream(tmp_path: Path, scores: Path) -> GitRepository:
    """A leaderboard's repository with the samples on main and their scores in the ledger."""
    repository = create_bare(tmp_path / "upstream.git")
    head = commit(repository, None, entry_files())
    repository.run("update-ref", "refs/heads/main", head)
    record(str(repository.folder), scores, tmp_path)
    return repository


def publish(upstream: GitRepository, *options: str) -> int:
    return run(["publish", "--remote", str(upstream.folder), *options])


def published(upstream: GitRepository) -> Leaderboard:
    return Leaderboard.from_json(upstream.run("show", "main:leaderboard/leaderboard.json"))


def mini_findings(leaderboard: Leaderboard) -> Any:
    return next(b for b in leaderboard.boards if b.id == BoardId("mini", "findings"))


def catalog_where_mini_is(access: str, folder: Path) -> str:
    target = folder / f"catalog-{access}"
    shutil.copytree(CATALOG, target)
    card = target / "datasets/mini.yaml"
    card.write_text(card.read_text().replace("access: public", f"access: {access}"))
    return str(target)


def test_publish_ranks_with_the_ledgers_per_study_scores(upstream: GitRepository) -> None:
    assert publish(upstream) == 0
    board = mini_findings(published(upstream))
    assert [(row.submission, row.rank, row.rank_interval) for row in board.rows] == [
        ("sample-attentive", 1, (1, 1)),
        ("sample-terse", 2, (2, 2)),
    ]
    (pair,) = board.pairs
    assert pair.separated
    assert pair.p_adjusted < 0.001
    assert upstream.entries("main", "leaderboard/mini.findings.pairs.csv")


def test_publishing_again_changes_nothing(
    upstream: GitRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish(upstream) == 0
    before = upstream.resolve("main")
    assert publish(upstream) == 0
    assert upstream.resolve("main") == before
    assert "up to date" in capsys.readouterr().err


@pytest.mark.parametrize("access", ["credentialed", "private"])
def test_nothing_is_made_of_single_studies_where_the_dataset_is_not_public(
    upstream: GitRepository, tmp_path: Path, access: str
) -> None:
    # The ledger holds the tables, since the dataset was public before.
    assert publish(upstream, "--catalog", catalog_where_mini_is(access, tmp_path)) == 0
    board = mini_findings(published(upstream))
    assert [(row.submission, row.rank_interval) for row in board.all_rows] == [
        ("sample-attentive", None),
        ("sample-terse", None),
    ]
    assert board.pairs == ()


def test_a_ledger_without_tables_still_ranks_by_value(upstream: GitRepository) -> None:
    tip = upstream.resolve(LEDGER_BRANCH)
    tables = [e.path.decode() for e in upstream.entries(tip, "scores") if e.path.endswith(b".npz")]
    assert len(tables) == 3
    upstream.run(
        "update-ref", f"refs/heads/{LEDGER_BRANCH}", commit(upstream, tip, dict.fromkeys(tables))
    )
    assert publish(upstream) == 0
    board = mini_findings(published(upstream))
    assert [(row.rank, row.rank_interval) for row in board.rows] == [(1, None), (2, None)]


def test_a_damaged_table_stops_the_publication_and_is_named(
    upstream: GitRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    tip = upstream.resolve(LEDGER_BRANCH)
    name = next(
        e.path.decode() for e in upstream.entries(tip, "scores/mini") if e.path.endswith(b".npz")
    )
    upstream.run("update-ref", f"refs/heads/{LEDGER_BRANCH}", commit(upstream, tip, {name: b"PK"}))
    assert publish(upstream) == 78
    assert f"ledger {name}: " in capsys.readouterr().err


def test_the_comment_says_how_sure_the_rank_is(
    tmp_path: Path, scores: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    with gate_world(tmp_path) as world:
        remote = world.server.clone_url(BOARD)
        monkeypatch.setenv("GITHUB_REPOSITORY", BOARD)
        monkeypatch.setenv("GITHUB_API_URL", world.server.api_url)
        monkeypatch.setenv("REXRANK_TOKEN", SECRET)
        record(remote, scores, tmp_path, SECRET)
        leaderboard = tmp_path / "leaderboard"
        submissions = tmp_path / "submissions"
        for name in SAMPLES:
            shutil.copytree(CHECKOUT / "submissions" / name, submissions / name)
        local = ("--submissions", submissions, "--scores", scores, "--output", leaderboard)
        assert run(["publish", *map(str, local)]) == 0
        inspection, handed = inspect_and_score(tmp_path, remote, world.head())
        words = ["report", "1", "--head", world.head(), "--inspection", inspection]
        words += ["--scores", handed, "--leaderboard", str(leaderboard / "leaderboard.json")]
        capsys.readouterr()
        assert run([*words, "--dry-run"]) == 0
        by_value = capsys.readouterr().out
        assert run([*words, "--dry-run", "--remote", remote]) == 0
        tested = capsys.readouterr().out
    assert "told apart from Sample Attentive" not in by_value
    assert "told apart from Sample Attentive" in tested
    # The entry has the very texts of Sample Terse.
    assert "shared with 1 other" in tested
    assert "not told apart from Sample Terse" in tested


def inspect_and_score(tmp_path: Path, remote: str, head: str) -> tuple[str, str]:
    """Return the folders that the earlier stages of a run leave."""
    repo = create_bare(tmp_path / "pull.git")
    refs = ("+refs/heads/main:refs/heads/main", "+refs/pull/1/head:refs/pull/1/head")
    subprocess.run(("git", "-C", str(repo.folder), "fetch", "-q", remote, *refs), check=True)
    inspection, handed = str(tmp_path / "inspection"), str(tmp_path / "handed")
    words = ("--repo", str(repo.folder), "--base", repo.resolve("main"), "--head", head)
    assert run(["inspect", *words, "--author", "sam", "--output", inspection]) == 0
    entry = f"{inspection}/{ENTRY}"
    assert run(["score", entry, "--metric", "bleu2", "--output", handed]) == 0
    return inspection, handed


def test_the_comment_of_a_run_without_a_ledger_needs_none(tmp_path: Path) -> None:
    empty = create_bare(tmp_path / "empty.git")
    leaderboard = Leaderboard.from_json((CHECKOUT / "leaderboard/leaderboard.json").read_bytes())
    installation = Installation(None)
    wanted = compared_scorecards(leaderboard, installation.catalog)
    assert len(wanted) == 3
    with reading_upstream(installation, str(empty.folder)) as upstream:
        assert upstream.ledger.tables(wanted) == {}
