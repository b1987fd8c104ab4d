"""Every folder below examples/ is a submission, beside it the findings that it must give."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.checks.reading.strict_json import load_json
from bot.checks.reading.strict_yaml import load_yaml
from bot.checks.submission.manifest_form import validator_of
from bot.domain.finding import has_errors
from bot.domain.manifest import Manifest
from bot.domain.predictions_file import PredictionsFile
from bot.domain.rules import RULES
from bot.pipeline.pull_request.validate import validate_submission
from tests.examples.catalog import EXAMPLES, EXPECTED, example_catalog, read_example, read_texts

VALID = sorted(path for path in (EXAMPLES / "valid").iterdir() if path.is_dir())
INVALID = sorted(path for path in (EXAMPLES / "invalid").iterdir() if path.is_dir())
CATALOG = example_catalog()
# Reported with whole files of 25 MB or a million values, which are made in unit tests.
IN_UNIT_TESTS = {
    "predictions.too-large",
    "predictions.too-many-values",
    # Need other entries, claims, many words, or scores.
    "manifest.name-imitates",
    "manifest.name-shared",
    "manifest.name-taken",
    "content.entry-copies",
    "content.handed-in-before",
    "content.sealed-copy",
    "content.reference-overlap",
    "content.judge-disagrees",
}
# pydantic takes true for Literal[1]; the schema, which is always asked first, does not.
TYPES_ARE_LAXER = {"manifest-schema-version-true"}


def expected_findings(folder: Path) -> list[list[str]]:
    path = folder / EXPECTED
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


@pytest.mark.parametrize("folder", VALID + INVALID, ids=lambda path: path.name)
def test_an_example_gives_the_findings_beside_it(folder: Path) -> None:
    example = read_example(folder)
    validation = validate_submission(example, CATALOG, references=read_texts)
    prefix = example.path("")
    found = [[f.code, f.place.replace(prefix, "", 1)] for f in validation.findings]
    assert found == expected_findings(folder)
    assert has_errors(validation.findings) == (folder in INVALID)
    if folder in VALID:
        assert validation.submission is not None


def test_there_are_enough_invalid_examples() -> None:
    assert len(INVALID) >= 40


def test_every_rule_that_validation_reports_has_an_example() -> None:
    covered = {code for folder in VALID + INVALID for code, _ in expected_findings(folder)}
    families = ("manifest", "predictions", "content")
    reportable = {code for code, rule in RULES.items() if rule.family in families}
    assert reportable - IN_UNIT_TESTS == covered


@pytest.mark.parametrize("folder", VALID + INVALID, ids=lambda path: path.name)
def test_schema_and_types_agree_on_every_manifest(folder: Path) -> None:
    for path in folder.glob("manifest.yaml"):
        document = load_yaml(path.read_bytes(), path="manifest.yaml")
        if document.is_read:
            value = document.value
            expected = is_valid(Manifest, value) and folder.name not in TYPES_ARE_LAXER
            assert validator_of("manifest").is_valid(value) == expected


@pytest.mark.parametrize("folder", VALID + INVALID, ids=lambda path: path.name)
def test_schema_and_types_agree_on_every_predictions_file(folder: Path) -> None:
    for path in (folder / "predictions").glob("*.json*"):
        document = load_json(path.read_bytes(), path=path.name)
        if document.is_read and not document.findings:
            value = document.value
            assert validator_of("predictions").is_valid(value) == is_valid(PredictionsFile, value)


def is_valid(kind: type[Manifest] | type[PredictionsFile], value: object) -> bool:
    try:
        kind.model_validate_json(json.dumps(value))
    except ValidationError:
        return False
    return True
