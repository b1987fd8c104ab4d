from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.checks.submission.predictions import check_predictions
from bot.domain.finding import Finding
from bot.domain.manifest import PredictionsEntry
from bot.domain.submission import Predictions
from bot.domain.value import Access
from tests.examples.catalog import card, example_catalog

CANARY = "canary-of-a-report"
IDS = tuple(f"CXR{n}_IM-{n:04}" for n in range(1, 101))
PATH = "submissions/x/predictions/p.json"
BOARD = example_catalog().studies["trio"].boards["findings"].model_copy(update={"ids": IDS})


def check(
    document: Any, access: Access = "public", *, listed: bool = True
) -> tuple[Predictions | None, tuple[Finding, ...]]:
    data = document if isinstance(document, bytes) else json.dumps(document, indent=1).encode()
    entry = PredictionsEntry(
        dataset="d1", section="findings", file="predictions/p.json", sha256="0" * 64
    )
    predictions, findings = check_predictions(
        data,
        path=PATH,
        entry=entry,
        card=card("d1", len(IDS), {"findings": len(IDS)}, access),
        board_studies=BOARD if listed else None,
    )
    for finding in findings:
        assert CANARY not in finding.to_json().decode()
    return predictions, findings


def codes(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.code.partition(".")[2] for finding in findings]


def full(text: Any = CANARY) -> dict[str, Any]:
    return dict.fromkeys(IDS, text)


def test_both_formats_and_a_mixture_are_read() -> None:
    for document in (
        full(),
        full({"model_prediction": CANARY}),
        {**full(), IDS[3]: {"model_prediction": CANARY, "report": 5, "context": None}},
    ):
        predictions, findings = check(document)
        assert findings == ()
        assert predictions is not None
        assert dict(predictions.texts) == full()


def test_an_empty_report_is_a_report() -> None:
    predictions, findings = check(full(""))
    assert predictions is not None
    assert findings == ()


def test_row_21_missing_studies_are_one_finding_with_the_first_five() -> None:
    document = full()
    for study_id in IDS[:7]:
        del document[study_id]
    _, (finding,) = check(document)
    assert finding.message.startswith("7 of 100 studies missing: ")
    assert finding.message.count('"CXR') == 5
    assert finding.message.endswith(", …")


@pytest.mark.parametrize(
    "rewrite",
    [
        str.lower,
        lambda study_id: study_id + ".png",
        lambda study_id: f"images/{study_id}/0.png".replace("/0.png", ".jpg"),
        lambda study_id: study_id.replace("_", "-"),
        lambda study_id: f" {study_id} ",
    ],
)
def test_rewritten_ids_are_recognised(rewrite: Any) -> None:
    _, findings = check({rewrite(study_id): CANARY for study_id in IDS})
    assert codes(findings) == ["study-missing", "study-unknown"]
    for finding in findings:
        assert "where the board has" in finding.hint
        assert "character by character" in finding.hint


def test_unrelated_ids_are_not_explained_away() -> None:
    _, findings = check({f"study {n}": CANARY for n in range(100)})
    assert all("where the board has" not in finding.hint for finding in findings)


def test_many_faults_of_a_kind_are_twenty_and_a_count() -> None:
    _, findings = check(full(None))
    assert codes(findings) == ["study-type"] * 21
    assert findings[-1].message == "80 more of this kind in this file"
    assert [finding.line for finding in findings[:20]] == list(range(2, 22))


@pytest.mark.parametrize(
    ("study", "code", "seen"),
    [
        (None, "study-type", "null"),
        (True, "study-type", "true or false"),
        (1, "study-type", "a number"),
        ([CANARY], "study-type", "a list"),
        ({}, "text-missing", "there is no model_prediction"),
        ({"model_prediction": None}, "text-type", "null"),
        ({"model_prediction": [CANARY]}, "text-type", "a list"),
        ({"model_prediction": {"text": CANARY}}, "text-type", "an object"),
        (CANARY * 1200, "text-too-long", "21,600 characters"),
        ({"model_prediction": CANARY * 1200}, "text-too-long", "21,600 characters"),
    ],
)
def test_a_study_without_usable_text_is_named(study: Any, code: str, seen: str) -> None:
    predictions, findings = check({**full(), IDS[5]: study})
    assert predictions is None
    assert codes(findings) == [code]
    assert f'study "{IDS[5]}"' in findings[0].message
    assert seen in findings[0].message
    assert findings[0].line is not None


def test_twenty_thousand_characters_are_allowed() -> None:
    assert check(full("x" * 20_000))[1] == ()


def test_a_misspelt_key_is_guessed() -> None:
    _, findings = check({**full(), IDS[0]: {"model_predictions": CANARY}})
    assert codes(findings) == ["text-missing", "unknown-key"]
    assert findings[0].hint == 'Rename "model_predictions" to "model_prediction"'


@pytest.mark.parametrize("access", ["credentialed", "private"])
def test_official_keys_are_one_error_each_where_they_would_publish_patient_text(
    access: Access,
) -> None:
    study = {"model_prediction": CANARY, "report": CANARY, "context": {"age": CANARY}, "x": 1}
    _, findings = check(full(study), access)
    assert codes(findings) == ["official-key", "official-key", "unknown-key"]
    assert findings[0].message.startswith('100 studies hold "context"')


def test_without_a_study_list_the_number_is_checked_and_the_rest_announced() -> None:
    predictions, findings = check(full(), "private", listed=False)
    assert codes(findings) == ["coverage-later"]
    assert predictions is not None
    predictions, findings = check({"a": ""}, "private", listed=False)
    assert codes(findings) == ["count"]
    assert predictions is None


@pytest.mark.parametrize("document", [[], "x", 1, None, True])
def test_a_document_that_is_no_object_is_one_finding(document: Any) -> None:
    assert codes(check(document)[1]) == ["not-an-object"]


def test_faults_of_form_and_of_content_come_in_one_round_and_once_each() -> None:
    data = json.dumps({**full(), IDS[0]: math_nan(), IDS[1]: None}).encode()
    _, findings = check(data)
    assert codes(findings) == ["not-finite", "study-type"]


def math_nan() -> float:
    return float("nan")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*IDS[:3], "model_prediction", "report", ""]), inner)
    ),
    max_leaves=12,
)


@given(VALUES, st.sampled_from(["public", "credentialed", "private"]), st.booleans())
def test_no_document_raises(document: Any, access: Access, listed: bool) -> None:
    predictions, findings = check(document, access, listed=listed)
    assert predictions is not None or findings
