from __future__ import annotations

import json
from dataclasses import replace

from bot.domain.board import BoardId
from bot.domain.dataset import BoardStudies
from bot.domain.finding import has_errors
from bot.domain.submission import SubmissionFolder
from bot.domain.value import sha256_of
from bot.pipeline.pull_request.validate import validate_submission
from tests import real_data
from tests.examples.catalog import EXAMPLES, card, example_catalog, read_example, read_texts

CATALOG = example_catalog()


def folder_of(data: bytes, *, dataset: str, name: str = "p.json") -> SubmissionFolder:
    manifest = f"""\
schema_version: 1
model: {{name: A, version: "1", institution: B, year: 2026, license: MIT}}
training_data: []
inputs: {{images: all-views, context: true}}
submitters: [octocat]
predictions:
  - {{dataset: {dataset}, section: findings, file: predictions/{name}, sha256: {sha256_of(data)}}}
"""
    return SubmissionFolder(
        "example", {"manifest.yaml": manifest.encode(), f"predictions/{name}": data}
    )


def test_two_runs_give_the_same_findings_in_the_same_order() -> None:
    for path in sorted((EXAMPLES / "invalid").iterdir()):
        folder = read_example(path)
        shuffled = replace(folder, files=dict(reversed(folder.files.items())))
        once = validate_submission(folder, CATALOG, references=read_texts)
        again = validate_submission(shuffled, CATALOG, references=read_texts)
        assert once == again


def test_predictions_are_looked_into_even_when_the_manifest_is_faulty() -> None:
    folder = read_example(EXAMPLES / "invalid" / "everything-at-once")
    validation = validate_submission(folder, CATALOG, references=read_texts)
    families = {finding.code.partition(".")[0] for finding in validation.findings}
    assert families == {"manifest", "predictions"}
    assert validation.submission is None


def test_paths_are_from_the_root_of_the_repository() -> None:
    for path in sorted((EXAMPLES / "invalid").iterdir()):
        folder = read_example(path)
        for finding in validate_submission(folder, CATALOG, references=read_texts).findings:
            assert finding.path.startswith(f"submissions/{folder.id}/")


def test_sealed_files_are_never_asked_for_references() -> None:
    def refuse(board: BoardId) -> None:
        raise AssertionError(board)

    folder = read_example(EXAMPLES / "valid" / "sealed")
    validation = validate_submission(folder, CATALOG, references=refuse)
    assert validation.findings == ()
    assert validation.submission is not None
    assert validation.submission.predictions == ()


def test_an_empty_folder_is_one_finding() -> None:
    validation = validate_submission(SubmissionFolder("ab", {}), CATALOG, references=read_texts)
    assert [finding.code for finding in validation.findings] == ["manifest.missing"]


def test_a_real_entry_is_read_and_warned_about() -> None:
    real_data.require_real_data()
    data = real_data.MOERAD.read_bytes()
    studies = json.loads(data)
    ids = BoardStudies(ids=tuple(studies), commitment="0" * 64)
    lists = CATALOG.studies["trio"].model_copy(update={"boards": {"findings": ids}})
    catalog = replace(
        CATALOG,
        datasets={"iu-xray": card("iu-xray", 590, {"findings": 590}, "public")},
        studies={"iu-xray": lists},
    )
    references = {key: study["section_findings"] for key, study in studies.items()}
    validation = validate_submission(
        folder_of(data, dataset="iu-xray"), catalog, references=lambda *_: references
    )
    assert [finding.code for finding in validation.findings] == ["content.few-distinct"]
    assert not has_errors(validation.findings)
    assert validation.submission is not None
    assert len(validation.submission.predictions[0].texts) == 590


def test_a_flood_is_counted_once() -> None:
    data = json.dumps({f"study-{n}": {"model_prediction": None} for n in range(100)}).encode()
    validation = validate_submission(
        folder_of(data, dataset="mini"), CATALOG, references=read_texts
    )
    said = [f.message for f in validation.findings if f.code == "predictions.text-type"]
    assert len(said) == 21
    assert said[-1] == "80 more of this kind in this file"
