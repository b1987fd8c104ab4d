"""Names that differ between servers come from the environment."""

from __future__ import annotations

import pytest

from bot.errors import Misconfigured
from bot.jobs.environment import api_url
from bot.jobs.installation import Installation


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("GITHUB_SERVER_URL", "GITHUB_API_URL", "REXRANK_BOT_LOGIN"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_the_author_is_the_card_s_account_at_github_com_by_default() -> None:
    author = Installation(None).author()
    assert author.name == "github-actions[bot]"
    assert author.email == "github-actions[bot]@users.noreply.github.com"
    assert api_url() == "https://api.github.com"


def test_the_author_s_address_is_one_of_the_server_that_is_used(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("GITHUB_SERVER_URL", "https://ghe.example:8443")
    environment.setenv("GITHUB_API_URL", "https://ghe.example:8443/api/v3")
    assert Installation(None).author().email == "github-actions[bot]@users.noreply.ghe.example"
    assert api_url() == "https://ghe.example:8443/api/v3"


def test_the_bot_s_login_can_be_named(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("REXRANK_BOT_LOGIN", "board-writer[bot]")
    installation = Installation(None)
    assert installation.bot_login == "board-writer[bot]"
    assert installation.author().name == "board-writer[bot]"


@pytest.mark.parametrize("login", ["a b", "x\ny", "<m@h>", "a[bot]b"])
def test_what_is_no_login_is_refused(environment: pytest.MonkeyPatch, login: str) -> None:
    environment.setenv("REXRANK_BOT_LOGIN", login)
    with pytest.raises(Misconfigured, match="REXRANK_BOT_LOGIN"):
        _ = Installation(None).bot_login
