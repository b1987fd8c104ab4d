"""A hostile input: its name, the kind of file it pretends to be, and how its bytes are made."""

from __future__ import annotations

import copy
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

Member = tuple[str, bytes]
"""Mode and content of a path in a git tree."""


@dataclass(frozen=True)
class Hostile:
    """One input."""

    kind: str
    """What it pretends to be, as the driver of its kind names it."""
    name: str
    """What is hostile about it; the name of the file where that matters stands after a colon."""
    make: Callable[[], bytes]
    """Returns its bytes, always the same."""


def fixed(kind: str, items: dict[str, bytes]) -> Iterator[Hostile]:
    """Yield inputs that are written out."""
    for name, data in items.items():
        yield Hostile(kind, name, lambda data=data: data)  # type: ignore[misc]


def packed(pieces: Iterable[bytes]) -> bytes:
    """Return pieces as one gzip file, without ever holding all of them."""
    packer = zlib.compressobj(1, wbits=31)
    return b"".join([*map(packer.compress, pieces), packer.flush()])


WRONG: dict[str, Any] = {
    "null": None,
    "true": True,
    "minus-one": -1,
    "huge": 10**30,
    "infinite": float("inf"),
    "nan": float("nan"),
    "empty": "",
    "long": "x" * 100_000,
    "override": "\u202egpj.exe\u0000",
    "surrogate": "\ud800",
    "command": "::set-output name=ready::true\n::error::x",
    "path": "../../etc/passwd",
    "list": [[[[[[]]]]]],
    "object": {"__proto__": {"$ref": "#"}},
}
"""What a field can hold instead of what belongs there."""


def mutations(kind: str, valid: Any, fields: Iterable[tuple[str | int, ...]]) -> Iterator[Hostile]:
    """Yield a valid document with each field replaced by everything in WRONG, or taken away."""
    for path in fields:
        shown = ".".join(map(str, path))
        for name, value in WRONG.items():
            document = _replaced(valid, path, value)
            yield Hostile(kind, f"{shown} {name}", lambda d=document: json_bytes(d))  # type: ignore[misc]
        document = _without(valid, path)
        yield Hostile(kind, f"{shown} gone", lambda d=document: json_bytes(d))  # type: ignore[misc]


def json_bytes(document: Any) -> bytes:
    return json.dumps(document).encode()


def _replaced(valid: Any, path: tuple[str | int, ...], value: Any) -> Any:
    document = copy.deepcopy(valid)
    holder = document
    for part in path[:-1]:
        holder = holder[part]
    holder[path[-1]] = value
    return document


def _without(valid: Any, path: tuple[str | int, ...]) -> Any:
    document = copy.deepcopy(valid)
    holder = document
    for part in path[:-1]:
        holder = holder[part]
    del holder[path[-1]]
    return document
