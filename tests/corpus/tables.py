"""Hostile tables of per-study scores."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator

from tests.corpus import documents
from tests.corpus.recipe import Hostile, fixed

MEMBERS = ("study_ids.npy", "metrics.npy", "scores.npy")
_MAGIC = b"\x93NUMPY\x01\x00"


def _header(text: str) -> bytes:
    data = text.encode() + b"\n"
    return _MAGIC + struct.pack("<H", len(data)) + data


def _array(descr: str, shape: str, body: bytes) -> bytes:
    header = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}, }}"
    return _header(header.ljust(117)) + body


def _archive(members: dict[str, bytes], *, method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.compress_type = method
            archive.writestr(member, data)
    return buffer.getvalue()


def _valid() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(documents.table())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _changed(name: str, data: bytes) -> bytes:
    return _archive({**_valid(), name: data})


def table_items() -> Iterator[Hostile]:
    """Yield tables."""
    table = documents.table()
    yield from fixed(
        "table",
        {
            "nothing": b"",
            "no archive": b"PK\x05\x06" + b"\xff" * 18,
            "text": b"a,b\n1,2\n",
            "cut": table[:-10],
            "something before": b"x" + table,
            "something behind": table + b"x",
            "another time": _archive(_valid()),
            "compressed": _archive(_valid(), method=zipfile.ZIP_DEFLATED),
            "members in another order": _archive(dict(reversed(_valid().items()))),
            "a member too many": _archive({**_valid(), "x.npy": b""}),
            "a member too few": _archive(dict(list(_valid().items())[:2])),
            "a path": _archive({f"../{name}": data for name, data in _valid().items()}),
            "pickle": _changed("scores.npy", _array("|O", "(2, 1)", b"\x80\x04N.")),
            "code in the header": _changed("scores.npy", _header("__import__('os').system('id')")),
            "a terabyte": _changed("scores.npy", _array("<f8", "(99999999, 9999)", b"")),
            "negative shape": _changed("scores.npy", _array("<f8", "(-1, 1)", b"\0" * 16)),
            "big endian": _changed("scores.npy", _array(">f8", "(2, 1)", b"\0" * 16)),
            "NaN": _changed("scores.npy", _array("<f8", "(2, 1)", b"\xff" * 16)),
            "ids that repeat": _changed("study_ids.npy", _array("|S1", "(2,)", b"aa")),
            "ids of nothing": _changed("study_ids.npy", _array("|S1", "(2,)", b"\0\0")),
            "ids that are not UTF-8": _changed("study_ids.npy", _array("|S1", "(2,)", b"\xfe\xff")),
            "zero studies": _changed("study_ids.npy", _array("|S1", "(0,)", b"")),
            "a metric that is no id": _changed("metrics.npy", _array("|S5", "(1,)", b"<b>x\0")),
            "another metric": _changed("metrics.npy", _array("|S4", "(1,)", b"bleu")),
            "zeros": b"\0" * 1_000_000,
        },
    )
    for offset in range(0, len(table), 23):
        flipped = bytearray(table)
        flipped[offset] ^= 0xFF
        yield from fixed("table", {f"byte {offset} flipped": bytes(flipped)})
    yield Hostile("table", "64 MB and one byte", lambda: b"\0" * (64 * 2**20 + 1))
