"""SPDX licence expressions: the grammar and the ids, and the current ids of those that are old."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from license_expression import Licensing

_WORD = re.compile(r"[^\s()]+|[()]")
_GRAMMAR = frozenset({"(", ")", "AND", "OR", "WITH"})
_WITH_EXCEPTION = {
    "eCos-2.0": "GPL-2.0-or-later WITH eCos-exception-2.0",
    "GPL-2.0-with-autoconf-exception": "GPL-2.0-only WITH Autoconf-exception-2.0",
    "GPL-2.0-with-bison-exception": "GPL-2.0-only WITH Bison-exception-2.2",
    "GPL-2.0-with-classpath-exception": "GPL-2.0-only WITH Classpath-exception-2.0",
    "GPL-2.0-with-font-exception": "GPL-2.0-only WITH Font-exception-2.0",
    "GPL-2.0-with-GCC-exception": "GPL-2.0-only WITH GCC-exception-2.0",
    "GPL-3.0-with-autoconf-exception": "GPL-3.0-only WITH Autoconf-exception-3.0",
    "GPL-3.0-with-GCC-exception": "GPL-3.0-only WITH GCC-exception-3.1",
    "wxWindows": "LGPL-2.0-or-later WITH WxWindows-exception-3.1",
}
"""Old ids that stand for a licence and an exception; the list of ids has no other name for them."""


@cache
def spdx_ids() -> tuple[str, ...]:
    """Return the ids of the list, as they are written."""
    listed = _licensing().known_symbols
    return tuple(sorted(name for name in listed if not name.startswith("LicenseRef-")))


@cache
def _licensing() -> Licensing:
    """Return the list of ids as the library reads it, which takes it a moment."""
    from license_expression import get_spdx_licensing

    return get_spdx_licensing()


def is_spdx_expression(text: str) -> bool:
    """Return whether a text is an SPDX licence expression; case is ignored.

    Example:
        >>> is_spdx_expression("MIT OR (GPL-2.0-only WITH Classpath-exception-2.0)")
        True
        >>> is_spdx_expression("GPL-3.0"), is_spdx_expression("LicenseRef-Stanford-RAIL")
        (True, True)
        >>> is_spdx_expression("MIT OR"), is_spdx_expression("free"), is_spdx_expression("()")
        (False, False, False)

    Source: SPDX 2.3, annex D.
    """
    return _canonical(text) is not None


def current_ids(text: str) -> str | None:
    """Return an expression with today's ids in place of old ones, None when it has no old one.

    Example:
        >>> current_ids("gpl-3.0+ OR MIT"), current_ids("MIT")
        ('GPL-3.0-or-later OR MIT', None)
    """
    canonical = _canonical(text)
    if canonical is None:
        return None
    words, previous = [], ""
    for word in _WORD.findall(canonical):
        words.append(word if previous == "WITH" else _current_id(word))
        previous = word
    current = " ".join(words).replace("( ", "(").replace(" )", ")")
    return current if current != canonical else None


@cache
def _canonical(text: str) -> str | None:
    """Return an expression in the case of the list, None when it is none."""
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    try:
        return str(canonicalize_license_expression(text))
    except InvalidLicenseExpression:
        return None


def _current_id(word: str) -> str:
    """Return today's id of a licence, the same word where there is none."""
    from license_expression import ExpressionError

    if word in _GRAMMAR or word.startswith("LicenseRef-"):
        return word
    if word in _WITH_EXCEPTION:
        return _WITH_EXCEPTION[word]
    try:
        current = str(_licensing().parse(word))
    except ExpressionError:
        return word
    return word if current.startswith("LicenseRef-") else current
