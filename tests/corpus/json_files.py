"""Hostile JSON that any loader may meet, small and large."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, repeat

from tests.corpus.recipe import packed

SMALL: dict[str, bytes] = {
    "nothing": b"",
    "white space": b" \n\t\r ",
    "only a byte order mark": b"\xef\xbb\xbf",
    "byte order mark": b"\xef\xbb\xbf{}",
    "utf-16": '{"a": "b"}'.encode("utf-16"),
    "utf-32 without mark": '{"a": "b"}'.encode("utf-32-le"),
    "latin-1": b'{"caf\xe9": "x"}',
    "overlong encoding": b'{"a": "\xc0\xaf"}',
    "encoded surrogate": b'{"a": "\xed\xa0\x80"}',
    "cut character": b'{"a": "\xf0\x9f\x98',
    "raw NUL": b'{"a": "x\x00y"}',
    "NUL after the end": b"{}\x00",
    "escaped NUL": rb'{"a": "\u0000"}',
    "half a pair": rb'{"a": "\ud83d"}',
    "pair the wrong way round": rb'{"a": "\ude00\ud83d"}',
    "half a pair in a key": rb'{"\udc00": "x"}',
    "bad escape": rb'{"a": "\x41"}',
    "cut escape": rb'{"a": "\u00',
    "NaN": b'{"a": NaN}',
    "infinity": b'{"a": -Infinity}',
    "too large a number": b'{"a": 1e999}',
    "too small a number": b'{"a": -1e-999}',
    "long exponent": b'{"a": 1e' + b"9" * 5000 + b"}",
    "five thousand digits": b'{"a": ' + b"7" * 5000 + b"}",
    "leading zero": b'{"a": 007}',
    "hexadecimal": b'{"a": 0x10}',
    "key twice": b'{"a": "1", "a": "2"}',
    "key twice by an escape": rb'{"a": "1", "\u0061": "2"}',
    "dunder keys": b'{"__class__": "x", "__proto__": {"a": 1}, "constructor": {}}',
    "trailing comma": b'{"a": "b",}',
    "two documents": b"{}{}",
    "JSON lines": b'{"a": "b"}\n{"c": "d"}\n',
    "single quotes": b"{'a': 'b'}",
    "comment": b'{"a": "b"} // x',
    "cut in a string": b'{"a": "',
    "cut in a key": b'{"a',
    "cut after a colon": b'{"a":',
    "closing bracket alone": b"]",
    "wrong bracket": b'{"a": [}]',
    "nine levels": b'{"a": ' + b"[" * 9 + b"]" * 9 + b"}",
    "hundred thousand levels": b"[" * 100_000 + b"]" * 100_000,
    "open hundred thousand times": b'{"a":' * 100_000,
    "null": b"null",
    "text": b'"x"',
    "list": b"[]",
    "number": b"0",
    "html": b"<!doctype html><script>alert(1)</script>",
    "pickle": b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94.",
    "yaml": b"a: !!python/object/apply:os.system [x]\n",
    "zip": b"PK\x03\x04" + b"\x00" * 26,
    "gzip inside": gzip.compress(b"{}", mtime=0),
    "quotes": b'"' * 10_001,
    "backslashes": b'{"a": "' + b"\\" * 10_001,
    "line separators": '{"a\u2028b": "\u2029\u0085"}'.encode(),
    "right to left": '{"a\u202e": "\u2066x\u2069"}'.encode(),
    "zero width": '{"a\u200b": "1", "a": "2"}'.encode(),
    "composed twins": '{"\u00e9": "1", "e\u0301": "2"}'.encode(),
    "empty key": b'{"": ""}',
    "key of 100,000 characters": b'{"' + b"k" * 100_000 + b'": ""}',
    "control characters in a key": rb'{"a\n\u001b[31m::error::": ""}',
    "boolean keys and values": b'{"true": true, "null": null, "0": 0}',
}
"""Name and bytes."""

_BIG = 99_000_000
_EMOJI = "\U0001f600".encode()


def _members(member: str, size: int) -> Iterator[bytes]:
    """Yield an object of about `size` bytes whose members have numbers for #."""
    yield b"{"
    length = 0
    number = 0
    while length < size:
        piece = (f"{',' if number else ''}" + member.replace("#", str(number))).encode()
        yield piece
        length += len(piece)
        number += 1
    yield b"}"


