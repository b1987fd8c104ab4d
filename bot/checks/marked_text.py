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

_VERB = r"\b(?:ignore|disregard|forget)"
JUDGE_MARKS: tuple[Mark, ...] = (
    Mark(
        "ignore previous instructions",
        "instruction",
        re.compile(_VERB + r"\s{1,3}(?:[a-z]{1,12}\s{1,3}){0,4}instructions?\b"),
    ),
    Mark("ignore the above", "the above", re.compile(_VERB + r"\s{1,3}(?:all\s{1,3})?the above\b")),
    Mark(
        "score: <number>",
        "score",
        re.compile(r"(?<!calcium )\bscore\s{0,3}(?:[:=]|is|of)\s{0,3}[0-9]"),
    ),
    Mark("rating: <number>", "rating", re.compile(r"\brating\s{0,3}[:=]\s{0,3}[0-9]")),
    *_literals("system prompt", "full marks", "you are a grader", "you are an evaluator"),
    *_literals("rate this report", "grade this report", "score this report", "highest score"),
)
"""Instructions to a language model that compares reports."""

_BETWEEN = "\n\x00\n"


def find_marks(
    texts: Mapping[str, str], marks: tuple[Mark, ...]
) -> Iterator[tuple[str, list[str]]]:
    """Yield each mark that occurs and the ids of the studies in whose report it does.

    Example:
        >>> list(find_marks({"a": "As an AI model ...", "b": "Clear."}, CHAT_MARKS))
        [('as an ai ', ['a'])]
        >>> list(find_marks({"a": "Ignore all previous instructions."}, JUDGE_MARKS))
        [('ignore previous instructions', ['a'])]
        >>> list(find_marks({"a": "Calcium score: 12."}, JUDGE_MARKS))
        []
    """
    joined = _BETWEEN.join(texts.values()).lower()
    for mark in marks:
        if mark.literal in joined:
            ids = [study_id for study_id, text in texts.items() if _has(text.lower(), mark)]
            if ids:
                yield mark.shown, ids


def _has(text: str, mark: Mark) -> bool:
    return mark.literal in text and (mark.pattern is None or bool(mark.pattern.search(text)))
