"""SPDX licence expressions: the ids from the list, the grammar from here.

The library that carries the list also parses, and raises on some malformed expressions.
"""

from __future__ import annotations

import re
from functools import cache

_TOKEN = re.compile(r"[()]|[A-Za-z0-9.+:-]+|\S")
_OPERATORS = {"AND", "OR", "WITH"}


@cache
def _exceptions() -> dict[str, bool]:
    """Return every id of the list, in lower case, and whether it is an exception."""
    from license_expression import get_spdx_licensing

    known = get_spdx_licensing().known_symbols
    return {key.lower(): symbol.is_exception for key, symbol in known.items()}


@cache
def spdx_ids() -> tuple[str, ...]:
    """Return the ids of the list, as they are written."""
    from license_expression import get_spdx_licensing

    return tuple(sorted(get_spdx_licensing().known_symbols))


def is_spdx_expression(text: str) -> bool:
    """Return whether a text is an SPDX licence expression; case is ignored.

    Example:
        >>> is_spdx_expression("MIT OR (GPL-2.0-only WITH Classpath-exception-2.0)")
        True
        >>> is_spdx_expression("MIT OR"), is_spdx_expression("free"), is_spdx_expression("()")
        (False, False, False)

    Source: SPDX 2.3, annex D.
    """
    depth, previous = 0, "("
    for word in _TOKEN.findall(text):
        wants_licence = previous == "(" or previous.upper() in _OPERATORS
        if word == "(":
            depth += 1
            fits = wants_licence and previous.upper() != "WITH"
        elif word == ")":
            depth -= 1
            fits = not wants_licence and depth >= 0
        elif word.upper() in _OPERATORS:
            fits = not wants_licence
        else:
            fits = wants_licence and _is_known(word, is_exception=previous.upper() == "WITH")
        if not fits:
            return False
        previous = word
    return depth == 0 and previous != "(" and previous.upper() not in _OPERATORS


def _is_known(word: str, *, is_exception: bool) -> bool:
    known = _exceptions()
    key = word.lower()
    return known.get(key, known.get(key.removesuffix("+"))) is is_exception
