"""Sentences that stand in one references file and nowhere else: where one shows, it leaked."""

from __future__ import annotations

import secrets

CANARIES = 8
WORDS = 8
SYLLABLES = 4

_CONSONANTS = "bdfgklmnprstvz"
_VOWELS = "aeiou"


def make_canaries(number: int = CANARIES) -> tuple[str, ...]:
    """Return sentences of words that no program and no radiologist writes.

    Example:
        >>> one, other = make_canaries(2)
        >>> len(one.split()), one != other
        (8, True)
    """
    return tuple(" ".join(_word() for _ in range(WORDS)) for _ in range(number))


def _word() -> str:
    return "".join(secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS) for _ in range(SYLLABLES))
