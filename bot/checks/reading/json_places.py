"""Where each value of a JSON text stands: the second, slower look, taken only after a fault."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from json.decoder import JSONDecodeError

Path = tuple[str | int, ...]
"""Keys and indices from the root of a document to a value."""

# A string (its end may be missing), one structural character, or a bare word. Possessive: linear.
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[{}\[\],:]|[^\s"{}\[\],:]++', re.DOTALL)


@dataclass(frozen=True)
class Place:
    """A key or a value of a JSON text."""

    path: Path
    """Where it stands in the document."""
    offset: int
    """Where it starts in the text: at the key of an object's member, else at the value."""
    raw: str
    """The text of a string, number or word; the opening bracket of an object or list."""
    key_raw: str = ""
    """The text of the key, empty for the root and items of lists."""
    occurrence: int = 1
    """How often the key has been seen in its object, this time included."""


@dataclass
class _Open:
    """An object or list that has not ended yet."""

    is_object: bool
    key: str | int = 0
    key_raw: str = ""
    key_offset: int = 0
    keys: dict[str, int] = field(default_factory=dict)
    awaits_value: bool = False


def walk_places(text: str) -> Iterator[Place]:
    """Yield every value of a JSON text in order; of a faulty one, whatever can be told.

    Example:
        >>> [(place.path, place.raw) for place in walk_places('{"a": [1, "x"], "a": null}')]
        [((), '{'), (('a',), '['), (('a', 0), '1'), (('a', 1), '"x"'), (('a',), 'null')]
    """
    stack: list[_Open] = []
    for match in _TOKEN.finditer(text):
        raw = match[0]
        if raw == ":":
            continue
        if raw in "]}":
            if not stack:
                return
            stack.pop()
            continue
        top = stack[-1] if stack else None
        if raw == ",":
            if top and not top.is_object and isinstance(top.key, int):
                top.key += 1
            continue
        if top and top.is_object and not top.awaits_value:
            top.key = _decoded(raw)
            top.key_raw, top.key_offset = raw, match.start()
            top.keys[top.key] = top.keys.get(top.key, 0) + 1
            top.awaits_value = True
            continue
        yield _place(stack, raw, match.start())
        if top:
            top.awaits_value = False
        if raw in "{[":
            stack.append(_Open(is_object=raw == "{"))


def _place(stack: list[_Open], raw: str, offset: int) -> Place:
    path = tuple(level.key for level in stack)
    top = stack[-1] if stack else None
    if top and top.is_object:
        return Place(path, top.key_offset, raw, top.key_raw, top.keys[str(top.key)])
    return Place(path, offset, raw)


def _decoded(raw: str) -> str:
    if "\\" not in raw:
        return raw.strip('"')
    try:
        return str(json.loads(raw, strict=False))
    except JSONDecodeError:
        return raw


def pointer_of(path: Path) -> str:
    """Return the JSON pointer (RFC 6901) of a path.

    Example:
        >>> pointer_of(("a/b", 0, "m~n"))
        '/a~1b/0/m~0n'
    """
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


class LineCounter:
    r"""Line numbers of offsets that are asked for in rising order.

    Example:
        >>> LineCounter("a\nb").line(2)
        2
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._offset = 0
        self._line = 1

    def line(self, offset: int) -> int:
        """Return the line of an offset, from 1."""
        if offset < self._offset:
            self._offset, self._line = 0, 1
        self._line += self._text.count("\n", self._offset, offset)
        self._offset = offset
        return self._line
