from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from bot.cli.app import run
from bot.cli.submit.package import package
from bot.domain.value import sha256_of
from bot.errors import Misconfigured, SubmissionRejected, WrongUsage

CANARY = "CANARY reference text"
MANIFEST = """\
# What the table shows.
schema_version: 1
model:
  name: "MoE: a model"   # at most 60 characters
  links: {paper: https://papers.example.org/1}
training_data: [mini]  # dataset ids
predictions:
  # the public board
  - {dataset: iu-xray, section: findings, file: predictions/iu-xray.findings.json, sha256: abc}
  - dataset: mini  # old
    section: report
    file: predictions/mini.report.json
    sha256: def
submitters: [sam]
"""
RAW: dict[str, Any] = {
    "mini-0001": {
        "model_prediction": "Clear lungs, ≤ 2 mm, no effusion.",
        "section_findings": CANARY,
        "image_path": ["images/1.png"],
        "context": {"age": 3},
        "report": float("nan"),
    },
    "mini-0002": {"model_prediction": ""},
}


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    folder = tmp_path / "moe"
    folder.mkdir()
    (folder / "manifest.yaml").write_text(MANIFEST, encoding="utf-8")
    return folder


def raw_file(entry: Path, document: Any = RAW) -> Path:
    path = entry.parent / "raw.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def run_package(
    entry: Path, raw: Path, *more: str, dataset: str = "mini", section: str = "findings"
) -> Result:
    words = [str(entry), str(raw), "--dataset", dataset, "--section", section, *more]
    return CliRunner().invoke(package, words, catch_exceptions=True)


def entries_of(entry: Path) -> list[dict[str, str]]:
    document = yaml.safe_load((entry / "manifest.yaml").read_text(encoding="utf-8"))
    rows: list[dict[str, str]] = document["predictions"]
    return rows


def test_only_ids_and_predictions_are_kept(entry: Path) -> None:
    done = run_package(entry, raw_file(entry))
    assert done.exit_code == 0, done.output
    data = (entry / "predictions/mini.findings.json").read_bytes()
    assert json.loads(data) == {
        "mini-0001": {"model_prediction": "Clear lungs, ≤ 2 mm, no effusion."},
        "mini-0002": {"model_prediction": ""},
    }
    assert CANARY.encode() not in data
    assert CANARY not in done.output
    assert entries_of(entry)[-1] == {
        "dataset": "mini",
        "section": "findings",
        "file": "predictions/mini.findings.json",
        "sha256": sha256_of(data),
    }


def test_plain_texts_and_packed_files_are_taken(entry: Path) -> None:
    packed = entry.parent / "raw.json.gz"
    packed.write_bytes(gzip.compress(b'{"a": "Clear.", "b": ""}'))
    assert run_package(entry, packed).exit_code == 0
    written = json.loads((entry / "predictions/mini.findings.json").read_text())
    assert written == {"a": {"model_prediction": "Clear."}, "b": {"model_prediction": ""}}


def test_everything_else_in_the_manifest_stays_as_it_was(entry: Path) -> None:
    assert run_package(entry, raw_file(entry)).exit_code == 0
    lines = (entry / "manifest.yaml").read_text(encoding="utf-8").splitlines()
    for line in MANIFEST.splitlines():
        assert line in lines, line
    assert len(lines) == len(MANIFEST.splitlines()) + 1


def test_only_the_entry_of_this_board_is_replaced(entry: Path) -> None:
    assert run_package(entry, raw_file(entry), section="report").exit_code == 0
    rows = entries_of(entry)
    assert [(row["dataset"], row["section"]) for row in rows] == [
        ("iu-xray", "findings"),
        ("mini", "report"),
    ]
    assert rows[0]["sha256"] == "abc"
    assert rows[1]["sha256"] == sha256_of((entry / "predictions/mini.report.json").read_bytes())
    assert "# the public board" in (entry / "manifest.yaml").read_text(encoding="utf-8")


def test_packaging_again_changes_nothing(entry: Path) -> None:
    raw = raw_file(entry)
    run_package(entry, raw)
    first = (entry / "manifest.yaml").read_bytes()
    run_package(entry, raw)
    assert (entry / "manifest.yaml").read_bytes() == first


