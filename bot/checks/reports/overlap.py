"""Reports that are somebody else's: word for word, or nearly so.

Originals that several studies share are no evidence: a normal chest is often described in the same
words. No function returns any of the texts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

OPENING_WORDS = 8
SHINGLE_WORDS = 5
LEAST_WORDS = 20
"""Shorter reports are alike by chance."""
LEAST_OVERLAP = 0.8
"""Share of a report's shingles that are the original's, from which it is a near copy."""
SAMPLE = 100
"""Studies in which near copies are looked for: it is slow."""


def normalised(text: str) -> str:
    """Return a text in lower case with single spaces, as copies are compared."""
    return " ".join(text.casefold().split())


def opening(text: str) -> str:
    """Return how a normalised text begins; texts that begin differently are different."""
    return " ".join(text.split(None, OPENING_WORDS)[:OPENING_WORDS]).casefold()


def ending(text: str) -> str:
    """Return how a normalised text ends."""
    return " ".join(text.rsplit(None, OPENING_WORDS)[-OPENING_WORDS:]).casefold()


def find_copies(
    texts: Mapping[str, str],
    originals: Mapping[str, str],
    *,
    least: int,
    least_share: float,
    least_words: int = 1,
) -> list[str]:
    """Return the studies whose text equals their own, otherwise unshared, original.

    Args:
        texts: Report of each study.
        originals: What they may be copies of, by study.
        least: Fewer copies than this are none.
        least_share: A smaller share of the texts is none.
        least_words: Shorter texts do not count.

    Example:
        >>> find_copies({"a": "One two"}, {"a": "one  two"}, least=1, least_share=0)
        ['a']
    """

    def many(copies: int) -> bool:
        return copies >= least and copies > least_share * len(texts)

    equal = {
        study_id: normalised(text)
        for study_id, text in texts.items()
        if study_id in originals and _is_copy(text, originals[study_id])
    }
    if not many(len(equal)):
        return []
    counts = Counter(map(normalised, originals.values()))
    copied = [
        study_id
        for study_id, text in equal.items()
        if counts[text] == 1 and len(text.split()) >= least_words
    ]
    return copied if many(len(copied)) else []


def _is_copy(text: str, original: str) -> bool:
    return all(part(text) == part(original) for part in (opening, ending, normalised))


def sample_near_copies(
    texts: Mapping[str, str], originals: Mapping[str, str]
) -> tuple[list[str], int]:
    """Return the studies of a sample whose text is nearly their original, and the sample's size.

    A text is nearly its original when four of five of its five-word shingles are the original's,
    and one of four is in no other original of the sample: what everybody writes is nobody's.

    Example:
        >>> text = " ".join(map(str, range(40)))
        >>> sample_near_copies({"a": text + " 7"}, {"a": text})
        (['a'], 1)
    """
    ids = [study_id for study_id in texts if study_id in originals]
    ids = ids[:: max(1, len(ids) // SAMPLE)]
    likely = [study_id for study_id in ids if _share_words(texts[study_id], originals[study_id])]
    if not likely:
        return [], len(ids)
    shingles = {study_id: _shingles(originals[study_id]) for study_id in ids}
    shared = Counter(shingle for each in shingles.values() for shingle in each)
    near = []
    for study_id in likely:
        own = _shingles(texts[study_id])
        overlap = own & shingles[study_id]
        unshared = sum(shared[shingle] == 1 for shingle in overlap)
        if len(overlap) >= LEAST_OVERLAP * len(own) and unshared >= len(own) / 4:
            near.append(study_id)
    return near, len(ids)


def _share_words(text: str, original: str) -> bool:
    """Return whether most words of a text are its original's: without that it is no near copy."""
    words = text.casefold().split()
    distinct = set(words)
    return len(words) >= LEAST_WORDS and (
        len(distinct.intersection(original.casefold().split())) >= LEAST_OVERLAP * len(distinct)
    )


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = text.casefold().split()
    return set(zip(*(words[start:] for start in range(SHINGLE_WORDS)), strict=False))
