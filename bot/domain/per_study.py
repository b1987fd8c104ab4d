"""The compact file of per-study scores: an uncompressed npz of three arrays, the same bytes always.

`study_ids` (UTF-8 bytes, shape (n,)), `metrics` (ASCII bytes, shape (m,)) and `scores` (float64,
shape (n, m)), readable with `numpy.load`. Only the bytes that `encode_table` writes are read back:
whatever else a zip archive or an array file can hold is refused before it is looked at.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.domain.limits import MAX_TABLE_BYTES, PLAIN_FILE
from bot.domain.scorecard import PerStudyTable

MEMBERS = ("study_ids", "metrics", "scores")
"""The arrays, in the order of the file."""
METRIC = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")

_EPOCH = (1980, 1, 1, 0, 0, 0)
_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '(<f8|\|S[1-9]\d{0,3})', 'fortran_order': False, "
    rb"'shape': \((\d{1,8}), ?(\d{1,4})?\), \} *\n",
    re.DOTALL,
)


def encode_table(table: PerStudyTable) -> bytes:
    """Return the file of a table; equal tables give equal bytes.

    Raises:
        ValueError: The table is not one: a column of another length, a value that is not finite,
            an id that is empty, repeated or holds NUL.

    Example:
        >>> table = PerStudyTable(("a", "b"), {"bleu2": np.array([0.5, 1.0])})
        >>> decode_table(encode_table(table)).columns["bleu2"].tolist()
        [0.5, 1.0]
    """
    n = len(table.study_ids)
    columns = [np.asarray(column, dtype="<f8") for column in table.columns.values()]
    if not n or any(column.shape != (n,) for column in columns):
        raise ValueError(f"every column must have one value for each of {n} studies, at least one")
    scores = np.stack(columns, axis=1) if columns else np.empty((n, 0), dtype="<f8")
    if not np.isfinite(scores).all():
        raise ValueError("a score is not a finite number")
    if not all(METRIC.fullmatch(name) for name in table.columns):
        raise ValueError("a column's name is not a metric id")
    arrays = {
        "study_ids": _encode_texts(table.study_ids, "study id"),
        "metrics": _encode_texts(tuple(table.columns), "metric id"),
        "scores": np.ascontiguousarray(scores),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in MEMBERS:
            member = zipfile.ZipInfo(f"{name}.npy", _EPOCH)
            member.create_system = 3
            member.external_attr = int(PLAIN_FILE, 8) << 16
            archive.writestr(member, _encode_array(arrays[name]))
    return buffer.getvalue()


def decode_table(data: bytes) -> PerStudyTable:
    """Return the table of a file, whoever wrote it.

    Raises:
        ValueError: These are not bytes that `encode_table` writes.
    """
    if len(data) > MAX_TABLE_BYTES:
        raise ValueError(f"{len(data)} bytes; at most {MAX_TABLE_BYTES} are read")
    study_ids, metrics, scores = (_decode_array(part) for part in _read_members(data))
    ids, names = _decode_texts(study_ids, "study id"), _decode_texts(metrics, "metric id")
    if scores.dtype != np.dtype("<f8") or scores.shape != (len(ids), len(names)):
        raise ValueError(
            f"scores of shape {scores.shape} for {len(ids)} studies, {len(names)} metrics"
        )
    columns = {name: np.array(scores[:, i], dtype=np.float64) for i, name in enumerate(names)}
    table = PerStudyTable(ids, columns)
    # One spelling: nothing can be hidden between, before or behind the arrays.
    if encode_table(table) != data:
        raise ValueError("the file holds more than a table, or spells it in another way")
    return table


def _encode_texts(texts: tuple[str, ...], what: str) -> npt.NDArray[np.bytes_]:
    if len(set(texts)) != len(texts):
        raise ValueError(f"a {what} is repeated")
    encoded = [text.encode() for text in texts]
    if any(not text or b"\x00" in text or len(text) > 9999 for text in encoded):
        raise ValueError(f"a {what} is empty, too long or holds NUL")
    return np.array(encoded, dtype=f"S{max(map(len, encoded), default=1)}")


def _decode_texts(array: npt.NDArray[Any], what: str) -> tuple[str, ...]:
    if array.dtype.kind != "S" or array.ndim != 1:
        raise ValueError(f"{what}s are not a list of byte strings")
    # A UnicodeDecodeError is a ValueError.
    return tuple(bytes(text).decode() for text in array)


def _encode_array(array: npt.NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, version=(1, 0), allow_pickle=False)
    return buffer.getvalue()


def _decode_array(data: bytes) -> npt.NDArray[Any]:
    # numpy's own reader evaluates the header and allocates what it says; this one looks first.
    header = _HEADER.match(data)
    if header is None:
        raise ValueError("an array's header is not one that is written here")
    dtype = np.dtype(header[1].decode())
    shape = tuple(int(size) for size in header.groups()[1:] if size is not None)
    body = data[header.end() :]
    expected = dtype.itemsize
    for size in shape:
        expected *= size
    if len(body) != expected:
        raise ValueError(f"an array of shape {shape} has {len(body)} bytes, not {expected}")
    return np.frombuffer(body, dtype=dtype).reshape(shape)


def _read_members(data: bytes) -> list[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if [member.filename for member in members] != [f"{name}.npy" for name in MEMBERS]:
                raise ValueError("the file does not hold the arrays of a table")
            for member in members:
                # Stored, so no member can be larger than the file.
                if member.compress_type != zipfile.ZIP_STORED or member.file_size > len(data):
                    raise ValueError("an array is compressed or larger than the file")
            return [archive.read(member) for member in members]
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        OverflowError,
        struct.error,
    ) as error:
        raise ValueError(f"not a table of per-study scores: {error}") from error
