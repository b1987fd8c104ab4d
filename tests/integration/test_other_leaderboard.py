"""Another benchmark is a catalog and nothing else: no name of this one is left in what it makes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from bot.cli.app import run
from bot.domain.leaderboard import Leaderboard

CHECKOUT = Path(__file__).resolve().parents[2]
STUDIES = CHECKOUT / "bot/catalog/mini/studies.json"
TITLE = "Ward Report Cup"
# The names of the program itself, which are the same for every benchmark.
PROGRAM = re.compile(
    r"`?rexrank (publish|init|validate|score|models)\b|rexrank-bot(:comment|\W+neural)"
)
LEFTOVER = re.compile(r"rexrank|rexgradient|mimic|iu.?x.?ray|chexpert plus|mini\b|radcliq", re.I)


def write_catalog(folder: Path) -> Path:
    """Write what an operator of another benchmark writes: two files."""
    card = {
        "title": TITLE,
        "summary": "Which model writes what the ward would sign?",
        "repository": "https://github.com/example/ward-report-cup",
        "main_metric": "rougeL",
        "columns": ["rougeL", "bleu4"],
        "datasets": ["ward"],
        "bot_login": "ward-bot",
        "maintainers": ["head-nurse"],
        "contact": "https://github.com/example/ward-report-cup/discussions",
    }
    dataset = {
        "id": "ward",
        "title": "Ward",
        "summary": "Sixty studies of one ward.",
        "split": "valid",
        "n": 60,
        "sections": {"findings": 58},
        "access": "public",
        "licence": "CC0-1.0",
        "source": "https://data.example.org/ward",
        "image_root": "ward",
        "citation": "@misc{ward,\n  title = {Ward}\n}\n",
        "cluster_repeats": True,
    }
    (folder / "datasets").mkdir(parents=True)
    (folder / "leaderboard.yaml").write_text(yaml.safe_dump(card), encoding="utf-8")
    (folder / "datasets/ward.yaml").write_text(yaml.safe_dump(dataset), encoding="utf-8")
    return folder


def write_predictions(folder: Path, name: str, words: int) -> Path:
    """Write predictions in the official format: the first words of each reference."""
    studies = json.loads(STUDIES.read_text(encoding="utf-8"))
    texts = {
        study: {**parts, "model_prediction": " ".join(parts["section_findings"].split()[:words])}
        for study, parts in studies.items()
        if parts["section_findings"]
    }
    path = folder / f"{name}.json"
    path.write_text(json.dumps(texts), encoding="utf-8")
    return path


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = write_catalog(tmp_path / "catalog")
    monkeypatch.setenv("REXRANK_CATALOG", str(folder))
    monkeypatch.setenv("REXRANK_REFERENCES", str(tmp_path / "store"))
    official = json.loads(STUDIES.read_text(encoding="utf-8"))
    for parts in official.values():
        parts["section_impression"] = None
        parts["split"] = "valid"
    file = tmp_path / "ward.json"
    file.write_text(json.dumps(official), encoding="utf-8")
    assert run(["dataset", "import", "ward", str(file)]) == 0
    return folder


def enter(tmp_path: Path, name: str, words: int) -> str:
    """Make and score an entry as its team does; return its folder."""
    predictions = write_predictions(tmp_path, name, words)
    folder = str(tmp_path / "submissions" / name)
    about = ("--model", name.title(), "--institution", "A ward", "--year", "2026")
    into = ("--into", str(tmp_path / "submissions"), "--license", "MIT", "--login", "nurse")
    assert run(["init", name, *about, *into]) == 0
    assert (
        run(["package", folder, str(predictions), "--dataset", "ward", "--section", "findings"])
        == 0
    )
    assert run(["validate", folder]) == 0
    metrics = ("--metric", "rougeL", "--metric", "bleu4")
    assert run(["score", folder, *metrics, "--output", str(tmp_path / "scores")]) == 0
    return folder


def test_another_benchmark_needs_its_catalog_alone(
    catalog: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = enter(tmp_path, "wordy", 12)
    enter(tmp_path, "terse", 3)
    output = tmp_path / "leaderboard"
    words = ["--submissions", str(tmp_path / "submissions"), "--scores", str(tmp_path / "scores")]
    assert run(["publish", *words, "--output", str(output)]) == 0
    leaderboard = Leaderboard.from_json((output / "leaderboard.json").read_bytes())
    (board,) = leaderboard.boards
    assert (leaderboard.title, board.main_metric) == (TITLE, "rougeL")
    assert [(row.submission, row.rank) for row in board.rows] == [("wordy", 1), ("terse", 2)]
    assert board.clusters == 57
    assert {path.name for path in output.iterdir()} == {
        "README.md",
        "leaderboard.json",
        "ward.findings.csv",
        "ward.findings.md",
        "ward.findings.pairs.csv",
    }
    capsys.readouterr()
    assert run(["preview", folder, "--scores", str(tmp_path / "scores")]) == 0
    comment = capsys.readouterr().out
    assert "rank **1 of 2**" in comment
    assert "head-nurse" in comment
    said = [comment, *(path.read_text(encoding="utf-8") for path in output.iterdir())]
    for text in said:
        assert LEFTOVER.findall(PROGRAM.sub("", text)) == []


def test_the_site_of_another_benchmark_bears_its_name_alone(catalog: Path, tmp_path: Path) -> None:
    enter(tmp_path, "wordy", 12)
    output, site = tmp_path / "leaderboard", tmp_path / "site"
    words = ["--submissions", str(tmp_path / "submissions"), "--scores", str(tmp_path / "scores")]
    assert run(["publish", *words, "--output", str(output)]) == 0
    board = str(output / "leaderboard.json")
    assert run(["site", "build", "--leaderboard", board, "--output", str(site)]) == 0
    front = (site / "index.html").read_text(encoding="utf-8")
    assert TITLE in front
    for page in sorted(site.rglob("*.html")):
        text = PROGRAM.sub("", page.read_text(encoding="utf-8"))
        assert "ReXrank" not in text, page.name


def test_the_built_in_catalog_is_not_touched(catalog: Path, tmp_path: Path) -> None:
    before = {p: p.read_bytes() for p in (CHECKOUT / "bot/catalog").rglob("*.json")}
    enter(tmp_path, "wordy", 12)
    assert {p: p.read_bytes() for p in (CHECKOUT / "bot/catalog").rglob("*.json")} == before
