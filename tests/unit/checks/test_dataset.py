from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from bot.adapters.disk.catalog import BUILT_IN, load_catalog
from bot.checks.dataset import Imported, read_official
from bot.domain.dataset import DatasetCard, StudyList, list_studies
from tests.real_data import IU_XRAY, require_real_data

CANARY = "CANARY of a report"
NAN = float("nan")


def card(n: int = 3, findings: int = 3, report: int = 3) -> DatasetCard:
    return DatasetCard(
        id="chest",
        title="Chest",
        summary="A test set.",
        split="test",
        n=n,
        sections={"findings": findings, "report": report},
        access="public",
        licence="MIT",
        source="https://data.example.org/chest",
        image_root="images",
        citation="none",
    )


def study(
    findings: Any = "Clear lungs.", impression: Any = "Normal.", **more: Any
) -> dict[str, Any]:
    return {
        "image_path": ["images/1.png", "images/2.png"],
        "frontal_lateral": ["frontal", "lateral"],
        "key_image_path": "images/1.png",
        "context": "Age:30. Gender:F.",
        "split": "test",
        "section_findings": findings,
        "section_impression": impression,
        **more,
    }


def three(**changes: Any) -> dict[str, Any]:
    """Return three studies; `s2` is replaced when given."""
    return {name: study() for name in ("s3", "s1", "s2")} | changes


def read(document: Any, known: StudyList | None = None, **counts: int) -> Imported:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return read_official(data, path="test.json", card=card(**counts), known=known)


def codes(imported: Imported) -> dict[str, str]:
    return {f.code.removeprefix("dataset."): f.level for f in imported.findings}


def test_a_complete_file_is_read_in_its_own_order() -> None:
    imported = read(three())
    assert imported.findings == ()
    assert imported.references is not None
    assert list(imported.references.studies) == ["s3", "s1", "s2"]
    assert imported.references.texts("report")["s1"] == "Findings: Clear lungs. Impression: Normal."


def test_a_packed_file_is_read() -> None:
    data = gzip.compress(json.dumps(three()).encode())
    assert read_official(data, path="test.json.gz", card=card()).references is not None


@pytest.mark.parametrize("nothing", [None, NAN, "", "  \n\t"])
def test_a_part_that_says_nothing_is_missing(nothing: Any) -> None:
    imported = read(three(s2=study(findings=nothing)), findings=2)
    assert codes(imported) == {"part-missing": "notice"}
    assert imported.findings[0].seen == '"s2"'
    assert imported.references is not None
    assert set(imported.references.texts("findings")) == {"s1", "s3"}
    assert imported.references.texts("report")["s2"] == "Impression: Normal."


def test_a_study_without_an_impression_is_not_on_the_report_board() -> None:
    imported = read(three(s2=study(impression=NAN)), report=2)
    assert imported.references is not None
    assert set(imported.references.texts("report")) == {"s1", "s3"}


def test_a_study_whose_parts_are_absent_is_counted_as_lacking_them() -> None:
    imported = read(three(s2={"split": "test"}), findings=2, report=2)
    assert codes(imported) == {"part-missing": "notice"}


@pytest.mark.parametrize("field", ["report", "reports"])
@pytest.mark.parametrize(
    "report",
    [
        "Findings: Clear lungs. Impression: Normal.",
        " Findings:  Clear lungs.\n\n Impression: Normal. ",
        NAN,
        None,
    ],
)
def test_both_spellings_of_the_report_are_known(field: str, report: Any) -> None:
    assert read(three(s2=study(**{field: report}))).findings == ()


def test_the_formatters_none_for_a_missing_part_is_no_difference() -> None:
    report = "Findings: None Impression: Normal."
    imported = read(three(s2=study(findings=NAN, report=report)), findings=2)
    assert codes(imported) == {"part-missing": "notice"}


@pytest.mark.parametrize("field", ["report", "reports"])
def test_a_report_that_differs_from_its_parts_is_a_warning(field: str) -> None:
    imported = read(three(s2=study(**{field: f"Findings: {CANARY}."})))
    assert codes(imported) == {"report-differs": "warning"}
    assert imported.references is not None
    assert CANARY not in repr(imported.findings)


@pytest.mark.parametrize(
    "context",
    ["Age:30. Gender:F. Indication: cough.", {"age": 30, "indication": "cough"}, None, NAN],
)
def test_every_kind_of_context_is_read_over(context: Any) -> None:
    imported = read(three(s2=study(context=context)))
    assert imported.findings == ()


def test_views_that_differ_from_images_are_a_warning() -> None:
    imported = read(three(s2=study(frontal_lateral=["frontal"])))
    assert codes(imported) == {"views-differ": "warning"}


