"""A quotation is found however it is spelled, and what is no quotation is let through."""

from __future__ import annotations

import html
import json
import time
from urllib.parse import quote

import pytest

from bot.checks.leaks import LeakGuard

REFERENCE = (
    "The heart is mildly enlarged. There is a small left pleural effusion, "
    "with “patchy” opacity at the base; no pneumothorax is seen."
)
SPELLINGS = {
    "plain": REFERENCE,
    "shouted": REFERENCE.upper(),
    "part": "... small left pleural effusion, with “patchy” opacity at ...",
    "other signs": REFERENCE.replace(" ", "  ").replace(",", " -- ").replace(".", "\n"),
    "underscores": REFERENCE.replace(" ", "_"),
    "JSON": json.dumps({"reason": REFERENCE}),
    "JSON in JSON": json.dumps(json.dumps([REFERENCE])),
    "every letter escaped": "".join(f"\\u{ord(c):04x}" for c in REFERENCE),
    "repr": repr(REFERENCE.encode()),
    "entities": "".join(f"&#{ord(c)};" for c in REFERENCE),
    "hexadecimal entities": "".join(f"&#x{ord(c):x};" for c in REFERENCE),
    "HTML in JSON": json.dumps(html.escape(html.escape(REFERENCE))),
    "address": quote(REFERENCE),
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_row_19_a_quotation_is_found_in_every_usual_spelling(name: str) -> None:
    guard = LeakGuard([REFERENCE])
    assert guard.finds(f"before {SPELLINGS[name]} after".encode())


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_two_bytes_a_letter_hide_nothing(encoding: str) -> None:
    plain = REFERENCE.replace("“", "").replace("”", "")
    assert LeakGuard([plain]).finds(plain.encode(encoding))


def test_row_19_an_eight_word_quotation_is_found_and_seven_are_not() -> None:
    words = [f"word{number}" for number in range(20)]
    guard = LeakGuard([" ".join(words)])
    assert guard.finds(" ".join(["x", *words[5:13], "y"]).encode())
    assert not guard.finds(" ".join(["x", *words[5:12], "y"]).encode())


def test_a_short_text_is_found_whole_and_one_that_says_nothing_is_not_looked_for() -> None:
    guard = LeakGuard(["No acute cardiopulmonary process.", "Normal chest.", ""])
    assert guard.finds(b'"no acute cardiopulmonary process"')
    assert not guard.finds(b"normal chest")
    assert not guard.finds(b"")


def test_what_the_manifest_says_itself_is_no_leak() -> None:
    shown = (
        "Our model writes: the heart size and pulmonary vascularity appear within normal limits."
    )
    reference = "The heart size and pulmonary vascularity appear within normal limits. Tiny nodule."
    guard = LeakGuard([reference], shown=[shown])
    assert not guard.finds(shown.encode())
    assert (
        guard.finds(b"vascularity appear within normal limits tiny nodule and pulmonary") is False
    )
    assert guard.finds(reference.encode())


def test_nothing_is_found_where_nothing_is_known() -> None:
    assert not LeakGuard([]).finds(REFERENCE.encode())


def test_hostile_bytes_end_in_time() -> None:
    guard = LeakGuard([REFERENCE])
    start = time.monotonic()
    for data in (b"\\" * 1_000_000, b"&amp;" * 200_000, b"%25" * 300_000, b"\\u005c" * 200_000):
        assert not guard.finds(data)
    assert time.monotonic() - start < 30
