"""Reading a YAML file of unknown origin: one plain document, or what is wrong with it.

Only what JSON can say is read: mappings with text keys, lists, and scalars that the core schema of
YAML 1.2 resolves, so that `no`, `12:30`, `0o17` and `2025-01-01` stay text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from bot.checks.reading.json_places import Path, pointer_of
from bot.domain.finding import Finding
from bot.domain.limits import MAX_TEXT_BYTES
from bot.domain.rules import RULES

MOST_DEPTH = 8

_INT = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]{1,40}|[0-9]{1,40}(?:\.[0-9]{0,40})?)(?:[eE][-+]?[0-9]{1,2})?")
_WORDS: Mapping[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(frozen=True)
class YamlDocument:
    """What could be read of a YAML file."""

    value: Any
    """The document, of plain types; None when `is_read` is false."""
    is_read: bool
    """Whether there is a document; it may still have findings."""
    lines: Mapping[Path, int] = field(default_factory=dict)
    """Line of each key and value."""
    findings: tuple[Finding, ...] = ()
    """What is wrong with it."""

    def line(self, path: Path) -> int | None:
        """Return the line of a path, or of the nearest value around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)


class _CannotGoOn(Exception):
    """The rest of the document would be misread."""


def load_yaml(data: bytes, *, path: str) -> YamlDocument:
    r"""Return the document of a YAML file, and everything that is wrong with its form.

    Args:
        data: Content of the file.
        path: File, from the root of the repository.

    Example:
        >>> load_yaml(b"version: 1.0\ncountry: no\n", path="m.yaml").value
        {'version': 1.0, 'country': 'no'}
        >>> load_yaml(b"a: 1\na: 2\n", path="m.yaml").findings[0].place
        'm.yaml:2 /a'
    """
    text = _text_of(data, path)
    if isinstance(text, Finding):
        return YamlDocument(None, is_read=False, findings=(text,))
    composer = _Composer(path)
    try:
        value = composer.compose(text)
    except yaml.MarkedYAMLError as error:
        composer.add_syntax(error.problem or "", error.problem_mark or error.context_mark)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        composer.add("characters", f"character U+{int(error.character):04X} is not allowed", line)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        composer.add_syntax(f"{type(error).__name__} while reading", None)
    except _CannotGoOn:
        pass
    else:
        return YamlDocument(value, True, composer.lines, tuple(composer.findings))
    return YamlDocument(None, False, composer.lines, tuple(composer.findings))


def _text_of(data: bytes, path: str) -> str | Finding:
    if len(data) > MAX_TEXT_BYTES:
        message = f"the file has {len(data):,} bytes; {MAX_TEXT_BYTES:,} is the most"
        return RULES["manifest.too-large"].finding(path, message=message)
    rule = RULES["manifest.encoding"]
    if data.startswith(b"\xef\xbb\xbf"):
        return rule.finding(path, message="the file starts with a byte order mark", line=1)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return rule.finding(path, message="the file is UTF-16", line=1)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"the bytes at offset {error.start:,} are not UTF-8"
        seen = f"byte 0x{data[error.start]:02x}"
        return rule.finding(path, message=message, line=line, seen=seen)


class _Composer:
    """Builds the document from the parser's events, which come one at a time."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._events: Iterator[Event] = iter(())
        self.lines: dict[Path, int] = {}
        self.findings: list[Finding] = []

    def add(self, slug: str, message: str, line: int | None, at: Path = ()) -> None:
        """Add a finding."""
        rule = RULES[f"manifest.{slug}"]
        self.findings.append(
            rule.finding(self._path, message=message, line=line, pointer=pointer_of(at))
        )

    def add_syntax(self, problem: str, mark: yaml.Mark | None) -> None:
        """Add the finding of a parser's error."""
        if mark is None:
            self.add("syntax", problem, None)
            return
        message = f"line {mark.line + 1}, column {mark.column + 1}: {problem}"
        self.add("syntax", message, mark.line + 1)

    def compose(self, text: str) -> Any:
        """Return the document of a text."""
        self._events = yaml.parse(text, Loader=yaml.SafeLoader)
        value: Any = None
        documents = 0
        for event in self._events:
            line = _line(event)
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.add("several-documents", "a second document starts here", line)
                    raise _CannotGoOn
                if event.version or event.tags:
                    self.add("tag", "the file starts with a directive", line)
            elif not isinstance(event, StreamStartEvent | DocumentEndEvent | StreamEndEvent):
                value = self._value(event, ())
        return value

    def _value(self, event: Event, at: Path) -> Any:
        line = _line(event)
        self.lines.setdefault(at, line)
        if isinstance(event, NodeEvent):
            self._check_node(event, at, line)
        if isinstance(event, ScalarEvent):
            return self._scalar(event, at, line)
        if isinstance(event, SequenceStartEvent | MappingStartEvent):
            if len(at) >= MOST_DEPTH:
                message = f"mappings and lists are nested more than {MOST_DEPTH} deep"
                self.add("too-deep", message, line, at)
                raise _CannotGoOn
            return self._list(at) if isinstance(event, SequenceStartEvent) else self._mapping(at)
        return None

    def _check_node(self, event: NodeEvent, at: Path, line: int) -> None:
        if isinstance(event, AliasEvent):
            self.add("alias", f'the alias "*{event.anchor}" stands here', line, at)
        elif event.anchor is not None:
            self.add("alias", f'the anchor "&{event.anchor}" stands here', line, at)
        if getattr(event, "tag", None):
            self.add("tag", f'the tag "{getattr(event, "tag", "")}" stands here', line, at)

    def _scalar(self, event: ScalarEvent, at: Path, line: int) -> Any:
        text = event.value
        if any("\ud800" <= character <= "\udfff" or character == "\0" for character in text):
            self.add("characters", "the text holds NUL or half a surrogate pair", line, at)
            return "?"
        return _resolve(text) if event.style is None else text

    def _list(self, at: Path) -> list[Any]:
        items: list[Any] = []
        for event in self._events:
            if isinstance(event, CollectionEndEvent):
                break
            items.append(self._value(event, (*at, len(items))))
        return items

    def _mapping(self, at: Path) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for event in self._events:
            if isinstance(event, CollectionEndEvent):
                break
            line = _line(event)
            if not isinstance(event, ScalarEvent):
                slug = "alias" if isinstance(event, AliasEvent) else "bad-key"
                self.add(slug, "a key is not plain text", line, at)
                raise _CannotGoOn
            self._check_node(event, at, line)
            self._scalar(event, at, line)
            key = event.value.encode("utf-8", "replace").decode()
            place = (*at, key)
            if key in members:
                self.add("duplicate-key", f'the key "{key[:60]}" is given twice', line, place)
            elif key == "<<" and event.style is None:
                self.add("merge-key", "the merge key << stands here", line, place)
            self.lines.setdefault(place, line)
            members[key] = self._value(next(self._events), place)
        return members


def _line(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _resolve(plain: str) -> str | int | float | bool | None:
    """Return the value of a scalar without quotes, by the core schema of YAML 1.2.

    Octal, hexadecimal, infinite and very long numbers stay text: no field takes one.

    Source: YAML 1.2.2, section 10.3.2.
    """
    if plain in _WORDS:
        return _WORDS[plain]
    if _INT.fullmatch(plain):
        return int(plain)
    if _FLOAT.fullmatch(plain):
        return float(plain)
    return plain
