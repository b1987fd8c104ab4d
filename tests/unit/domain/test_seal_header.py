"""What a sealed file is bound to, and what is said when it does not fit."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.checks.submission.sealed_predictions import check_header
from bot.domain.seal_header import MOST_HEADER_BYTES, SealHeader, add_header, split_header

HEADER = SealHeader(
    leaderboard="https://github.com/board/reports",
    entry="secretive",
    dataset="locked",
    section="findings",
    user_id=4711,
)
VICTIM = {
    "leaderboard": "https://github.com/victim/board",
    "entry": "victims-entry",
    "dataset": "victims-set",
    "section": "report",
    "user_id": 90210,
}


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("leaderboard", "other-leaderboard"),
        ("entry", "other-entry"),
        ("dataset", "other-board"),
        ("section", "other-board"),
        ("user_id", "other-author"),
    ],
)
def test_row_34_a_field_that_does_not_fit_has_a_code_and_tells_nothing_of_the_other(
    field: str, code: str
) -> None:
    found = HEADER.model_copy(update={field: VICTIM[field]})
    (finding,) = check_header(found, HEADER, path="p.json.age")
    assert (finding.code, finding.level) == (f"sealed.{code}", "error")
    assert not [v for v in ("victim", "90210") if v in finding.to_json().decode()]
    assert check_header(HEADER, HEADER, path="p.json.age") == []


def test_row_34_everything_that_does_not_fit_is_told_at_once() -> None:
    found = SealHeader.from_plain(VICTIM)
    codes = [finding.code for finding in check_header(found, HEADER, path="p.json.age")]
    assert codes == [
        "sealed.other-leaderboard",
        "sealed.other-entry",
        "sealed.other-board",
        "sealed.other-author",
    ]


def test_the_predictions_are_what_follows_the_first_line_byte_by_byte() -> None:
    predictions = b'{"a":\r\n "b"}\n\n'
    assert split_header(add_header(HEADER, predictions)) == (HEADER, predictions)


def document(**changed: Any) -> bytes:
    return json.dumps(HEADER.model_dump(mode="json") | changed).encode() + b"\n{}"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b'{"study-1": "Clear."}\n',
        b'{\n "study-1": "Clear."\n}',
        b"\xff\xfe\n{}",
        document(schema_version=2),
        document(user_id="4711"),
        document(user_id=0),
        document(more=1),
        b" " * MOST_HEADER_BYTES + document(),
    ],
    ids=range(10),
)
def test_row_34_what_has_no_header_is_refused_and_stays_whole(data: bytes) -> None:
    assert split_header(data) == (None, data)
    (finding,) = check_header(None, HEADER, path="p.json.age")
    assert finding.code == "sealed.no-header"
