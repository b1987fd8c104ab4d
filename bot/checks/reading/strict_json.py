"""Reading a JSON file of unknown origin: its document, or what is wrong with its bytes.

Nothing that the bytes hold raises, blows up memory or takes more than linear time. A clean file
costs little more than `json.loads`; only a faulty one is looked at again, for places.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from json.decoder import JSONDecodeError
from math import isinf
from operator import itemgetter
from typing import Any

from bot.checks.findings import FINDINGS_PER_CODE, count_more
from bot.checks.reading.json_places import LineCounter, Path, Place, pointer_of, walk_places
from bot.checks.reading.json_text import DATASET_LIMITS, PREDICTIONS_LIMITS, JsonLimits, decode_text
from bot.domain.finding import Finding, first_of_each
from bot.domain.rules import RULES

__all__ = ["DATASET_LIMITS", "PREDICTIONS_LIMITS", "JsonDocument", "JsonLimits", "load_json"]


@dataclass(frozen=True)
class JsonDocument:
    """What could be read of a JSON file."""

    value: Any
    """The document, of plain types; None when `is_read` is false."""
    is_read: bool
    """Whether there is a document; it may still have findings."""
    findings: tuple[Finding, ...] = ()
    """What is wrong with it."""
    text: str = ""
    """Its text, from which lines are told."""

    def lines(self, paths: Collection[Path]) -> dict[Path, int]:
        """Return the line of each of these paths, in one pass over the text."""
        wanted = set(paths)
        found: dict[Path, int] = {}
        if wanted:
            counter = LineCounter(self.text)
            for place in walk_places(self.text):
                if place.path in wanted:
                    found[place.path] = counter.line(place.offset)
                    wanted.discard(place.path)
                    if not wanted:
                        break
        return found


@dataclass
class _Doubts:
    """What the fast reading came across; any doubt leads to the slow one."""

    found: bool = False


# Escapes that may write half a surrogate pair or NUL.
_ESCAPED = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")
_SIGN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[:,\[{]', re.DOTALL)
_NUMBER = re.compile(r"-?(\d+)")
_NAN = {"NaN", "Infinity", "-Infinity"}
_ABOUT_SYNTAX = {
    "Expecting value": "a value is missing or is not JSON",
    "Expecting property name enclosed in double quotes": "a key in double quotes is missing",
    "Expecting ',' delimiter": "a comma or a closing bracket is missing",
    "Expecting ':' delimiter": "a colon is missing after a key",
    "Unterminated string starting at": "a string that starts here does not end",
    "Invalid control character at": "a string holds a raw line break or control character",
    "Illegal trailing comma before end of object": "a comma stands before a closing bracket",
    "Illegal trailing comma before end of array": "a comma stands before a closing bracket",
}


def load_json(data: bytes, *, path: str, limits: JsonLimits = PREDICTIONS_LIMITS) -> JsonDocument:
    r"""Return the document of a JSON file, and everything that is wrong with its bytes.

    Args:
        data: Content of the file, gzip when `path` ends in `.gz`.
        path: File, from the root of the repository.
        limits: What is allowed.

    Example:
        >>> load_json(b'{"a": ""}', path="p.json").value
        {'a': ''}
        >>> load_json(b'{"a": "",\n"a": ""}', path="p.json").findings[0].message
        'the key "a" is given twice in one object'
    """
    text = decode_text(data, path=path, limits=limits)
    if isinstance(text, Finding):
        return JsonDocument(None, is_read=False, findings=(text,))
    return _parse(text, path, limits)


def _parse(text: str, path: str, limits: JsonLimits) -> JsonDocument:
    """Return the document of a text, looking twice only when the first look raised a doubt."""
    if _has_more_values(text, limits.values):
        rule = RULES[f"{limits.family}.too-many-values"]
        message = f"the file holds more than {limits.values:,} values"
        return JsonDocument(None, is_read=False, findings=(rule.finding(path, message=message),))
    has_escapes = "\\" in text and _ESCAPED.search(text) is not None
    doubts = _Doubts(found=has_escapes or "\0" in text)
    try:
        value = _decoder(doubts, limits).decode(text)
    except RecursionError:
        value, is_read = None, False
    except JSONDecodeError as error:
        return JsonDocument(None, is_read=False, findings=(_syntax_fault(error, path, limits),))
    else:
        is_read = not _is_deeper(value, limits.depth)
    if is_read and not doubts.found:
        return JsonDocument(value, is_read=True, text=text)
    findings = tuple(_look_again(text, path, limits))
    return JsonDocument(value if is_read else None, is_read, findings, text)


def _has_more_values(text: str, most: int) -> bool:
    """Return whether a text may hold more than `most` values: before one of them takes memory.

    A comma or a bracket stands before every value but the root; where there are no lists, a colon,
    which is rare in prose. Few signs settle it at once; else those inside of strings are left out.
    """
    signs = ",[{" if "[" in text else ":"
    if sum(map(text.count, signs)) < most:
        return False
    count = 0
    for match in _SIGN.finditer(text):
        count += match[0] in signs  # a string begins with a quote
        if count > most:
            return True
    return False


def _decoder(doubts: _Doubts, limits: JsonLimits) -> json.JSONDecoder:
    """Return a decoder that reads on past what it doubts."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(items)
        if len(members) != len(items):
            doubts.found = True
        return members

    def whole(digits: str) -> int:
        if len(digits) > limits.digits:
            doubts.found = True
            return 0
        return int(digits)

    def decimal(digits: str) -> float:
        number = float(digits)
        if isinf(number):
            doubts.found = True
        return number

    def constant(word: str) -> float:
        if word != "NaN" or not limits.allow_nan:
            doubts.found = True
        return float(word)

    return json.JSONDecoder(
        object_pairs_hook=pairs, parse_int=whole, parse_float=decimal, parse_constant=constant
    )


