"""Every attack of the threat model has a test that is found by the row's number."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PAGE = (CHECKOUT / "docs" / "explanation" / "threat-model.md").read_text()
ROWS = {int(number): line for number, line in re.findall(r"^(?=\| (\d+) \|)(.*)$", PAGE, re.M)}
NAMES = {
    name
    for path in (CHECKOUT / "tests").rglob("*.py")
    for name in re.findall(r"^\s*def (test_\w+)", path.read_text(), re.M)
}


def rows_of(name: str) -> set[int]:
    """Return the rows that a test's name says it shows: `test_row_1_2_30_...`."""
    found = re.match(r"test_row_((?:\d+_)+)", name)
    return {int(number) for number in found[1].split("_") if number} if found else set()


def test_the_page_has_every_row_once() -> None:
    listed = [int(number) for number in re.findall(r"^\| (\d+) \|", PAGE, re.M)]
    assert listed == [*range(1, 42), 46]


@pytest.mark.parametrize("row", sorted(ROWS))
def test_a_row_has_a_test_of_its_number(row: int) -> None:
    assert any(row in rows_of(name) for name in NAMES)


def test_every_test_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert named
    assert not named - NAMES
