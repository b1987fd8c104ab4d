from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.checks.reading.strict_yaml import load_yaml
from bot.domain.limits import MAX_TEXT_BYTES


def slugs(text: str) -> list[str]:
    findings = load_yaml(text.encode("utf-8", "surrogatepass"), path="m.yaml").findings
    return [finding.code.partition(".")[2] for finding in findings]


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("no", "no"),
        ("Yes", "Yes"),
        ("on", "on"),
        ("NO", "NO"),
        ("12:30", "12:30"),
        ("190:20:30", "190:20:30"),
        ("010", 10),
        ("0o17", "0o17"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("2025-01-01", "2025-01-01"),
        ("=", "="),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("1e999", "1e999"),
        ("9" * 30, float("9" * 30)),
        ("9" * 50, "9" * 50),
        ("1.0", 1.0),
        ("+.5e-3", 0.0005),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("'1.0'", "1.0"),
        ('"true"', "true"),
    ],
)
def test_plain_scalars_follow_the_core_schema(scalar: str, value: object) -> None:
    document = load_yaml(f"a: {scalar}\n".encode(), path="m.yaml")
    assert document.findings == ()
    assert document.value == {"a": value}
    assert type(document.value["a"]) is type(value)


def test_an_empty_value_is_null_and_block_texts_are_text() -> None:
    document = load_yaml(b"a:\nb: |\n  1\n  2\nc: >-\n  true\n", path="m.yaml")
    assert document.value == {"a": None, "b": "1\n2\n", "c": "true"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &x 1", ["alias"]),
        ("a: *x", ["alias"]),
        ("a: &x [*x]", ["alias", "alias"]),
        ("*x : 1", ["alias"]),
        ("a: !!str 1", ["tag"]),
        ("a: !x {b: 1}", ["tag"]),
        ("!x a: 1", ["tag"]),
        ("%YAML 1.2\n---\na: 1", ["tag"]),
        ("%TAG ! tag:x,2000:\n---\na: 1", ["tag"]),
        ("<<: {a: 1}", ["merge-key"]),
        ("'<<': 1", []),
        ("a: 1\na: 2\na: 3", ["duplicate-key", "duplicate-key"]),
        ("1: a\n'1': b", ["duplicate-key"]),
        ("a: 1\n---\nb: 1", ["several-documents"]),
        ("--- a\n...\n", []),
        ("? [a]\n: 1", ["bad-key"]),
        ("? {a: 1}\n: 1", ["bad-key"]),
        ("[" * 9 + "]" * 9, ["too-deep"]),
        ("[" * 8 + "]" * 8, []),
        ("- " * 30_000, ["too-deep"]),
        ("[" * 60_000, ["too-deep"]),
        ("a: '\x07'", ["characters"]),
        ('a: "\\ud800"', ["characters"]),
        ('a: "\\0"', ["characters"]),
        ('a: "\\UFFFFFFFF"', ["syntax"]),
        ("a: [", ["syntax"]),
        ("a: b: c", ["syntax"]),
        ("\ta: b", ["syntax"]),
        ("@a", ["syntax"]),
        ("#" + "x" * MAX_TEXT_BYTES, ["too-large"]),
        ("\ufeffa: 1", ["encoding"]),
        ("\ud800", ["encoding"]),
    ],
)
def test_row_12_what_is_not_plain_has_its_own_code(text: str, expected: list[str]) -> None:
    assert slugs(text) == expected


def test_utf16_is_named() -> None:
    (finding,) = load_yaml("a: 1".encode("utf-16"), path="m.yaml").findings
    assert finding.message == "the file is UTF-16"


def test_every_value_has_its_line() -> None:
    document = load_yaml(b"a: 1\nb:\n  - x\n  - y: 2\n", path="m.yaml")
    assert document.line(("b", 1, "y")) == 4
    assert document.line(("b", 0)) == 3
    assert document.line(("b", 7, "z")) == 2


@given(st.binary(max_size=120))
def test_no_bytes_raise(data: bytes) -> None:
    document = load_yaml(data, path="m.yaml")
    assert document.is_read or document.findings


@given(st.text(st.sampled_from("ab:-?[]{}&*!|>%@`\"'#,\\ \n\t0U~<.x"), max_size=60))
def test_no_text_raises(text: str) -> None:
    document = load_yaml(text.encode(), path="m.yaml")
    assert document.is_read or document.findings
    for finding in document.findings:
        assert finding.to_json()


@pytest.mark.parametrize(
    "unit",
    ["[", "{", "- ", "? ", "a: ", "&a ", "*a ", "!", "'", '"', "a\n", "|\n", "# \n", "-\n", "%"],
)
def test_hostile_files_end_in_time(unit: str) -> None:
    started = time.process_time()
    load_yaml((unit * MAX_TEXT_BYTES)[:MAX_TEXT_BYTES].encode(), path="m.yaml")
    assert time.process_time() - started < 10
