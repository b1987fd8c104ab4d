"""`rexrank setup` on an empty repository, interrupted, repeated, and with too weak a token."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.github.calls import Patience
from bot.adapters.github.settings import GitHubSettings
from tests.fakes.github_server import Fault
from tests.fakes.github_server.clients import BOARD
from tests.integration.setup_world import (
    ADMINISTRATOR,
    APP,
    IDENTITY,
    SetupWorld,
    app_keys,
    new_world,
)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SetupWorld]:
    with new_world(tmp_path, monkeypatch) as made:
        yield made


def test_an_empty_repository_is_set_up_with_an_app_in_one_run(world: SetupWorld) -> None:
    status, said = world.setup(*world.by_app)
    assert (status, said["left"]) == (0, []), world.said
    assert world.doctor_by_app("--maintainer", "mia") == (0, {})

    rules = {row["name"]: row for row in world.repository.rulesets.values()}
    ours = [{"actor_id": APP.id, "actor_type": "Integration", "bypass_mode": "always"}]
    assert {name: row["bypass_actors"] for name, row in rules.items()} == {
        "rexrank: history": [],
        "rexrank: main": ours,
        "rexrank: ledger": ours,
    }
    secrets = {
        (name, secret): row["value"]
        for name, environment in world.repository.environments.items()
        for secret, row in environment["secrets"].items()
    }
    private = app_keys()[0]
    assert secrets == {
        ("sealed", "REXRANK_AGE_IDENTITY"): IDENTITY,
        ("sealed", "REXRANK_APP_KEY"): private,
        ("bot", "REXRANK_APP_KEY"): private,
    }
    git = world.repository.git
    assert git.run("show", "main:.github/CODEOWNERS") == "* @mia\n/leaderboard/\n"
    assert git.run("ls-tree", "ledger") == ""
    assert git.run("rev-list", "--count", "ledger").strip() == "1"
    assert world.repository.variables["REXRANK_BOT_LOGIN"] == "our-board[bot]"

    before = world.state()
    world.writes()
    status, said = world.setup(*world.by_app)
    assert (status, world.writes()) == (0, [])
    assert {point["change"] for point in said["plan"]} == {"keep"}
    assert world.state() == before


def test_an_empty_repository_is_set_up_with_a_deploy_key_in_one_run(world: SetupWorld) -> None:
    status, said = world.setup(*world.by_key)
    assert (status, said["left"]) == (0, []), world.said
    assert world.doctor() == (0, {})
    (key,) = world.repository.deploy_keys.values()
    assert (key["title"], key["read_only"]) == ("rexrank", False)
    environments = world.repository.environments
    private = [environments[e]["secrets"]["REXRANK_DEPLOY_KEY"]["value"] for e in ("bot", "sealed")]
    assert private[0] == private[1]
    assert private[0].startswith("-----BEGIN OPENSSH PRIVATE KEY-----")
    world.writes()
    assert world.setup(*world.by_key)[0] == 0
    assert world.writes() == []


def test_row_41_merging_can_be_left_to_the_bot_alone(world: SetupWorld) -> None:
    wished = (*world.by_app, "--merge-through-bot", "--no-squash")
    status, said = world.setup(*wished)
    assert (status, said["left"]) == (0, []), world.said
    main = next(r for r in world.repository.rulesets.values() if r["name"] == "rexrank: main")
    assert [rule["type"] for rule in main["rules"]][-1] == "update"
    assert world.repository.merging["allow_squash_merge"] is False
    assert world.doctor_by_app("--merge-through-bot", "--no-squash") == (0, {})
    world.writes()
    assert world.setup(*wished)[0] == 0
    assert world.setup(*world.by_app)[0] == 0  # what was asked for once is not taken back
    assert world.writes() == []


def test_the_run_s_own_token_leaves_the_branches_open_and_says_so(world: SetupWorld) -> None:
    status, said = world.setup(*world.common, "--token-only")
    assert (status, said["left"]) == (0, []), world.said
    open_branches = [p["note"] for p in said["plan"] if p["name"].endswith("not protected")]
    assert len(open_branches) == 2
    assert all("without a review" in note for note in open_branches)
    assert [row["name"] for row in world.repository.rulesets.values()] == ["rexrank: history"]


def test_a_dry_run_writes_nothing_and_shows_every_value(world: SetupWorld) -> None:
    status, said = world.setup(*world.by_app, "--dry-run")
    assert (status, world.writes()) == (0, [])
    plan = {point["name"]: point for point in said["plan"]}
    assert plan["variable REXRANK_APP_ID"]["change"] == "create"
    assert plan["variable REXRANK_APP_ID"]["wanted"] == str(APP.id)
    assert plan["CODEOWNERS"]["now"] == "* @rexrank-maintainers; /leaderboard/"
    assert plan["CODEOWNERS"]["wanted"] == "* @mia; /leaderboard/"
    assert plan["Actions: token"]["now"] == "default_workflow_permissions: write"
    assert plan["label rexrank: scored"]["writes"] == ["POST labels"]

    status, text = world.run("setup", BOARD, *world.by_app, "--dry-run")
    assert (status, world.writes()) == (0, [])
    assert "change   CODEOWNERS" in text
    for secret in (IDENTITY, app_keys()[0]):
        assert secret.strip() not in text
        assert secret.strip() not in str(said)


def test_a_run_that_is_killed_over_and_over_completes_when_repeated(
    world: SetupWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    does = GitHubSettings.repair
    repairs = 0

    def repair_and_die(host: GitHubSettings, *arguments: Any) -> None:
        nonlocal repairs
        does(host, *arguments)
        repairs += 1
        if repairs % 3 != 1:  # after one, then after two more, and so on
            raise KeyboardInterrupt

    monkeypatch.setattr(GitHubSettings, "repair", repair_and_die)
    killed = 0
    while world.setup(*world.by_key)[0] == 130:
        killed += 1
        assert killed < 40
    assert killed > 12
    assert world.setup(*world.by_key)[0] == 0
    monkeypatch.setattr(GitHubSettings, "repair", does)
    (tmp_path / "other").mkdir()
    with new_world(tmp_path / "other", monkeypatch) as other:
        assert other.setup(*other.by_key)[0] == 0
        assert other.state() == world.state()


WRITES = [
    ("POST", r"/labels$"),
    ("POST", r"/actions/variables$"),
    ("PUT", r"/environments/sealed$"),
    ("POST", r"/environments/bot/deployment-branch-policies$"),
    ("PUT", r"/environments/sealed/secrets/REXRANK_AGE_IDENTITY$"),
    ("PUT", r"/environments/sealed/secrets/REXRANK_DEPLOY_KEY$"),
    ("POST", r"/keys$"),
    ("PUT", r"/contents/"),
    ("POST", r"/git-receive-pack$"),
    ("PUT", r"/actions/permissions$"),
    ("PATCH", r"/repos/board/reports$"),
    ("POST", r"/pages$"),
    ("POST", r"/rulesets$"),
]


@pytest.mark.parametrize("kind", ["500", "drop_after"])
def test_a_fault_at_any_kind_of_write_stops_no_other_and_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Any
) -> None:
    monkeypatch.setattr("bot.adapters.github.connection.Patience", lambda: Patience(retries=0))
    for name in ("whole", "faulty"):
        (tmp_path / name).mkdir()
    with new_world(tmp_path / "whole", monkeypatch) as whole:
        assert whole.setup(*whole.by_key)[0] == 0
        wanted = whole.state()
    with new_world(tmp_path / "faulty", monkeypatch) as world:
        world.server.faults += [Fault(method, path, 1, kind) for method, path in WRITES]
        runs = 1
        while (status := world.setup(*world.by_key)[0]) != 0:
            assert status == 1
            # What does not depend on a write that failed was done in the same run.
            assert len(world.repository.labels) >= 3
            assert len(world.repository.variables) >= 4
            runs += 1
            assert runs < 6
        assert runs > 1
        assert [fault.path_pattern for fault in world.server.faults if not fault.seen] == []
        assert world.state() == wanted


LISTED = {
    "actions": "environment sealed",
    "administration": "Actions: token",
    "contents": "branch ledger",
    "environments": "secret REXRANK_AGE_IDENTITY of sealed",
    "issues": "labels",
    "pages": "Pages",
    "variables": "variables",
}


@pytest.mark.parametrize("lacking", sorted(set(ADMINISTRATOR) - {"metadata"}))
def test_what_the_token_may_not_do_is_listed_after_all_else_was_done(
    world: SetupWorld, monkeypatch: pytest.MonkeyPatch, lacking: str
) -> None:
    granted = {scope: level for scope, level in ADMINISTRATOR.items() if scope != lacking}
    world.server.add_token("weaker", "board", permissions=granted)
    monkeypatch.setenv("REXRANK_TOKEN", "weaker")
    status, said = world.setup(*world.by_app)
    assert status == 1
    left = {point["name"]: point for point in said["left"]}
    assert LISTED[lacking] in left
    for name, point in left.items():
        told = f"{point['where']} {point['needs']} {point['reason']}"
        assert lacking in told or "first put right" in told, (name, told)
        assert point["where"] or point["needs"], name
    for scope in {"issues", "variables"} - {lacking}:
        assert LISTED[scope] not in left
    if lacking != "administration":  # which Pages needs too
        assert not {LISTED["administration"], LISTED["pages"]} - {LISTED[lacking]} & set(left)
    if lacking == "administration":
        monkeypatch.setenv("REXRANK_TOKEN", "administrator")
        assert world.setup(*world.by_app)[0] == 0


def test_an_unknown_app_or_person_is_named_and_nothing_is_weakened_for_them(
    world: SetupWorld,
) -> None:
    (tmp := world.folder / "other.pem").write_text(app_keys()[0])
    options = ("--maintainer", "nobody", "--app", "7", "--app-key", str(tmp))
    status, said = world.setup(*options)
    assert status == 1
    left = {point["name"]: point for point in said["left"]}
    assert left["app 7"]["problem"] == "the key is not one of app 7"
    assert left["maintainer nobody"]["problem"] == "nobody may not write to board/reports"
    assert "CODEOWNERS" in left["branch main: a review"]["reason"]
    assert "part of the ruleset source" in left["branch ledger: only the bot"]["reason"]
    assert left["secret REXRANK_APP_KEY of sealed"]["reason"].startswith("not tried")
    assert [row["name"] for row in world.repository.rulesets.values()] == ["rexrank: history"]


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--app", "15368"),
        ("--app", "1", "--deploy-key"),
        ("--deploy-key", "--app-key", "app.pem"),
        ("--deploy-key", "--merge-through-bot"),
    ],
)
def test_one_writer_has_to_be_chosen(world: SetupWorld, options: tuple[str, ...]) -> None:
    (world.folder / "app.pem").touch()
    options = tuple(str(world.folder / o) if o == "app.pem" else o for o in options)
    assert world.setup(*options)[0] == 2
    assert world.server.requests == []


def test_a_file_that_holds_no_key_is_refused_before_anything_is_written(
    world: SetupWorld,
) -> None:
    (world.folder / "app.pem").write_text("not a secret that anybody should read\n")
    assert world.setup(*world.by_app)[0] == 78
    assert "not a private RSA key" in world.said
    assert "anybody should read" not in world.said
    (world.folder / "identity.txt").write_text("age1public\n")
    assert world.setup(*world.by_key)[0] == 2
    assert "holds no age identity" in world.said
    assert world.writes() == []


def test_a_wrong_token_or_repository_is_a_misconfiguration(
    world: SetupWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert world.run("setup", "board/other", *world.by_app)[0] == 78
    monkeypatch.setenv("REXRANK_TOKEN", "wrong")
    assert world.setup(*world.by_app)[0] == 78
    assert "401 Bad credentials" in world.said
