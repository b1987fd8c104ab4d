from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.finding import Finding
from bot.render.words.console import Format, render_findings, render_scores, width
from bot.render.words.logs import neutral
from tests.unit.render import samples as s

FORMS: list[Format] = ["text", "markdown"]
LINES = st.lists(
    st.sampled_from(["::error::x", "##[group]", " ", "\n", "\r", "\x1b[2J", "\u2028", "%0A", ","])
    | st.text()
).map("".join)


def is_command(line: str) -> bool:
    return line.lstrip().startswith("::") or "##[" in line


@given(LINES)
def test_neutral_text_holds_no_command_and_no_control_character(raw: str) -> None:
    shown = neutral(raw)
    assert not any(is_command(line) for line in shown.split("\n"))
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202e]", shown)
    shown.encode()


@given(LINES)
def test_row_17_findings_as_text_hold_no_command(raw: str) -> None:
    fault = s.finding(path=raw[:300], pointer=raw[:300], message=raw[:500], seen=raw[:200])
    assert not any(is_command(line) for line in render_findings([fault], "text").split("\n"))


@given(LINES)
def test_an_annotation_is_one_command_on_one_line(raw: str) -> None:
    fault = s.finding(path=raw[:300], message=raw[:500], seen=raw[:200], line=3)
    output = render_findings([fault], "github")
    assert len(output.splitlines()) == 1
    head, separator, _ = output.removeprefix("::error ").partition("::")
    assert separator
    assert re.fullmatch(r"file=[^,:]*,line=3,title=predictions\.study-missing", head)


def test_findings_as_text_say_place_seen_fix_and_code() -> None:
    fault = s.finding(path="a.json", line=3, pointer="/x", message="bad", seen="1", hint="Mend it")
    assert render_findings([fault], "text") == (
        "a.json:3 /x: error: bad\n"
        "  seen: 1\n"
        "  fix:  Mend it\n"
        "  code: predictions.study-missing\n"
        "1 error.\n"
    )


def test_an_annotation_escapes_percent_line_ends_and_separators() -> None:
    fault = s.finding(path="a,b:c%", pointer="", message="5 % off", seen="x", hint="Mend")
    assert render_findings([fault], "github") == (
        "::error file=a%2Cb%3Ac%25,title=predictions.study-missing::"
        "5 %25 off%0ASeen: x%0AFix: Mend\n"
    )


def test_json_gives_the_findings_back() -> None:
    faults = [s.finding(), s.collapse()]
    plain = json.loads(render_findings(faults, "json"))
    assert [Finding.from_plain(one) for one in plain] == faults
    assert render_findings([], "json") == "[]\n"


@pytest.mark.parametrize("form", FORMS)
def test_no_finding_is_said_in_words(form: Format) -> None:
    assert render_findings([], form) == "No problem found.\n"
    assert render_findings([], "github") == ""


def test_scores_are_aligned_and_what_is_missing_says_why() -> None:
    columns = (s.column(title="胸部"), *s.COLUMNS[1:])
    lines = render_scores([s.scorecard(0.0, metrics={"radcliq_v1": s.scored(0.0)})], columns)
    head, title, first, *rest = lines.splitlines()
    assert head == "iu-xray.findings, 590 studies"
    assert first.split() == ["胸部", "↓", "0.000", "[-0.050,", "0.050]"]
    assert width(title) == width(first)
    assert rest == ["  1/RadCliQ-v1, BLEU-2, GREEN unavailable: not part of this scorer"]
