"""`rexrank site build` on the leaderboard that the repository ships."""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest

from bot.cli.app import run
from bot.domain.leaderboard import Leaderboard, Pair
from bot.domain.scorecard import MetricScore
from bot.jobs.installation import Installation
from bot.metrics.registry import BY_ID
from bot.render.site.build import site_files
from bot.render.site.facts import SiteFacts
from tests.site_pages import check_site, page

CHECKOUT = Path(__file__).resolve().parents[2]
SHIPPED = CHECKOUT / "leaderboard" / "leaderboard.json"
PAGE_BYTES = 60 * 1024
SCRIPT_BYTES = STYLE_BYTES = 8 * 1024


def build(output: Path, *more: str, leaderboard: Path = SHIPPED) -> int:
    words = ["site", "build", "--leaderboard", str(leaderboard), "--output", str(output)]
    return run([*words, *more])


def read(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "site"
    assert build(folder) == 0
    return folder


def test_every_page_is_strict_html_and_asks_no_other_host(site: Path) -> None:
    files = read(site)
    check_site(files)
    for name in ("assets/style.css", "assets/site.js", "assets/icon.svg"):
        text = files[name].decode().replace("http://www.w3.org/2000/svg", "")
        assert "//" not in text.replace("// ", ""), name
        assert "url(" not in text
        assert "@import" not in text


def test_pages_script_and_style_keep_their_budgets(site: Path) -> None:
    packed = {path: len(gzip.compress(data, mtime=0)) for path, data in read(site).items()}
    pages = {path: size for path, size in packed.items() if path.endswith(".html")}
    assert len(pages) > 60
    assert max(pages.values()) <= PAGE_BYTES
    assert packed["assets/site.js"] <= SCRIPT_BYTES
    assert packed["assets/style.css"] <= STYLE_BYTES
    assert packed["compare/data.json"] <= PAGE_BYTES


def test_every_board_model_and_rank_of_the_leaderboard_is_on_its_page(site: Path) -> None:
    files = read(site)
    leaderboard = Leaderboard.from_json(SHIPPED.read_bytes())
    for board in leaderboard.boards:
        rows = page(files, f"boards/{board.id}/index.html").table_rows("board-table")
        shown = [int(row[0].lstrip("=").split(" ")[0]) for row in rows]
        assert shown == [row.rank for row in board.rows]
        for row in board.all_rows:
            assert f"models/{row.submission}/index.html" in files


def test_the_data_files_are_the_leaderboard(site: Path) -> None:
    files = read(site)
    assert files["leaderboard.json"] == SHIPPED.read_bytes()
    board = json.loads(files["boards/mini.findings/board.json"])
    assert [row["submission"] for row in board["rows"]] == ["sample-attentive", "sample-terse"]
    shipped = CHECKOUT / "leaderboard" / "mini.findings.csv"
    assert files["boards/mini.findings/board.csv"] == shipped.read_bytes()
    assert files["citations.bib"].count(b"@") >= 5


def test_no_text_of_a_study_is_shown(site: Path) -> None:
    references = json.loads((CHECKOUT / "bot/catalog/mini/references.json").read_text())
    texts = {study["findings"] for study in references["studies"].values() if "findings" in study}
    assert len(texts) > 50
    everything = b"".join(read(site).values()).decode()
    assert not [text for text in texts if text in everything]


def test_a_second_run_changes_nothing(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*")}
    assert build(site) == 0
    assert f"0 of {len(read(site)) - 1} files changed, 0 removed" in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in site.rglob("*")} == before


def test_another_process_with_another_hash_seed_writes_the_same_bytes(
    site: Path, tmp_path: Path
) -> None:
    words = ("site", "build", "--leaderboard", str(SHIPPED), "--output", str(tmp_path / "site"))
    subprocess.run(
        (sys.executable, "-m", "bot", *words), cwd=CHECKOUT, env={"PYTHONHASHSEED": "7"}, check=True
    )
    assert read(tmp_path / "site") == read(site)


def test_pages_that_are_no_longer_made_are_removed_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    assert build(folder) == 0
    mine = folder / "models" / "mine.txt"
    mine.write_text("not the site's", encoding="utf-8")
    document = json.loads(SHIPPED.read_bytes())
    document["boards"] = [b for b in document["boards"] if b["dataset"] == "mini"]
    smaller = tmp_path / "smaller.json"
    smaller.write_text(json.dumps(document), encoding="utf-8")
    assert build(folder, leaderboard=smaller) == 0
    assert not (folder / "models" / "published.maira-2").exists()
    assert not (folder / "boards" / "iu-xray.findings").exists()
    assert (folder / "models" / "sample-terse" / "index.html").is_file()
    assert mine.is_file()


def test_a_folder_with_other_files_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.tex").write_text("mine", encoding="utf-8")
    assert build(tmp_path) == 78
    assert "not a site; give an empty folder" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_listing_that_leads_outside_is_refused(tmp_path: Path) -> None:
    victim = tmp_path / "victim.txt"
    victim.write_text("mine", encoding="utf-8")
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "files.txt").write_text("../victim.txt\n", encoding="utf-8")
    assert build(folder) == 78
    assert victim.is_file()


def test_a_dry_run_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build(tmp_path / "site", "--dry-run") == 0
    assert "would write" in capsys.readouterr().err
    assert not (tmp_path / "site").exists()


def test_what_is_missing_or_wrong_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build(tmp_path / "site", leaderboard=tmp_path / "none.json") == 78
    assert "rexrank publish" in capsys.readouterr().err
    assert build(tmp_path / "site", "--address", "http://insecure.example.org") == 2
    assert "absolute https address" in capsys.readouterr().err


def test_a_board_of_a_hundred_entries_keeps_the_budget() -> None:
    leaderboard = Leaderboard.from_json(SHIPPED.read_bytes())
    board = next(one for one in leaderboard.boards if one.dataset == "iu-xray")
    rng = random.Random(0)
    rows = []
    for rank, value in enumerate(sorted(rng.uniform(0.2, 2) for _ in range(100)), start=1):
        scores = {
            column.id: MetricScore(
                status="scored",
                version="1",
                value=value if column.id == board.main_metric else rng.random(),
                interval=(value - 0.05, value + 0.05),
            )
            for column in board.columns
        }
        changes = {
            "rank": rank,
            "rank_interval": (max(1, rank - 3), rank + 5),
            "submission": f"team-{rank}.model",
            "model": f"Model {rng.getrandbits(64):x}",
            "institution": f"Institute {rng.getrandbits(64):x}",
            "badge": "scored",
            "scores": scores,
            "n": board.n,
        }
        rows.append(board.rows[0].model_copy(update=changes))
    pairs = tuple(
        Pair(
            one=one.submission,
            other=other.submission,
            difference=-rng.random(),
            interval=(-0.2, 0.1),
            p=0.5,
            p_adjusted=rng.uniform(0.001, 1),
            separated=rng.random() < 0.5,
        )
        for one, other in combinations(rows, 2)
    )
    large = board.model_copy(update={"rows": tuple(rows), "pairs": pairs})
    boards = tuple(large if one is board else one for one in leaderboard.boards)
    files = site_files(
        SiteFacts(
            leaderboard.model_copy(update={"boards": boards}),
            Installation(None).catalog.card,
            BY_ID,
        )
    )
    for path, data in files.items():
        if path.endswith(".html") or path == "compare/data.json":
            assert len(gzip.compress(data, mtime=0)) <= PAGE_BYTES, path
    shown = page(files, "compare/iu-xray.findings/index.html")
    assert "The first 60 of 100 entries." in " ".join(shown.text.split())
