"""Unpacking gzip without ever holding more than was allowed."""

from __future__ import annotations

import zlib

GZIP_MAGIC = b"\x1f\x8b"
_CHUNK_BYTES = 64 * 1024
_MOST_MEMBERS = 10_000


class NotIntact(Exception):
    """The bytes are not a complete gzip file; the message says why."""


class OverLimit(Exception):
    """The content is larger than was allowed."""


def unpack_gzip(data: bytes, *, most_bytes: int) -> bytes:
    """Return the content of a gzip file of one or more members, reading no further than needed.

    Args:
        data: The packed bytes.
        most_bytes: Largest content that is returned.

    Raises:
        NotIntact: The file is damaged, cut off, or followed by something else.
        OverLimit: The content is larger than `most_bytes`; no more than that was unpacked.

    Example:
        >>> import gzip
        >>> unpack_gzip(gzip.compress(b"a") + gzip.compress(b"b"), most_bytes=2)
        b'ab'

    Source: RFC 1952.
    """
    parts: list[bytes] = []
    left = most_bytes
    offset = 0
    for _ in range(_MOST_MEMBERS):
        content, offset = _unpack_member(data, offset, left)
        parts.extend(content)
        left -= sum(map(len, content))
        if data[offset : offset + 2] != GZIP_MAGIC:
            if data[offset:].strip(b"\0"):
                raise NotIntact("something else follows the end of the gzip data")
            return b"".join(parts)
    raise NotIntact("it has more than 10,000 gzip members")


def _unpack_member(data: bytes, offset: int, left: int) -> tuple[list[bytes], int]:
    """Return the content of the member that starts at `offset`, in parts, and where it ends."""
    unpacker = zlib.decompressobj(wbits=31)
    parts: list[bytes] = []
    while not unpacker.eof:
        chunk = unpacker.unconsumed_tail or data[offset : offset + _CHUNK_BYTES]
        if not unpacker.unconsumed_tail:
            offset += len(chunk)
        if not chunk:
            raise NotIntact("it ends before its gzip data is complete")
        try:
            part = unpacker.decompress(chunk, left + 1)
        except zlib.error as error:
            raise NotIntact("its gzip data is damaged") from error
        left -= len(part)
        if left < 0:
            raise OverLimit
        parts.append(part)
    return parts, offset - len(unpacker.unused_data)