def _is_deeper(value: Any, depth: int) -> bool:
    """Return whether objects and lists are nested more than `depth` levels."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(depth):
        level = [
            child
            for holder in level
            for child in (holder.values() if type(holder) is dict else holder)
            if type(child) is dict or type(child) is list
        ]
        if not level:
            return False
    return bool(level)


def _syntax_fault(error: JSONDecodeError, path: str, limits: JsonLimits) -> Finding:
    slug = "syntax"
    about = _ABOUT_SYNTAX.get(error.msg, error.msg)
    if error.doc.startswith("\0", error.pos):
        slug, about = "nul", "a NUL character stands here"
    elif error.msg == "Extra data":
        slug, about = "trailing-data", "the document has ended and more follows"
    message = f"line {error.lineno}, column {error.colno}: {about}"
    return RULES[f"{limits.family}.{slug}"].finding(path, message=message, line=error.lineno)


def _look_again(text: str, path: str, limits: JsonLimits) -> Iterator[Finding]:
    """Yield the faults of a text that is JSON with their places: a few of a kind, and a count."""
    lines = LineCounter(text)
    first, more = first_of_each(_all_faults(text, limits), itemgetter(0), FINDINGS_PER_CODE)
    for slug, message, place in first:
        yield RULES[f"{limits.family}.{slug}"].finding(
            path,
            message=message,
            line=lines.line(place.offset),
            pointer=pointer_of(place.path),
        )
    for slug, number in more.items():
        yield count_more(f"{limits.family}.{slug}", path, number)


def _all_faults(text: str, limits: JsonLimits) -> Iterator[tuple[str, str, Place]]:
    """Yield slug, message and place of every fault, up to the first place that is too deep."""
    for place in walk_places(text):
        faults = list(_faults(place, limits))
        yield from ((slug, message, place) for slug, message in faults)
        if any(slug == "too-deep" for slug, _ in faults):
            return


def _faults(place: Place, limits: JsonLimits) -> Iterator[tuple[str, str]]:
    """Yield the slug and message of each fault of one value and its key."""
    raw = place.raw
    if place.occurrence == 2:
        key = str(place.path[-1])
        yield "duplicate-key", f'the key "{key[:60]}" is given twice in one object'
    if raw in ("{", "[") and len(place.path) >= limits.depth:
        yield "too-deep", f"objects and lists are nested more than {limits.depth} deep"
    if raw in _NAN and not (raw == "NaN" and limits.allow_nan):
        yield "not-finite", f"the value is {raw}, which JSON does not have"
    number = _NUMBER.match(raw)
    if number and number[0] == raw and len(raw) > limits.digits:
        yield "long-number", f"the number has {len(number[1]):,} digits"
    elif number and number[0] != raw and isinf(float(raw)):
        yield "not-finite", f"the number {raw[:20]} is too large to hold"
    for name, string in (("key", place.key_raw), ("text", raw)):
        if string.startswith('"') and _ESCAPED.search(string):
            plain = str(json.loads(string))
            if "\0" in plain:
                yield "nul", f"the {name} holds a NUL character"
            if any("\ud800" <= character <= "\udfff" for character in plain):
                yield "surrogate", f"the {name} holds half of a surrogate pair"
