"""Somebody else's text: what is hidden in it, and the words in which values are told."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

# Parts of a character class.
CONTROL = r"\x00-\x1f\x7f"
# Control characters, line separators, and the invisible characters that reorder or hide text.
HIDDEN = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# With tabs, line feeds, and halves of surrogate pairs.
_ESCAPED = re.compile(rf"[\t\n{HIDDEN}\ud800-\udfff]")
# Control and format characters (bidirectional overrides, zero width), surrogates, separators.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def escape_hidden(text: str, limit: int) -> str:
    r"""Return text in which hidden characters are numbers, at most `limit` characters long.

    Example:
        >>> escape_hidden("a\x00b\ud800", 60)
        'a\\u0000b\\ud800'
        >>> escape_hidden("abcdef", 4)
        'abc…'
    """
    text = _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text[: limit + 1])
    return text if len(text) <= limit else text[: limit - 1] + "…"


def replace_hidden(text: str) -> str:
    r"""Return the text with a mark for every character that hides or reorders others.

    Tabs and line feeds stay. A lone surrogate, which no file can hold, goes as well.

    Example:
        >>> replace_hidden("a\x1b[2Kb\u202ec\r\n")
        'a\ufffd[2Kb\ufffdc\n'
    """
    text = text.replace("\r\n", "\n")
    return "".join(
        REPLACEMENT if unicodedata.category(sign) in _UNSEEN and sign not in "\t\n" else sign
        for sign in text
    )


def counted(amount: int, noun: str, plural: str | None = None) -> str:
    """Return an amount with its noun, and the verb if it is part of the words.

    Example:
        >>> counted(1, "error"), counted(3000, "error"), counted(2, "study is", "studies are")
        ('1 error', '3,000 errors', '2 studies are')
    """
    return f"{amount:,} {noun if amount == 1 else plural or noun + 's'}"


def kind_of(value: Any) -> str:
    """Return what a JSON value is, never what it holds.

    Example:
        >>> kind_of(None), kind_of(True), kind_of(2.5), kind_of([])
        ('null', 'true or false', 'a number', 'a list')
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "an object"
