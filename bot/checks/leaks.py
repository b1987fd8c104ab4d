"""Whether something that is to be shown holds a text that nobody may see."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from urllib.parse import unquote

SHINGLE = 8
"""Words in a row that are taken for a quotation."""
SHORTEST = 4
"""Texts of fewer words say nothing about anybody: "Normal chest." stands everywhere."""
MOST_DECODINGS = 4
"""How often a text is decoded before it is read as it is."""

_WORD = re.compile(r"[^\W_]+")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_CONTROLS = frozenset("nrtbf")


class LeakGuard:
    """Knows some texts, and finds quotations of them: eight words in a row, or a short text whole.

    Only hashes of the texts are kept.
    """

    def __init__(self, secrets: Iterable[str], *, shown: Iterable[str] = ()) -> None:
        r"""Read the texts.

        Args:
            secrets: Texts that nobody may see.
            shown: Texts that everybody sees already, as an entry's manifest: what they have in
                common with the others is no leak.

        Example:
            >>> guard = LeakGuard(["No focal consolidation, effusion, or pneumothorax is seen."])
            >>> guard.finds(b"no focal consolidation\n effusion or pneumothorax is seen")
            True
            >>> guard.finds(b"no focal consolidation is seen")
            False
        """
        known = {quote for text in secrets for quote in quotations(words_of(text))}
        for text in shown:
            words = words_of(text)
            for length in range(SHORTEST, SHINGLE + 1):
                known.difference_update(windows(words, length))
        self._known = known
        self._lengths = sorted({length for length, _ in known})

    def finds(self, data: bytes) -> bool:
        """Return whether some bytes hold one of the texts, plain or in a usual spelling."""
        return any(self._quotes(words_of(text)) for text in spellings(data))

    def _quotes(self, words: list[str]) -> bool:
        return any(not self._known.isdisjoint(windows(words, length)) for length in self._lengths)


def words_of(text: str) -> list[str]:
    """Return the words of a text without case and signs.

    Example:
        >>> words_of("No PNEUMOTHORAX; (seen)")
        ['no', 'pneumothorax', 'seen']
    """
    return _WORD.findall(text.casefold())


def windows(words: list[str], length: int) -> Iterable[tuple[int, int]]:
    """Yield length and hash of every run of so many words."""
    for start in range(len(words) - length + 1):
        yield length, hash(tuple(words[start : start + length]))


def quotations(words: list[str]) -> Iterable[tuple[int, int]]:
    """Return what gives a text away: its shingles, or the whole of it when it has fewer words."""
    return windows(words, min(SHINGLE, len(words))) if len(words) >= SHORTEST else ()


def spellings(data: bytes) -> Iterable[str]:
    r"""Yield some bytes as text, then with escapes, entities and percent signs resolved.

    Example:
        >>> list(spellings(rb"a\u0062 &amp;lt;"))[-1]
        'ab <'
    """
    text = data.decode("utf-8", errors="replace")
    yield text
    if b"\x00" in data:
        yield text.replace("\x00", "")
    for _ in range(MOST_DECODINGS):
        decoded = unquote(html.unescape(unescape(text)))
        if decoded == text:
            return
        text = decoded
        yield text


def unescape(text: str) -> str:
    r"""Return a text with the escapes of JSON and of programs resolved.

    Example:
        >>> unescape(r"no\neffusion\u002c \"clear\"")
        'no effusion, "clear"'
    """

    def resolve(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        if code:
            return chr(int(code, 16))
        return " " if match[3] in _CONTROLS else str(match[3])

    return _ESCAPE.sub(resolve, text)
