from __future__ import annotations

import gzip
import json
import math
import time
import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.checks.reading.json_places import pointer_of, walk_places
from bot.checks.reading.strict_json import (
    DATASET_LIMITS,
    PREDICTIONS_LIMITS,
    JsonDocument,
    load_json,
)


def read(data: bytes, name: str = "p.json") -> JsonDocument:
    return load_json(data, path=name)


def slugs(data: bytes, name: str = "p.json") -> list[str]:
    return [finding.code.partition(".")[2] for finding in read(data, name).findings]


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


def depth(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth, value), default=0)
    return 0


@given(JSON_VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_clean_json_is_read_as_the_standard_library_reads_it(
    value: object, ascii_only: bool, indent: int | None
) -> None:
    data = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()
    document = read(data)
    if depth(value) <= 8:
        assert document.findings == ()
        assert document.value == value
    else:
        assert slugs(data) == ["too-deep"]


@given(st.binary(max_size=200), st.sampled_from(["p.json", "p.json.gz"]))
def test_no_bytes_raise(data: bytes, name: str) -> None:
    document = read(data, name)
    assert document.is_read or document.findings


@given(st.text(st.sampled_from('{}[]",:\\u0d8Ee19-.NaInfity \n\0\ud800tr'), max_size=60))
def test_no_text_raises(text: str) -> None:
    document = read(text.encode("utf-8", "surrogatepass"))
    assert document.is_read or document.findings
    for finding in document.findings:
        assert finding.to_json()


@given(JSON_VALUES)
def test_every_value_has_one_place(value: object) -> None:
    def paths(node: object, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
        if isinstance(node, dict):
            children = [p for k, v in node.items() for p in paths(v, (*at, k))]
        elif isinstance(node, list):
            children = [p for i, v in enumerate(node) for p in paths(v, (*at, i))]
        else:
            children = []
        return [at, *children]

    text = json.dumps(value)
    assert [place.path for place in walk_places(text)] == paths(value)


def test_a_duplicate_study_id_is_reported_once_with_its_line() -> None:
    document = read(b'{"a": "",\n "b": "",\n "a": "",\n "a": "",\n "b": {"x": 1, "x": 2}}')
    assert [(f.pointer, f.line) for f in document.findings] == [
        ("/a", 3),
        ("/b", 5),
        ("/b/x", 5),
    ]


def test_ten_thousand_duplicates_read_like_twenty_one() -> None:
    rows = ",\n".join(f'"{n}": ""' for n in range(10_000))
    document = read(f"{{{rows},\n{rows}}}".encode())
    assert len(document.findings) == 21
    assert document.findings[-1].message == "9,980 more of this kind in this file"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ["empty"]),
        (b" \n", ["empty"]),
        (b"\xef\xbb\xbf{}", ["encoding"]),
        ("{}".encode("utf-16"), ["encoding"]),
        ("{}".encode("utf-32-le"), ["encoding"]),
        (b'"\xed\xa0\x80"', ["encoding"]),
        (b'{"a": NaN}', ["not-finite"]),
        (b"[1e999, -1e999, Infinity]", ["not-finite"] * 3),
        (b'["NaN", "1e999"]', []),
        (b'["\\ud800"]', ["surrogate"]),
        (b'["\\ud83d\\ude00", "\\\\ud800", "\\\\u0000"]', []),
        (b'{"\\udc00": 1}', ["surrogate"]),
        (b'["\\u0000"]', ["nul"]),
        (b'["\0"]', ["nul"]),
        (b"\0", ["nul"]),
        (b"[" * 8 + b"]" * 8, []),
        (b"[" * 9 + b"]" * 9, ["too-deep"]),
        (b'{"a":' * 500_000, ["too-deep"]),
        (b"[" + b"9" * 300 + b"]", []),
        (b"[" + b"9" * 301 + b"]", ["long-number"]),
        (b"[-" + b"9" * 5000 + b"]", ["long-number"]),
        (b"{} x", ["trailing-data"]),
        (b'{"a" 1}', ["syntax"]),
        (b"[1,]", ["syntax"]),
        (b"[" + b"0," * 500_001 + b"0]", ["too-many-values"]),
    ],
)
def test_row_11_a_fault_has_its_own_code(data: bytes, expected: list[str]) -> None:
    assert slugs(data) == expected


def test_commas_in_reports_are_not_values() -> None:
    assert read(json.dumps(["," * 1_100_000]).encode()).is_read


def test_the_place_of_a_syntax_error_is_line_and_column() -> None:
    (finding,) = read(b'{"a": "x",\n "b" "y"}').findings
    assert finding.line == 2
    assert finding.message == "line 2, column 6: a colon is missing after a key"


