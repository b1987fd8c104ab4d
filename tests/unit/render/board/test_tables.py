from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from bot.domain.leaderboard import Leaderboard
from bot.pipeline.board.build import build_leaderboard
from bot.render.board.board_csv import render_board_csv, render_pairs_csv
from bot.render.board.board_page import render_board_markdown
from bot.render.board.tables import leaderboard_files, render_readme
from tests.unit.render import samples as s


def records() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(render_board_csv(s.example_board()))))


def test_the_files_are_sorted_and_the_json_gives_the_leaderboard_back() -> None:
    entries = [entry for entry in s.example_entries() if entry[0] != "delta"]
    leaderboard = build_leaderboard(s.catalog(), s.COLUMNS, entries, s.example_scorecards(), None)
    files = leaderboard_files(leaderboard)
    assert list(files) == sorted(files)
    assert Leaderboard.from_json(files["leaderboard.json"]) == leaderboard
    assert not any(name.startswith("mini") for name in files)


def test_a_csv_keeps_every_digit_and_says_the_status_of_what_is_missing() -> None:
    by_id = {record["submission"]: record for record in records()}
    assert float(by_id["bravo"]["inv_radcliq_v1"]) == 1 / 0.9
    assert by_id["bravo"]["rank"] == "3"
    assert (by_id["delta"]["rank"], by_id["delta"]["radcliq_v1"]) == ("", "")
    assert by_id["delta"]["radcliq_v1_status"] == "unavailable"


def test_no_cell_of_a_csv_is_a_formula() -> None:
    by_id = {record["submission"]: record for record in records()}
    assert by_id["delta"]["model"] == "'=Delta|@x"
    assert by_id["echo"]["radcliq_v1"] == "-0.2"


def test_an_empty_csv_has_its_header() -> None:
    board = s.example_board().model_copy(update={"rows": (), "unranked": ()})
    full = render_board_csv(s.example_board())
    assert render_board_csv(board) == full.splitlines(keepends=True)[0]


def test_a_score_of_zero_is_zero_and_a_missing_one_is_a_dash() -> None:
    row = s.example_board().rows[1]
    zero = row.model_copy(update={"scores": {"radcliq_v1": s.scored(0.0, spread=None)}})
    board = s.example_board().model_copy(update={"rows": (zero,), "unranked": ()})
    page = render_board_markdown(board, s.catalog().datasets["iu-xray"])
    assert "| 0.000 | - | - | - |" in page


def test_every_column_of_the_csv_files_is_documented() -> None:
    page = (Path(__file__).parents[4] / "docs/reference/files.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"`([\w<>]+)`", page[page.index("## Tables of the leader") :]))
    metrics = {column.id for column in s.COLUMNS}
    pairs = render_pairs_csv(s.example_board()).splitlines()[0].split(",")
    for name in (*records()[0], *pairs):
        metric = next((m for m in metrics if re.fullmatch(f"{m}(_low|_high|_status)?", name)), None)
        assert (name.replace(metric, "<metric>") if metric else name) in documented


def test_models_of_one_name_and_version_are_told_apart_by_their_id() -> None:
    entries = [(name, s.manifest(boards=(("iu-xray", "findings", name * 64),))) for name in "ab"]
    cards = [s.scorecard(value, sha=name * 64) for name, value in (("a", 0.8), ("b", 0.9))]
    named = [(f"entry-{name}", manifest) for name, manifest in entries]
    page = render_readme(build_leaderboard(s.catalog(), s.COLUMNS, named, cards, None))
    assert "| MoERad-IU 1.0 <code>entry-a</code> | 1 | scored here |" in page
    assert "### Findings and impression" not in page


def test_the_overview_says_what_to_cite() -> None:
    leaderboard = build_leaderboard(s.catalog(), s.COLUMNS, [], [], None)
    assert "```bibtex" not in render_readme(leaderboard)
    cited = leaderboard.model_copy(update={"citation": "@misc{a,\n  title = {A}\n}\n"})
    assert "```bibtex\n@misc{a," in render_readme(cited)


def test_the_overview_of_nothing_still_lists_every_board() -> None:
    page = render_readme(build_leaderboard(s.catalog(), s.COLUMNS, [], [], None))
    assert "No entry has been scored yet." in page
    assert "| Mini: findings | 12 | RadCliQ-v1 ↓ | 0 | - |" in page