def test_unknown_fields_are_named_and_left_out() -> None:
    imported = read(three(s2=study(mrn="4711", image_report="x")))
    assert codes(imported) == {"unknown-key": "warning"}
    assert imported.findings[0].seen == "image_report, mrn"
    assert imported.references is not None
    assert b"4711" not in imported.references.to_json()


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ({"n": 4}, "says 4 studies"),
        ({"findings": 2}, "says 2 studies with a findings reference"),
        ({"report": 2}, "says 2 studies with a report reference"),
    ],
)
def test_another_number_of_studies_than_the_card_says_is_an_error(
    counts: dict[str, int], message: str
) -> None:
    data = json.dumps(three()).encode()
    imported = read_official(data, path="test.json", card=card(**counts))
    assert imported.references is None
    assert codes(imported) == {"count": "error"}
    assert message in imported.findings[0].message


def test_a_board_that_the_card_does_not_have_is_not_counted() -> None:
    alone = card().model_copy(update={"sections": {"report": 3}})
    data = json.dumps({name: study(findings=None) for name in ("s1", "s2", "s3")}).encode()
    assert read_official(data, path="test.json", card=alone).references is not None


def test_a_file_without_any_reference_is_an_error() -> None:
    bare = {name: study(findings=NAN, impression=NAN) for name in ("s1", "s2", "s3")}
    imported = read(bare)
    assert imported.references is None
    assert codes(imported)["no-reference"] == "error"


def test_studies_that_differ_from_the_list_are_an_error() -> None:
    first = read(three())
    assert first.references is not None
    known = list_studies(first.references)
    assert read(three(), known).findings == ()
    reordered = dict(sorted(three().items()))
    assert read(reordered, known).findings == ()
    for changed in (three(s2=study(findings="Other.")), {**three(), "s4": three().pop("s2")}):
        imported = read(changed, known, n=len(changed), findings=len(changed), report=len(changed))
        assert imported.references is None
        assert codes(imported) == {"studies-differ": "error"}


def test_a_change_of_the_impression_alone_is_found_on_its_board() -> None:
    first = read(three())
    assert first.references is not None
    imported = read(three(s2=study(impression="Other.")), list_studies(first.references))
    assert [f.message for f in imported.findings] == [
        "the report references differ from those in the study list"
    ]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (b"[]", "not-an-object"),
        (b'"text"', "not-an-object"),
        (b"", "empty"),
        (b'{"s1": {}', "syntax"),
        (b'{"s1": {}, "s1": {}}', "duplicate-key"),
        (b'{"s1": {"section_findings": Infinity}}', "not-finite"),
        (three(s2="text"), "study-type"),
        (three(s2=None), "study-type"),
        (three(s2=study(findings=3)), "field-type"),
        (three(s2=study(impression=["Normal."])), "field-type"),
        (three(s2=study(report={"text": CANARY})), "field-type"),
        (three(**{"": study()}), "study-id"),
        (three(**{"a\nb": study()}), "study-id"),
        (three(**{"x" * 201: study()}), "study-id"),
    ],
)
def test_what_cannot_be_read_is_an_error_that_quotes_no_text(document: Any, code: str) -> None:
    imported = read(document)
    assert imported.references is None
    assert codes(imported)[code] == "error"
    assert "CANARY" not in repr(imported.findings)


def test_a_pointer_escapes_what_a_study_id_may_hold() -> None:
    (finding,) = read(three(**{"a/b~c": study(findings=3)})).findings
    assert finding.pointer == "/a~1b~0c/section_findings"


def test_a_flood_of_faults_is_bounded() -> None:
    imported = read({f"s{n}": study(findings=n) for n in range(5_000)})
    assert len(imported.findings) < 30


@pytest.fixture(scope="module")
def real_file() -> bytes:
    """The public test set as it is distributed."""
    require_real_data()
    return IU_XRAY.read_bytes()


def test_the_real_iu_xray_file_is_imported_without_an_error(real_file: bytes) -> None:
    catalog = load_catalog(BUILT_IN)
    dataset, known = catalog.datasets["iu-xray"], catalog.studies["iu-xray"]
    imported = read_official(real_file, path=IU_XRAY.name, card=dataset, known=known)
    assert [f for f in imported.findings if f.level == "error"] == []
    assert imported.references is not None
    assert len(imported.references.studies) == 590
    assert list_studies(imported.references) == known


def test_no_finding_about_the_real_file_quotes_a_reference(real_file: bytes) -> None:
    studies = json.loads(real_file)
    first = next(iter(studies))
    studies[first]["section_findings"] = 1
    wrong = json.dumps(studies).encode()
    dataset = load_catalog(BUILT_IN).datasets["iu-xray"]
    for data in (real_file, wrong, real_file[:-10]):
        said = repr(read_official(data, path=IU_XRAY.name, card=dataset).findings)
        assert not [
            name
            for name, one in studies.items()
            if len(str(one["report"])) > 30 and one["report"] in said
        ]
