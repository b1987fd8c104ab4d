from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.checks.reports.marked_text import CHAT_MARKS, JUDGE_MARKS
from bot.checks.reports.word_table import WordTable

MARKS = (*CHAT_MARKS, *JUDGE_MARKS)


@given(st.text(max_size=9), st.sampled_from(MARKS), st.text(max_size=9))
def test_a_phrase_that_is_there_is_never_missed(before: str, mark: object, after: str) -> None:
    phrase = mark.literal  # type: ignore[attr-defined]
    assert WordTable(before + phrase + after).may_hold(phrase)


def test_ordinary_text_holds_no_mark_that_is_long_enough_to_tell() -> None:
    table = WordTable("the heart is normal in size and the lungs are clear of consolidation. " * 9)
    assert not any(table.may_hold(mark.literal) for mark in MARKS if len(mark.literal) > 4)