def test_an_empty_list_of_predictions_is_filled(entry: Path) -> None:
    (entry / "manifest.yaml").write_text("predictions: []  # none yet\n", encoding="utf-8")
    run_package(entry, raw_file(entry))
    run_package(entry, raw_file(entry), section="report")
    assert [row["section"] for row in entries_of(entry)] == ["findings", "report"]


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        (None, "missing or null"),
        ({"model_prediction": None}, "missing or null"),
        ({"prediction": "x"}, "missing or null"),
        ({"model_prediction": 3}, "a number"),
        ({"model_prediction": float("nan")}, "a number"),
        ({"model_prediction": ["x"]}, "a list"),
        ({"model_prediction": {"a": CANARY}}, "an object"),
        ({"model_prediction": True}, "true or false"),
    ],
)
def test_a_study_without_a_text_is_refused_by_name(entry: Path, value: Any, seen: str) -> None:
    done = run_package(entry, raw_file(entry, {**RAW, "mini-0003": value}))
    assert isinstance(done.exception, SubmissionRejected)
    said = str(done.exception)
    assert f'study "mini-0003": model_prediction is {seen}' in said
    assert 'give a string ("" counts as an empty report)' in said
    assert CANARY not in said
    assert not (entry / "predictions").exists()
    assert (entry / "manifest.yaml").read_text(encoding="utf-8") == MANIFEST


def test_every_study_without_a_text_is_told_in_one_round(entry: Path) -> None:
    done = run_package(entry, raw_file(entry, {f"s{n}": None for n in range(300)}))
    said = str(done.exception)
    assert said.count("missing or null") == 20
    assert "and 280 more" in said


@pytest.mark.parametrize("text", ["[]", '"x"', "{", '{"a": "1", "a": "2"}', ""])
def test_a_file_that_is_no_object_of_studies_is_refused(entry: Path, text: str) -> None:
    raw = entry.parent / "raw.json"
    raw.write_text(text, encoding="utf-8")
    assert isinstance(run_package(entry, raw).exception, SubmissionRejected)


@pytest.mark.parametrize(
    "text",
    [
        "predictions: text\n",
        "model: {}\n",
        "- a\n",
        "",
        "predictions: [1]\n",
        "a: [\n",
        "a: 1\na: 2\n",
    ],
)
def test_a_manifest_that_cannot_be_mended_is_named(entry: Path, text: str) -> None:
    (entry / "manifest.yaml").write_text(text, encoding="utf-8")
    done = run_package(entry, raw_file(entry))
    assert isinstance(done.exception, SubmissionRejected)
    assert "manifest.yaml" in str(done.exception)


def test_a_manifest_that_is_not_text_is_named(entry: Path) -> None:
    (entry / "manifest.yaml").write_bytes(b"predictions: []\n# \xff\n")
    done = run_package(entry, raw_file(entry))
    assert isinstance(done.exception, SubmissionRejected)
    assert "cannot be read as YAML" in str(done.exception)


def test_a_missing_manifest_and_an_unknown_dataset_say_what_to_do(entry: Path) -> None:
    raw = raw_file(entry)
    unknown = run_package(entry, raw, dataset="nothing")
    assert isinstance(unknown.exception, WrongUsage)
    (entry / "manifest.yaml").unlink()
    missing = run_package(entry, raw)
    assert isinstance(missing.exception, Misconfigured)
    assert "rexrank init moe" in str(missing.exception)


def test_a_dry_run_writes_nothing(entry: Path) -> None:
    done = run_package(entry, raw_file(entry), "--dry-run")
    assert done.exit_code == 0
    assert "would write" in done.output
    assert not (entry / "predictions").exists()
    assert (entry / "manifest.yaml").read_text(encoding="utf-8") == MANIFEST


def test_a_refusal_exits_1(entry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw = raw_file(entry, {"s1": None})
    words = ["package", str(entry), str(raw), "--dataset", "mini", "--section", "findings"]
    assert run(words) == 1
    assert 'study "s1": model_prediction is missing or null' in capsys.readouterr().err
