"""Each thing that is wrong is named, setup repairs exactly it, and the doctor says the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest

from bot.checks.setup.repository import check_setup
from bot.domain.label import LABELS
from bot.domain.repository_setup import RepositorySetup, SetupWish
from tests.fakes.github_server import Repository
from tests.fakes.github_server.clients import BOARD
from tests.integration.setup_world import APP, SetupWorld, new_world

Break = Callable[[Repository], object]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SetupWorld]:
    """A repository that was set up with an app; a test that breaks something repairs it."""
    with (
        pytest.MonkeyPatch.context() as patch,
        new_world(tmp_path_factory.mktemp("setup"), patch) as made,
    ):
        assert made.setup(*made.by_app)[0] == 0
        yield made


@pytest.fixture
def world(finished: SetupWorld) -> Iterator[SetupWorld]:
    """The repository, put back afterwards as it was."""
    one = finished.repository
    names = ("rulesets", "environments", "variables", "actions", "merging", "pages", "labels",
             "deploy_keys", "protections", "apps", "collaborators")  # fmt: skip
    kept = {name: deepcopy(getattr(one, name)) for name in names if name != "environments"}
    environments = {
        name: {**row, **{key: deepcopy(row[key]) for key in ("reviewers", "policies", "secrets")}}
        for name, row in one.environments.items()
    }
    finished.writes()
    yield finished
    for name, value in kept.items():
        setattr(one, name, value)
    one.environments = environments


def ruleset(repository: Repository, name: str) -> dict[str, Any]:
    return next(r for r in repository.rulesets.values() if r["name"] == f"rexrank: {name}")


def drop_rule(kind: str, name: str = "main") -> Break:
    def change(repository: Repository) -> None:
        found = ruleset(repository, name)
        found["rules"] = [rule for rule in found["rules"] if rule["type"] != kind]

    return change


def ask(kind: str, **parameters: Any) -> Break:
    def change(repository: Repository) -> None:
        for rule in ruleset(repository, "main")["rules"]:
            if rule["type"] == kind:
                rule["parameters"].update(parameters)

    return change


def put(name: str, **values: Any) -> Break:
    return lambda repository: ruleset(repository, name).update(values)


def add_actor(name: str, **actor: Any) -> Break:
    row = {"bypass_mode": "always", **actor}
    return lambda repository: ruleset(repository, name)["bypass_actors"].append(row)


def environment(name: str, **values: Any) -> Break:
    return lambda repository: repository.environments[name].update(values)


def actions(path: str, **values: Any) -> Break:
    return lambda repository: repository.actions[path].update(values)


def variable(name: str, value: str | None) -> Break:
    def change(repository: Repository) -> None:
        if value is None:
            del repository.variables[name]
        else:
            repository.variables[name] = value

    return change


def admit(name: str, branch: str) -> Break:
    return lambda repository: repository.environments[name]["policies"].update(
        {99: {"name": branch, "type": "branch"}}
    )


LABEL = LABELS[0].name
MAIN, LEDGER = "branch main", "branch ledger"
REVIEW = [f"{MAIN}: a review", f"{MAIN}: code owner", f"{MAIN}: latest push"]
FOREIGN = [{"context": "rexrank", "integration_id": 15368}]
ANY_APP = [{"context": "rexrank"}]
PUSHES = f"{MAIN}: the bot's pushes: rexrank: main"
LEDGER_PUSHES = f"{LEDGER}: the bot's pushes: rexrank: ledger"
HISTORY = [f"{b}: no {w}" for b in (MAIN, LEDGER) for w in ("force push", "deletion")]
ROLE = {"actor_id": 5, "actor_type": "RepositoryRole"}
POLICIES = "deployment-branch-policies"
BROKEN: list[tuple[Break, list[str], list[str]]] = [
    (drop_rule("pull_request"), REVIEW, ["PUT rulesets/N"]),
    (ask("pull_request", require_code_owner_review=False), REVIEW[1:2], ["PUT rulesets/N"]),
    (ask("pull_request", required_approving_review_count=0), REVIEW[:1], ["PUT rulesets/N"]),
    (
        ask("pull_request", dismiss_stale_reviews_on_push=False, require_last_push_approval=False),
        REVIEW[2:],
        ["PUT rulesets/N"],
    ),
    (drop_rule("required_status_checks"), [f"{MAIN}: check"], ["PUT rulesets/N"]),
    (
        ask("required_status_checks", required_status_checks=FOREIGN),
        [f"{MAIN}: check"],
        ["PUT rulesets/N"],
    ),
    (
        ask("required_status_checks", required_status_checks=ANY_APP),
        [f"{MAIN}: check"],
        ["PUT rulesets/N"],
    ),
    (
        put("main", enforcement="evaluate"),
        [*REVIEW, f"{MAIN}: check"],
        ["PUT rulesets/N"],
    ),
    (put("main", bypass_actors=[]), [PUSHES], ["PUT rulesets/N"]),
    (
        put("main", bypass_actors=[{"actor_id": 99, "actor_type": "Integration"}]),
        [*REVIEW, f"{MAIN}: check", PUSHES],
        ["PUT rulesets/N"],
    ),
    (add_actor("main", **ROLE), [*REVIEW, f"{MAIN}: check", PUSHES], ["PUT rulesets/N"]),
    (
        add_actor("main", actor_id=None, actor_type="DeployKey"),
        [*REVIEW, f"{MAIN}: check", PUSHES],
        ["PUT rulesets/N"],
    ),
    (drop_rule("non_fast_forward", "history"), [HISTORY[0], HISTORY[2]], ["PUT rulesets/N"]),
    (drop_rule("deletion", "history"), [HISTORY[1], HISTORY[3]], ["PUT rulesets/N"]),
    (
        add_actor("history", actor_id=APP.id, actor_type="Integration"),
        HISTORY,
        ["PUT rulesets/N"],
    ),
    (drop_rule("update", "ledger"), [f"{LEDGER}: only the bot"], ["PUT rulesets/N"]),
    (add_actor("ledger", **ROLE), [f"{LEDGER}: only the bot", LEDGER_PUSHES], ["PUT rulesets/N"]),
    (put("ledger", bypass_actors=[]), [LEDGER_PUSHES], ["PUT rulesets/N"]),
    (
        environment("sealed", reviewers=[]),
        ["environment sealed: reviewers"],
        ["PUT environments/sealed"],
    ),
    (
        environment("bot", deployment_branch_policy=None),
        ["environment bot: branches"],
        ["PUT environments/bot"],
    ),
    (
        environment(
            "sealed",
            deployment_branch_policy={"protected_branches": True, "custom_branch_policies": False},
        ),
        ["environment sealed: branches"],
        ["PUT environments/sealed"],
    ),
    (
        environment("bot", policies={}),
        ["environment bot: branches"],
        [f"POST environments/bot/{POLICIES}"],
    ),
    (
        admit("bot", "try/*"),
        ["environment bot: branches"],
        [f"DELETE environments/bot/{POLICIES}/N"],
    ),
    (
        lambda repository: repository.environments["sealed"]["secrets"].pop("REXRANK_AGE_IDENTITY"),
        ["secret REXRANK_AGE_IDENTITY of sealed"],
        ["PUT environments/sealed/secrets/REXRANK_AGE_IDENTITY"],
    ),
    (
        lambda repository: repository.environments["bot"]["secrets"].clear(),
        ["secret REXRANK_APP_KEY of bot"],
        ["PUT environments/bot/secrets/REXRANK_APP_KEY"],
    ),
    (
        variable("REXRANK_SCORER_IMAGE", None),
        ["variable REXRANK_SCORER_IMAGE"],
        ["POST actions/variables"],
    ),
    (
        variable("REXRANK_SCORER_IMAGE", "a/b:latest"),
        ["variable REXRANK_SCORER_IMAGE"],
        ["PATCH actions/variables/REXRANK_SCORER_IMAGE"],
    ),
    (
        variable("REXRANK_APP_ID", "1"),
        ["variable REXRANK_APP_ID"],
        ["PATCH actions/variables/REXRANK_APP_ID"],
    ),
    (
        actions("actions/permissions/workflow", default_workflow_permissions="write"),
        ["Actions: token"],
        ["PUT actions/permissions/workflow"],
    ),
    (
        actions("actions/permissions/workflow", can_approve_pull_request_reviews=True),
        ["Actions: no approvals"],
        ["PUT actions/permissions/workflow"],
    ),
    (
        actions(
            "actions/permissions/fork-pr-contributor-approval",
            approval_policy="first_time_contributors",
        ),
        ["Actions: forks"],
        ["PUT actions/permissions/fork-pr-contributor-approval"],
    ),
    (
        actions("actions/permissions", sha_pinning_required=False),
        ["Actions: pinned"],
        ["PUT actions/permissions"],
    ),
    (
        lambda repository: repository.merging.update(allow_auto_merge=True),
        ["merging: not automatic"],
        ["PATCH "],
    ),
    (lambda repository: setattr(repository, "pages", None), ["Pages"], ["POST pages"]),
    (
        lambda repository: setattr(repository, "pages", {"build_type": "legacy"}),
        ["Pages"],
        ["PUT pages"],
    ),
    (lambda repository: repository.labels.pop(LABEL), [f"label {LABEL}"], ["POST labels"]),
    (
        lambda repository: setattr(repository.labels[LABEL], "color", "ffffff"),
        [f"label {LABEL}"],
        [f"PATCH labels/{LABEL}"],
    ),
]


@pytest.mark.parametrize(("change", "names", "writes"), BROKEN)
def test_row_6_7_what_is_wrong_is_named_and_setup_repairs_exactly_that(
    world: SetupWorld, change: Break, names: list[str], writes: list[str]
) -> None:
    before = world.state()
    change(world.repository)
    status, answer = world.setup(*world.by_app)
    assert (status, answer["left"]) == (0, [])
    wrong = {point["name"]: point for point in answer["plan"] if point["problem"]}
    assert sorted(wrong) == sorted(names)
    for point in wrong.values():
        assert "Settings > " in point["where"] or "Issues > " in point["where"]
    done = [" ".join(_numbered(word) for word in call.split(" ", 1)) for call in world.writes()]
    assert done == writes
    assert world.state() == before


def _numbered(word: str) -> str:
    parts = word.replace("%20", " ").split("/")
    return "/".join("N" if part.isdigit() else part for part in parts)


BY_HAND: list[tuple[Break, str, str]] = [
    (
        lambda repository: repository.collaborators.pop("mia"),
        "leaderboard.yaml: maintainer mia",
        "mia may not write",
    ),
    (
        lambda repository: repository.apps[APP.id].permissions.pop("issues"),
        f"app {APP.id}",
        "it lacks issues: write",
    ),
    (
        lambda repository: repository.protections.update(
            main={"required_status_checks": {"contexts": ["ci"], "checks": []}}
        ),
        f"{MAIN}: the bot's pushes: branch protection",
        "no app can pass by a check it requires",
    ),
    (
        lambda repository: repository.rulesets.update(
            {
                5: {
                    **deepcopy(ruleset(repository, "main")),
                    "id": 5,
                    "name": "a",
                    "bypass_actors": [],
                }
            }
        ),
        f"{MAIN}: the bot's pushes: a",
        f"app {APP.id} is not on the bypass list",
    ),
]


@pytest.mark.parametrize(("change", "name", "said"), BY_HAND)
def test_what_only_a_person_can_put_right_is_named_by_both(
    world: SetupWorld, change: Break, name: str, said: str
) -> None:
    change(world.repository)
    status, missing = world.doctor_by_app()
    assert status == 1
    assert said in missing[name]
    status, answer = world.setup(*world.by_app)
    assert status == 1
    assert name in {point["name"] for point in answer["left"]}


def test_what_may_not_be_read_is_never_taken_for_sound(
    world: SetupWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.server.add_token("bot", permissions={"contents": "read"})
    monkeypatch.setenv("REXRANK_TOKEN", "bot")
    status, missing = world.doctor_by_app()
    assert status == 1
    assert missing["variables"] == "the token may not read it; give the token `variables: read`"
    assert missing["Pages"] == "the token may not read it; give the token `pages: read`"
    assert "Actions: token" in missing
    assert "may not read who may pass by it" in missing[PUSHES]
    assert "who may pass by rexrank: main cannot be read" in missing[REVIEW[0]]


def test_without_its_key_an_app_s_permissions_are_said_to_be_unknown(world: SetupWorld) -> None:
    status, missing = world.doctor("--app", str(APP.id))
    assert status == 0
    assert list(missing) == [f"app {APP.id}"]
    assert "give --app-key" in missing[f"app {APP.id}"]


def test_the_doctor_says_what_the_plan_says_with_place_and_call(world: SetupWorld) -> None:
    for change, _, _ in BROKEN[::4]:
        change(world.repository)
    status, missing = world.doctor_by_app()
    _, answer = world.setup(*world.by_app, "--dry-run")
    assert status == 1
    assert set(missing) == {point["name"] for point in answer["plan"] if point["problem"]}
    for name, detail in missing.items():
        assert "Settings > " in detail or "Issues > " in detail
        assert f"/repos/{BOARD}" in detail or name.startswith("secret ")
    assert world.writes() == []


def test_row_41_only_the_bot_may_be_on_the_bypass_list_whoever_it_is_said_to_be(
    world: SetupWorld,
) -> None:
    status, missing = world.doctor()  # a deploy key was expected, an app is there
    assert status == 1
    assert {PUSHES, LEDGER_PUSHES, REVIEW[0]} <= set(missing)
    assert "the deploy key is not on the bypass list" in missing[PUSHES]


def test_another_deploy_key_that_may_write_passes_by_the_rules_too(
    world: SetupWorld, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    with new_world(tmp_path_factory.mktemp("keys"), monkeypatch) as other:
        assert other.setup(*other.by_key)[0] == 0
        key = next(iter(other.repository.deploy_keys.values()))
        other.repository.deploy_keys[3] = {**key, "id": 3, "title": "laptop", "key": "other"}
        status, missing = other.doctor()
        assert (status, list(missing)) == (1, ["deploy key laptop"])
        assert "Settings > Deploy keys" in missing["deploy key laptop"]


def test_nothing_at_all_is_taken_for_sound_where_nothing_was_read() -> None:
    wish = SetupWish(BOARD, writer="app", app_id=APP.id, maintainers=("mia",))
    points = check_setup(RepositorySetup(wish, {}))
    assert all(point.problem for point in points if not point.note)
    assert len(points) > 35


def test_a_repository_that_is_not_there_is_a_misconfiguration(
    world: SetupWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", "board/other")
    assert world.run("doctor", "--github")[0] == 78
    assert "GitHub, reading the repository: 404" in world.said
