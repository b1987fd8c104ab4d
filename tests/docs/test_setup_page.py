"""The page about setting up names every kind of thing that `rexrank setup` sets."""

from __future__ import annotations

import re

import pytest

from bot.checks.setup.repository import check_setup
from bot.domain.repository_setup import RepositorySetup, SetupWish, Writer
from tests.docs.pages import CHECKOUT

PAGE = (CHECKOUT / "docs" / "how-to" / "set-up-github.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `([^`]+)` \|", PAGE, re.M)


def names_of(writer: Writer) -> list[str]:
    wish = SetupWish("ada/board", writer=writer, app_id=7, maintainers=("ada",))
    return [point.name for point in check_setup(RepositorySetup(wish, {}))]


@pytest.mark.parametrize("writer", ["app", "deploy-key", "token"])
def test_every_point_of_a_setup_has_a_row(writer: Writer) -> None:
    for name in names_of(writer):
        assert any(name.startswith(row) for row in ROWS), name


def test_every_row_is_about_a_point() -> None:
    names = [*names_of("app"), *names_of("deploy-key")]
    for row in ROWS:
        assert any(name.startswith(row) for name in names), row
