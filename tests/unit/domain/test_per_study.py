from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import per_study
from bot.domain.per_study import decode_table, encode_table
from bot.domain.scorecard import PerStudyTable

IDS = st.lists(
    st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), min_size=1),
    min_size=1,
    max_size=5,
    unique=True,
)
NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,9}", fullmatch=True)
TABLE = PerStudyTable(
    ("CXR1", "häuser/2"), {"bleu2": np.array([0.5, 1.0]), "cider": np.array([0.0, -0.0])}
)
FILE = encode_table(TABLE)


def pack(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def save(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


@given(ids=IDS, data=st.data())
def test_a_table_comes_back_as_it_was(ids: list[str], data: st.DataObject) -> None:
    n = len(ids)
    values = st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=n, max_size=n)
    names = data.draw(st.lists(NAMES, unique=True))
    columns = {name: np.array(data.draw(values)) for name in names}
    back = decode_table(encode_table(PerStudyTable(tuple(ids), columns)))
    assert back.study_ids == tuple(ids)
    assert list(back.columns) == names
    for name in names:
        assert back.columns[name].tobytes() == columns[name].tobytes()


def test_equal_tables_give_equal_bytes() -> None:
    assert encode_table(decode_table(FILE)) == FILE


def test_numpy_reads_the_file_without_pickle() -> None:
    with np.load(io.BytesIO(FILE), allow_pickle=False) as arrays:
        assert arrays["metrics"].tolist() == [b"bleu2", b"cider"]
        assert arrays["study_ids"][1].decode() == "häuser/2"
        assert arrays["scores"].shape == (2, 2)


@pytest.mark.parametrize(
    ("ids", "column", "message"),
    [
        ((), [], "at least one"),
        (("a",), [1.0, 2.0], "one value for each"),
        (("a", "a"), [1.0, 2.0], "repeated"),
        (("a", "b\x00"), [1.0, 2.0], "NUL"),
        (("a", ""), [1.0, 2.0], "empty"),
        (("a", "b"), [1.0, float("nan")], "finite"),
        (("a", "b"), [1.0, float("inf")], "finite"),
    ],
)
def test_what_is_no_table_is_not_written(
    ids: tuple[str, ...], column: list[float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        encode_table(PerStudyTable(ids, {"bleu2": np.array(column)}))


def test_a_column_that_is_no_metric_is_not_written() -> None:
    with pytest.raises(ValueError, match="metric id"):
        encode_table(PerStudyTable(("a",), {"../x": np.array([1.0])}))


HEADER = b"\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (%s), }\n"
PARTS = unpack(FILE)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK",
        b"not a zip archive",
        FILE[:-1],
        FILE + b"x",
        b"x" + FILE,
        pack({}),
        pack(PARTS, zipfile.ZIP_DEFLATED),
        pack(dict(reversed(PARTS.items()))),
        pack({**PARTS, "more.npy": b""}),
        pack(PARTS),  # another time stamp
        pack({**PARTS, "scores.npy": save(np.array([{}], dtype=object))}),
        pack({**PARTS, "scores.npy": save(np.array([[np.nan, 1], [1, 1]]))}),
        pack({**PARTS, "scores.npy": save(np.ones((2, 3)))}),
        pack({**PARTS, "scores.npy": save(np.ones((2, 2), dtype=">f8"))}),
        pack({**PARTS, "scores.npy": save(np.asfortranarray(np.ones((2, 2))))}),
        pack({**PARTS, "scores.npy": HEADER % b"99999999, 9999"}),
        pack({**PARTS, "scores.npy": HEADER % b"99999999999999999999,"}),
        pack({**PARTS, "scores.npy": b"\x93NUMPY\x01\x00\xff\xff" + b"(" * 65535}),
        pack({**PARTS, "study_ids.npy": save(np.array([b"a", b"a"]))}),
        pack({**PARTS, "study_ids.npy": save(np.array([b"a", b"\xff"]))}),
        pack({**PARTS, "study_ids.npy": save(np.array(["a", "b"]))}),
        pack({**PARTS, "study_ids.npy": save(np.array([[b"a"], [b"b"]]))}),
        pack({**PARTS, "metrics.npy": save(np.array([b"../a", b"b"]))}),
    ],
)
def test_hostile_bytes_are_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        decode_table(data)


@given(data=st.data())
@settings(max_examples=400)
def test_one_changed_byte_is_a_value_error_or_another_table(data: st.DataObject) -> None:
    changed = bytearray(FILE)
    for _ in range(data.draw(st.integers(1, 3))):
        changed[data.draw(st.integers(0, len(FILE) - 1))] = data.draw(st.integers(0, 255))
    try:
        table = decode_table(bytes(changed))
    except ValueError:
        return
    assert encode_table(table) == bytes(changed)


def test_a_file_that_is_too_large_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(per_study, "MAX_TABLE_BYTES", len(FILE) - 1)
    with pytest.raises(ValueError, match="at most"):
        decode_table(FILE)
