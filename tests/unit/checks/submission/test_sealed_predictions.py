"""Of a sealed file, findings say codes and counts; of its texts and ids they say nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from bot.checks.submission.sealed_predictions import check_opened
from bot.domain.dataset import DatasetCard
from bot.domain.finding import Finding
from bot.domain.manifest import PredictionsEntry
from bot.domain.submission import Predictions

REFERENCES = {f"walrus-{number}": f"The lungs are clear in {number}." for number in range(30)}
ENTRY = PredictionsEntry(
    dataset="locked",
    section="findings",
    file="predictions/locked.findings.json.age",
    sha256="0" * 64,
)
CARD = DatasetCard.from_plain(
    {
        "id": "locked",
        "title": "Locked",
        "summary": "Invented.",
        "split": "test",
        "n": 30,
        "sections": {"findings": 30},
        "access": "credentialed",
        "licence": "None",
        "source": "https://example.org/",
        "image_root": "none",
        "citation": "None",
    }
)
PATH = f"submissions/entry/{ENTRY.file}"


def check(
    document: object, references: Mapping[str, str] = REFERENCES
) -> tuple[Predictions | None, tuple[Finding, ...]]:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return check_opened(data, path=PATH, entry=ENTRY, card=CARD, references=references)


def complete() -> dict[str, object]:
    return {name: f"Pelican {name}." for name in REFERENCES}


def test_a_complete_file_is_read_and_keeps_its_entry() -> None:
    predictions, findings = check(complete())
    assert predictions is not None
    assert predictions.entry == ENTRY
    assert predictions.texts["walrus-3"] == "Pelican walrus-3."
    assert [finding.level for finding in findings if finding.level == "error"] == []


FAULTS: dict[str, tuple[object, str, str]] = {
    "missing": (
        dict.fromkeys(list(REFERENCES)[:-3], "Pelican."),
        "predictions.study-missing",
        "3 cases",
    ),
    "unknown": (complete() | {"walrus-x": "Pelican."}, "predictions.study-unknown", "1 case"),
    "not text": (
        complete() | {"walrus-1": None, "walrus-2": 4},
        "predictions.study-type",
        "2 cases",
    ),
    "many": (dict.fromkeys(REFERENCES), "predictions.study-type", "more than 20 cases"),
    "official": (
        complete() | {"walrus-1": {"model_prediction": "Pelican.", "report": "Pelican."}},
        "predictions.official-key",
        "1 case",
    ),
    "no JSON": (b'{"walrus-1": pelican', "predictions.syntax", "1 case"),
    "a list": (["pelican"], "predictions.not-an-object", "1 case"),
    "twice": (b'{"walrus-1": "", "walrus-1": ""}', "predictions.duplicate-key", "1 case"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_row_32_a_fault_is_a_code_and_a_count(name: str) -> None:
    document, code, cases = FAULTS[name]
    predictions, findings = check(document)
    assert predictions is None
    (finding,) = [one for one in findings if one.code == code]
    assert finding.message.endswith(f": {cases}")
    for one in findings:
        assert one.path == PATH
        assert (one.line, one.pointer, one.seen) == (None, "", "")
        assert "pelican" not in one.to_json().decode().lower()
        assert "walrus" not in one.to_json().decode()


def test_row_32_a_copied_reference_is_a_code_without_a_number() -> None:
    _, findings = check(dict(REFERENCES))
    (finding,) = [one for one in findings if one.code == "content.reference-copies"]
    assert finding.message.endswith(": 1 case")
    assert "walrus" not in finding.to_json().decode()
