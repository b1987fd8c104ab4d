from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.checks.submission.manifest import check_manifest, parse_manifest
from bot.domain.finding import Finding
from bot.domain.value import sha256_of
from bot.errors import Misconfigured
from tests.examples.catalog import example_catalog

PATH = "submissions/example/manifest.yaml"
FILE = "predictions/trio.findings.json"
CONTENT = b"{}"
GOOD = f"""\
schema_version: 1
model:
  name: Example
  version: "1.0"
  institution: Example Institute
  year: 2026
  license: MIT
training_data: [mini]
inputs: {{images: key-frontal, context: false}}
submitters: [octocat]
predictions:
  - {{dataset: trio, section: findings, file: {FILE}, sha256: {sha256_of(CONTENT)}}}
"""
CATALOG = example_catalog()


def check(text: str, files: dict[str, bytes] | None = None) -> tuple[Finding, ...]:
    files = {FILE: CONTENT} if files is None else files
    read = check_manifest(text.encode(), path=PATH, catalog=CATALOG, files=files)
    assert read.findings or read.manifest is not None
    return read.findings


def test_a_good_manifest_is_read() -> None:
    read = check_manifest(GOOD.encode(), path=PATH, catalog=CATALOG, files={FILE: CONTENT})
    assert read.findings == ()
    assert read.manifest == parse_manifest(GOOD.encode(), path=PATH)


@pytest.mark.parametrize("old", ["MIT", "year: 2026", "schema_version: 1"])
def test_a_manifest_that_was_checked_and_is_not_in_order_ends_the_run(old: str) -> None:
    text = GOOD.replace(old, "&a [x]").encode()
    with pytest.raises(Misconfigured, match=r"manifest\.yaml:\d+"):
        parse_manifest(text, path=PATH)


def test_every_fault_is_found_in_one_round() -> None:
    text = GOOD.replace('"1.0"', "1.0").replace("MIT", "Free").replace("trio,", "troi,")
    codes = {finding.code for finding in check(text, {})}
    assert codes == {
        "manifest.wrong-type",
        "manifest.licence",
        "manifest.unknown-dataset",
        "manifest.file-missing",
    }


def test_an_unquoted_version_is_told_to_be_quoted() -> None:
    (finding,) = check(GOOD.replace('"1.0"', "1.0"))
    assert finding.message == "model.version is the number 1.0, not text"
    assert finding.hint == "Put it in quotes"
    assert (finding.line, finding.pointer) == (4, "/model/version")


def test_both_sums_are_shown_when_the_sha256_differs() -> None:
    (finding,) = check(GOOD, {FILE: b"other"})
    assert sha256_of(b"other") in finding.message
    assert sha256_of(CONTENT) in finding.message


def test_a_misspelt_key_and_a_misspelt_dataset_are_guessed() -> None:
    assert {f.hint for f in check(GOOD.replace("license:", "licence:"))} == {
        'Add "license"',
        'Did you mean "license"?',
    }
    (finding,) = check(GOOD.replace("trio,", "Trio,").replace("dataset: Trio", "dataset: trios"))
    assert finding.hint == 'Did you mean "trio"?'


@pytest.mark.parametrize(
    "licence", ["MIT", "mit", "Apache-2.0 OR MIT", "proprietary", "CC-BY-NC-SA-4.0", "GPL-2.0-only"]
)
def test_spdx_expressions_and_proprietary_are_licences(licence: str) -> None:
    assert check(GOOD.replace("MIT", licence)) == ()


@pytest.mark.parametrize("licence", ["Apache 2", "free", "MIT AND", "Proprietary", "(MIT", "()"])
def test_other_words_are_not(licence: str) -> None:
    assert [f.code for f in check(GOOD.replace("MIT", f"'{licence}'"))] == ["manifest.licence"]


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=100))
def test_no_licence_raises(licence: str) -> None:
    quoted = licence.replace("'", "''")
    check(GOOD.replace("MIT", f"'{quoted}'"))


@given(
    st.recursive(
        st.sampled_from(["null", "1", "1.5", "true", "x", "''", "predictions", FILE]),
        lambda inner: (
            st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
            | st.dictionaries(
                st.sampled_from(["model", "predictions", "submitters", "license", "file"]),
                inner,
                max_size=3,
            ).map(lambda pairs: f"{{{', '.join(f'{k}: {v}' for k, v in pairs.items())}}}")
        ),
        max_leaves=8,
    )
)
def test_no_document_raises(text: str) -> None:
    for key in ("model", "submitters", "predictions", "inputs"):
        assert check(f"{key}: {text}\n")
    assert check(text)


def test_a_flood_of_faults_is_counted() -> None:
    text = GOOD + "".join(f"key{n}: 1\n" for n in range(500))
    findings = check(text)
    assert len(findings) == 21
    assert findings[-1].message == "480 more of this kind in this file"