def _filled(before: bytes, unit: bytes, after: bytes, size: int = _BIG) -> Iterator[bytes]:
    """Yield a document that is one unit, over and over."""
    block = unit * max(1, 1_000_000 // len(unit))
    return chain((before,), repeat(block, size // len(block)), (after,))


def _bomb(size: int) -> bytes:
    """Return a gzip file that unpacks to `size` zeros: a thousandth of it."""
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(b"\0" * 10_000_000) + packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush nothing refers to what was before: the block may be repeated.
    return b"\x1f\x8b\x08" + b"\0" * 7 + block * (size // 10_000_000)


def _nested_gzip() -> bytes:
    return gzip.compress(gzip.compress(b'{"a": "b"}', mtime=0), mtime=0)


LARGE: dict[str, Callable[[], bytes]] = {
    "plain ASCII": lambda: packed(_members(f'"#":"{"x" * 19_000}"', _BIG)),
    "an emoji in each text": lambda: packed(_members(f'"#":"{"x" * 19_000}\U0001f600"', _BIG)),
    "an escaped emoji in each text": lambda: packed(
        _members(f'"#":"{"x" * 19_000}\\ud83d\\ude00"', _BIG)
    ),
    "as many emoji as may be": lambda: packed(
        _members(f'"#":"{"x" * 19_000}\U0001f600"', 24_900_000)
    ),
    "as many escaped emoji as may be": lambda: packed(
        _members(f'"#":"{"x" * 19_000}\\ud83d\\ude00"', 39_000_000)
    ),
    "nothing but emoji": lambda: packed(_filled(b'{"a":"', _EMOJI, b'"}')),
    "one string": lambda: packed(_filled(b'{"a":"', b"x", b'"}')),
    "one string of commas": lambda: packed(_filled(b'{"a":"', b",", b'"}')),
    "one string of brackets": lambda: packed(_filled(b'{"a":["', b"[{:", b'"]}')),
    "one string of escapes": lambda: packed(_filled(b'{"a":"', rb"\"", b'"}')),
    "no end": lambda: packed(_filled(b'{"a":"', b"x", b"")),
    "little objects": lambda: packed(_members('"#":{"":0}', 12_000_000)),
    "little lists": lambda: packed(_filled(b'{"a":[', b"[],", b"[]]}")),
    "long keys": lambda: packed(_members(f'"#{"k" * 195}":""', _BIG)),
    "one key, again and again": lambda: packed(_filled(b"{", b'"a":"zzzzzzzz",' * 20, b'"a":""}')),
    "one long key, again and again": lambda: packed(
        _filled(b"{", b'"' + b"a" * 400 + b'":"",', b'"a":""}')
    ),
    "numbers": lambda: packed(_filled(b'{"a":[', b"1,", b"1]}")),
    "long numbers": lambda: packed(_members(f'"#":{"9" * 400}', _BIG)),
    "long decimals": lambda: packed(_members(f'"#":0.{"9" * 400}', _BIG)),
    "half pairs": lambda: packed(_members('"#":"' + r"\ud800" * 3000 + '"', 39_000_000)),
    "nulls": lambda: packed(_members('"#":null', 8_000_000)),
    "brackets": lambda: packed(_filled(b'{"a":', b"[", b"")),
    "white space": lambda: packed(_filled(b"", b" ", b"{}")),
    "marks of a judge": lambda: packed(
        _members(f'"#":"{"score instruction ignore the above <| as an ai user: " * 350}"', _BIG)
    ),
    "ten gigabytes": partial(_bomb, 10_000_000_000),
    "one byte over": lambda: packed(_filled(b"", b" ", b"{}", 101_000_000)),
    "twice packed": _nested_gzip,
    "many members": lambda: gzip.compress(b"", mtime=0) * 400_000,
    "cut": lambda: gzip.compress(b'{"a": "b"}', mtime=0)[:-4],
    "wrong checksum": lambda: gzip.compress(b'{"a": "b"}', mtime=0)[:-8] + b"\0" * 8,
    "bytes after the end": lambda: gzip.compress(b"{}", mtime=0) + b"x",
    "a header alone": lambda: b"\x1f\x8b\x08\xff" + b"\xff" * 40,
    "a file name without end": lambda: b"\x1f\x8b\x08\x08" + b"\0" * 6 + b"n" * 3_000_000,
}
"""Gzip files: name, and what makes the bytes."""
