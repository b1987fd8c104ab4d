"""The text of a JSON file: its bytes, unpacked and decoded within limits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from bot.checks.reading.packed import GZIP_MAGIC, NotIntact, OverLimit, unpack_gzip
from bot.domain.finding import Finding
from bot.domain.limits import MAX_FILE_BYTES, MEGABYTE
from bot.domain.rules import RULES


@dataclass(frozen=True)
class JsonLimits:
    """What a JSON file may be."""

    family: Literal["predictions", "dataset"] = "predictions"
    """Family of the findings' codes."""
    packed_bytes: int = MAX_FILE_BYTES
    """Largest file."""
    unpacked_bytes: int = 100 * MEGABYTE
    """Largest content of a compressed file."""
    memory_bytes: int = 200 * MEGABYTE
    """Most memory for a file's text and its values. Python takes one, two or four bytes for each
    character of a text, as the widest of them needs."""
    depth: int = 8
    """Levels of objects and lists."""
    digits: int = 300
    """Digits of a whole number."""
    values: int = 500_000
    """Number of values, keys of objects not counted."""
    allow_nan: bool = False
    """Whether NaN is read as a number, as in official test files; infinity never is."""


PREDICTIONS_LIMITS = JsonLimits()
DATASET_LIMITS = JsonLimits(
    family="dataset",
    packed_bytes=100 * MEGABYTE,
    memory_bytes=300 * MEGABYTE,
    allow_nan=True,
)

# Escapes that make a text wide: half of a surrogate pair, and any beyond Latin-1.
_FOUR_BYTES = re.compile(rb"\\u[dD][89abAB]")
_TWO_BYTES = re.compile(rb"\\u(?!00)")


def decode_text(data: bytes, *, path: str, limits: JsonLimits) -> str | Finding:
    """Return the text of a file's bytes, or why there is none.

    Args:
        data: Content of the file, gzip when `path` ends in `.gz`.
        path: File, from the root of the repository.
        limits: What is allowed.

    Example:
        >>> decode_text(b"{}", path="p.json", limits=PREDICTIONS_LIMITS)
        '{}'
    """
    content = _unpacked(data, path, limits)
    return content if isinstance(content, Finding) else _decoded(content, path, limits)


def _fault(limits: JsonLimits, slug: str, path: str, message: str, **more: Any) -> Finding:
    return RULES[f"{limits.family}.{slug}"].finding(path, message=message, **more)


def _unpacked(data: bytes, path: str, limits: JsonLimits) -> bytes | Finding:
    if len(data) > limits.packed_bytes:
        most = f"{limits.packed_bytes // MEGABYTE:,} MB"
        message = f"the file is larger than {most}"
        return _fault(limits, "too-large", path, message)
    is_packed = data.startswith(GZIP_MAGIC)
    if is_packed != path.endswith(".gz"):
        what = "is gzip and the name does not end" if is_packed else "is not gzip and the name ends"
        return _fault(limits, "gzip", path, f"the content {what} in .gz")
    if not is_packed:
        return data
    try:
        return unpack_gzip(data, most_bytes=limits.unpacked_bytes)
    except NotIntact as error:
        return _fault(limits, "gzip", path, f"{error}")
    except OverLimit:
        most = f"{limits.unpacked_bytes // MEGABYTE:,} MB"
        message = f"the content is larger than {most} when unpacked"
        return _fault(limits, "too-large", path, message)


def _memory_of(data: bytes) -> int:
    r"""Return the bytes that a file's text and the texts in it can take in memory, at most.

    Example:
        >>> _memory_of(b"clear"), _memory_of("39 °C".encode()), _memory_of("\U0001f600".encode())
        (10, 12, 32)
        >>> _memory_of(rb"a\u2019b")
        24
    """
    text = 1
    if not data.isascii():
        # The first byte of a character tells how wide it is.
        wide = any(bytes((lead,)) in data for lead in range(0xF0, 0xF5))
        text = 4 if wide else 2 if any(bytes((lead,)) in data for lead in range(0xC4, 0xF0)) else 1
    values = 4 if _FOUR_BYTES.search(data) else 2 if _TWO_BYTES.search(data) else 1
    return len(data) * (text + max(text, values))


def _decoded(data: bytes, path: str, limits: JsonLimits) -> str | Finding:
    if data.startswith(b"\xef\xbb\xbf"):
        message = "the file starts with a byte order mark"
        return _fault(limits, "encoding", path, message, line=1)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[:4].count(0) >= 2:
        return _fault(limits, "encoding", path, "the file is UTF-16 or UTF-32", line=1)
    if 8 * len(data) > limits.memory_bytes < _memory_of(data):
        most = f"{limits.memory_bytes // MEGABYTE:,} MB"
        message = f"the content has {len(data):,} bytes and would take more than {most} of memory"
        return _fault(limits, "too-large", path, message)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return _fault(
            limits,
            "encoding",
            path,
            f"the bytes at offset {error.start:,} are not UTF-8",
            line=data.count(b"\n", 0, error.start) + 1,
            seen=f"byte 0x{data[error.start]:02x}",
        )
    if not text or text.isspace():
        return _fault(limits, "empty", path, "the file is empty")
    return text
