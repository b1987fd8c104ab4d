"""`rexrank doctor --github` against the loopback GitHub: what is missing is named, with its fix."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.cli.app import run
from tests.fakes.github_server import GitHubServer
from tests.fakes.github_server.clients import BOARD
from tests.fakes.github_server.description import DESCRIPTION
from tests.fakes.github_server.settings_documents import sound_protection, sound_settings
from tests.require import require

APP = 4242


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHubServer]:
    require(DESCRIPTION.exists(), "npm packages are missing: (cd tests/npm && npm ci)")
    with GitHubServer() as running:
        running.create_repository(BOARD, {"README.md": "hi\n"})
        running.add_token("owner", "board")
        running.repository(BOARD).settings = sound_settings(APP)
        monkeypatch.setenv("GITHUB_API_URL", running.api_url)
        monkeypatch.setenv("GITHUB_REPOSITORY", BOARD)
        monkeypatch.setenv("REXRANK_TOKEN", "owner")
        yield running


def doctor(capsys: pytest.CaptureFixture[str], app: int = APP) -> tuple[int, dict[str, str]]:
    """Return the exit status, and name and detail of what is not in order."""
    capsys.readouterr()
    status = run(["doctor", "--github", "--app", str(app), "--output-format", "json"])
    found = json.loads(capsys.readouterr().out)
    return status, {p["name"]: p["detail"] for p in found if p["verdict"] != "ok"}


def test_a_sound_setup_has_nothing_missing(
    server: GitHubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert doctor(capsys) == (0, {})


def test_the_older_branch_protection_counts_as_well(
    server: GitHubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = server.repository(BOARD).settings
    del settings["rules/branches/main"]
    settings["branches/main/protection"] = sound_protection(APP)
    assert doctor(capsys) == (0, {})


def drop_rule(kind: str, branch: str = "main") -> Callable[[dict[str, Any]], None]:
    def change(settings: dict[str, Any]) -> None:
        path = f"rules/branches/{branch}"
        settings[path] = [rule for rule in settings[path] if rule["type"] != kind]

    return change


def ask(kind: str, **parameters: Any) -> Callable[[dict[str, Any]], None]:
    def change(settings: dict[str, Any]) -> None:
        for rule in settings["rules/branches/main"]:
            if rule["type"] == kind:
                rule["parameters"].update(parameters)

    return change


def put(path: str, **values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda settings: settings[path].update(values)


def gone(path: str) -> Callable[[dict[str, Any]], None]:
    return lambda settings: settings.pop(path)


def variable(name: str, value: str | None) -> Callable[[dict[str, Any]], None]:
    def change(settings: dict[str, Any]) -> None:
        rows = settings["actions/variables"]["variables"]
        row = next(row for row in rows if row["name"] == name)
        if value is None:
            rows.remove(row)
        else:
            row["value"] = value

    return change


FOREIGN = [{"context": "rexrank", "integration_id": 15368}]
ANY_APP = [{"context": "rexrank"}]


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (drop_rule("pull_request"), ["a review", "code owner", "latest push"]),
        (ask("pull_request", require_code_owner_review=False), ["code owner"]),
        (
            ask(
                "pull_request",
                dismiss_stale_reviews_on_push=False,
                require_last_push_approval=False,
            ),
            ["latest push"],
        ),
        (drop_rule("required_status_checks"), ["check"]),
        (ask("required_status_checks", required_status_checks=FOREIGN), ["check"]),
        (ask("required_status_checks", required_status_checks=ANY_APP), ["check"]),
        (drop_rule("non_fast_forward"), ["no force push"]),
        (drop_rule("deletion"), ["no deletion"]),
        (drop_rule("non_fast_forward", "ledger"), ["branch ledger: no force pushes"]),
        (drop_rule("deletion", "ledger"), ["branch ledger: no deletion"]),
        (put("rulesets/7", bypass_actors=[]), ["rulesets/7: bypass for publish"]),
        (gone("environments/sealed"), ["environment sealed"]),
        (put("environments/sealed", protection_rules=[]), ["environment sealed: reviewers"]),
        (put("environments/sealed/secrets", secrets=[]), ["secret REXRANK_AGE_IDENTITY"]),
        (variable("REXRANK_SCORER_IMAGE", None), ["variable REXRANK_SCORER_IMAGE"]),
        (variable("REXRANK_SCORER_IMAGE", "a/b:latest"), ["variable REXRANK_SCORER_IMAGE"]),
        (variable("REXRANK_APP_ID", "1"), ["variable REXRANK_APP_ID"]),
        (
            put("actions/permissions/workflow", default_workflow_permissions="write"),
            ["Actions: token"],
        ),
        (
            put(
                "actions/permissions/fork-pr-contributor-approval",
                approval_policy="first_time_contributors",
            ),
            ["Actions: forks"],
        ),
        (put("actions/permissions", sha_pinning_required=False), ["Actions: pinned"]),
        (gone("pages"), ["Pages"]),
    ],
)
def test_row_6_7_what_is_missing_is_named_with_its_fix(
    server: GitHubServer,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[dict[str, Any]], None],
    names: list[str],
) -> None:
    change(server.repository(BOARD).settings)
    status, missing = doctor(capsys)
    assert status == 1
    assert [name.removeprefix("branch main: ") for name in missing] == names
    for detail in missing.values():
        assert "Settings > " in detail
        assert f"/repos/{BOARD}/" in detail


def test_what_may_not_be_read_is_never_taken_for_sound(
    server: GitHubServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    server.add_token("bot", permissions={"contents": "read"})
    monkeypatch.setenv("REXRANK_TOKEN", "bot")
    status, missing = doctor(capsys)
    assert status == 1
    assert missing["variables"] == "the token may not read it; give the token `variables: read`"
    assert missing["Pages"] == "the token may not read it; give the token `pages: read`"
    assert "Actions: token" in missing


def test_a_bare_repository_lacks_everything(
    server: GitHubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.repository(BOARD).settings = {}
    status, missing = doctor(capsys)
    assert status == 1
    assert len(missing) >= 15


def test_a_repository_that_is_not_there_is_a_misconfiguration(
    server: GitHubServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", "board/other")
    assert run(["doctor", "--github"]) == 78
    assert "GitHub, reading the repository: 404" in capsys.readouterr().err
