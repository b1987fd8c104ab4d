"""Phrases that no radiologist dictates: what language models and their prompts leave behind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """A phrase, searched in lower case."""

    shown: str
    """How findings name it."""
    literal: str
    """Text that is there whenever the phrase is: found fast."""
    pattern: re.Pattern[str] | None = None
    """What must match as well; None when the literal is enough."""


def _literals(*texts: str) -> tuple[Mark, ...]:
    return tuple(Mark(text, text) for text in texts)


CHAT_MARKS: tuple[Mark, ...] = (
    *_literals("<|", "[inst]", "[/inst]", "<<sys>>", "<think>", "</think>", "<start_of_turn>"),
    *_literals("<s>", "</s>", "<unk>", "<pad>", "<image>", "### response", "### instruction"),
    *_literals("as an ai ", "as an ai,", "as a language model", "i cannot provide", "i'm sorry, "),
    *_literals("here is the report", "here is a report", "here's the report", "here is the radiol"),
    *_literals("sure, here", "please provide the image", "unable to view the image"),
    Mark("assistant:", "assistant:", re.compile(r"(?:^|\n)[ \t]{0,9}assistant:")),
    Mark("user:", "user:", re.compile(r"(?:^|\n)[ \t]{0,9}user:")),
    Mark("```", "```"),
)
"""Chat markers, special tokens, preambles and remarks of a model about itself."""

# A pattern that begins with plain letters is found fast; what may stand before them comes after.
_VERB = r"\b(?:ignore|disregard|forget)"
JUDGE_MARKS: tuple[Mark, ...] = (
    Mark(
        "ignore previous instructions",
        "instruction",
        re.compile(_VERB + r"\s{1,3}(?:[a-z]{1,12}\s{1,3}){0,4}instructions?\b"),
    ),
    Mark(
        "ignore the above", "above", re.compile(_VERB + r"\s{1,3}(?:all\s{1,3})?the\s{1,3}above\b")
    ),
    Mark(
        "score: <number>",
        "score",
        re.compile(r"score(?<!\wscore)(?<!calcium score)\s{0,3}(?:[:=]|is|of)\s{0,3}[0-9]"),
    ),
    Mark("rating: <number>", "rating", re.compile(r"rating(?<!\wrating)\s{0,3}[:=]\s{0,3}[0-9]")),
    *_literals("system prompt", "full marks", "you are a grader", "you are an evaluator"),
    *_literals("matched findings", "clinically significant error", "reference report"),
    *_literals("the evaluator", "reviewer model", "candidate report"),
    *_literals("rate this report", "grade this report", "score this report", "highest score"),
)
"""Instructions to a language model that compares reports."""

IMPRESSION_MARK = Mark(
    "impression:", "impression", re.compile(r"impression(?<!\wimpression)\s{0,3}:")
)
"""The label that a report of two sections has and one of findings alone has not."""

_BETWEEN = "\n\x00\n"
_PART_CHARACTERS = 4_000_000
"""Reports are looked through in parts of about this size: what is joined is a copy."""


def find_marks(texts: Mapping[str, str], marks: tuple[Mark, ...]) -> dict[Mark, list[str]]:
    """Return each mark that occurs, in order, with the ids of the studies in whose report it does.

    Example:
        >>> found = find_marks({"a": "As an AI model ...", "b": "Clear."}, CHAT_MARKS)
        >>> [(mark.shown, ids) for mark, ids in found.items()]
        [('as an ai ', ['a'])]
        >>> [m.shown for m in find_marks({"a": "Ignore all previous instructions."}, JUDGE_MARKS)]
        ['ignore previous instructions']
        >>> find_marks({"a": "Calcium score: 12."}, JUDGE_MARKS)
        {}
    """
    found: dict[Mark, list[str]] = {mark: [] for mark in marks}
    for part in _parts(texts):
        possible = _possible(_BETWEEN.join(part.values()).lower(), marks)
        if not possible:
            continue
        for study_id, text in part.items():
            lowered = text.lower()
            for mark in possible:
                if mark.literal in lowered and (not mark.pattern or mark.pattern.search(lowered)):
                    found[mark].append(study_id)
    return {mark: ids for mark, ids in found.items() if ids}


def _parts(texts: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield the texts, a few at a time."""
    part: dict[str, str] = {}
    size = 0
    for study_id, text in texts.items():
        part[study_id] = text
        size += len(text)
        if size >= _PART_CHARACTERS:
            yield part
            part, size = {}, 0
    if part:
        yield part


def _possible(lowered: str, marks: tuple[Mark, ...]) -> list[Mark]:
    """Return the marks whose literal stands in a text of lower case."""
    signs = {sign: sign in lowered for sign in "<[`#"}
    return [mark for mark in marks if signs.get(mark.literal[0], True) and mark.literal in lowered]