def test_bytes_that_are_not_utf8_have_an_offset_and_a_line() -> None:
    (finding,) = read(b'{"a":\n"\xe9"}').findings
    assert (finding.line, finding.seen) == (2, "byte 0xe9")
    assert "offset 7 " in finding.message


def test_a_document_with_a_duplicate_can_still_be_read_on() -> None:
    document = read(b'{"a": 1, "a": 2}')
    assert document.is_read
    assert document.value == {"a": 2}


def test_an_official_test_file_may_hold_nan_and_no_infinity() -> None:
    document = load_json(b'{"a": NaN}', path="d.json", limits=DATASET_LIMITS)
    assert math.isnan(document.value["a"])
    assert document.findings == ()
    document = load_json(b'{"a": Infinity}', path="d.json", limits=DATASET_LIMITS)
    assert [finding.code for finding in document.findings] == ["dataset.not-finite"]


def test_gzip_of_several_members_and_zero_padding_is_read() -> None:
    data = gzip.compress(b'{"a": ') + gzip.compress(b'"b"}')
    assert read(data, "p.json.gz").value == {"a": "b"}
    assert read(data + b"\0" * 600, "p.json.gz").value == {"a": "b"}


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data[:5],
        lambda data: data + b"x",
        lambda data: data + data[:10],
        lambda data: data[:-5] + b"\0" + data[-4:],
        lambda data: b"{}",
        lambda data: b"",
    ],
)
def test_a_damaged_gzip_file_is_one_finding(damage: object) -> None:
    assert callable(damage)
    assert slugs(damage(gzip.compress(b'{"a": "b"}')), "p.json.gz") == ["gzip"]


def test_a_file_over_25_mb_is_not_looked_into() -> None:
    assert slugs(b" " * 25_000_001) == ["too-large"]
    assert slugs(b" " * 25_000_000) == ["empty"]


def test_row_13_a_gzip_bomb_is_stopped_at_its_limit() -> None:
    packer = zlib.compressobj(9, wbits=31)
    block = b"\0" * 10_000_000
    bomb = b"".join(packer.compress(block) for _ in range(50)) + packer.flush()
    started = time.monotonic()
    (finding,) = read(bomb, "p.json.gz").findings
    assert finding.message == "the content is larger than 100 MB when unpacked"
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("character", "most"),
    [
        ("x", 1000),
        ("\u00e9", 1000),
        ("\u2019", 500),
        ("\U0001f600", 250),
        (r"\u00e9", 1000),
        (r"\u2019", 666),
        (r"\ud83d\ude00", 400),
    ],
)
def test_a_file_is_refused_when_its_texts_would_be_wide_in_memory(
    character: str, most: int
) -> None:
    limits = replace(PREDICTIONS_LIMITS, memory_bytes=2_000, unpacked_bytes=1_000)
    for size, expected in ((most, True), (most + 1, False)):
        padding = "x" * (size - len(character.encode()) - 2)
        data = f'"{character}{padding}"'.encode()
        document = load_json(gzip.compress(data), path="p.json.gz", limits=limits)
        assert document.is_read is expected, size


def test_signs_in_reports_are_no_values() -> None:
    data = json.dumps({"a": ", : [ {" * 200_000, "b": [1, 2]}).encode()
    assert slugs(data) == []
    assert slugs(b"[" + b"0," * 500_001 + b"0]") == ["too-many-values"]
    assert slugs(b'{"a": 0' + b', "b": 0' * 500_001 + b"}") == ["too-many-values"]


def test_many_small_gzip_members_are_refused_in_linear_time() -> None:
    started = time.monotonic()
    assert slugs(gzip.compress(b"") * 500_000, "p.json.gz") == ["gzip"]
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    "data",
    [
        b'"' + b'\\"' * 5_000_000,
        b'["' + b'\\"' * 5_000_000,
        b"[" + b"9" * 5_000_000,
        b"\n" * 9_000_000,
    ],
)
def test_hostile_bytes_take_linear_time(data: bytes) -> None:
    started = time.monotonic()
    assert read(data).findings
    assert time.monotonic() - started < 5


def test_lines_are_told_for_paths_of_any_kind() -> None:
    document = read(b'{\n"a": [1,\n2],\n"b/~": {"c":\n3}}')
    paths = [("a",), ("a", 1), ("b/~", "c"), ("no",)]
    assert document.lines(paths) == {("a",): 2, ("a", 1): 3, ("b/~", "c"): 4}
    assert pointer_of(("b/~", "c")) == "/b~1~0/c"
