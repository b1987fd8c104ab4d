"""The workflows as text: what act does not check, and what keeps them harmless."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.checks.merging.code_owners import CODE_OWNERS_FILE, owners_of
from bot.jobs.comment_commands.command_context import SEALED_WORKFLOW
from tests.require import require

CHECKOUT = Path(__file__).resolve().parents[2]
FOLDER = CHECKOUT / ".github" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))
COMPOSITES = sorted((CHECKOUT / ".github" / "actions").glob("*/action.yml"))
OWN_ACTION = re.compile(r"\./\.github/actions/(setup|scorer|writer)")
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
SCORES = {"attestations": "read", "contents": "read", "packages": "read"}
RECORDS = {"contents": "write", "pull-requests": "read"}
REPORTS = {"contents": "read", "pull-requests": "write", "checks": "write"}
LOOKS = {"contents": "read", "pull-requests": "read"}
WRITES: dict[tuple[str, str], dict[str, str]] = {
    ("submission", "inspect"): LOOKS,
    ("submission", "score"): SCORES,
    ("submission", "record"): RECORDS,
    ("submission", "report"): REPORTS,
    ("score-sealed", "inspect"): LOOKS,
    ("score-sealed", "score"): {**SCORES, "contents": "write", "pull-requests": "read"},
    ("score-sealed", "record"): RECORDS,
    ("score-sealed", "report"): REPORTS,
    ("gate", "judge"): {"checks": "write", **LOOKS},
    ("publish", "publish"): {"contents": "write"},
    ("publish", "site"): {"contents": "read"},
    ("publish", "deploy"): {"pages": "write", "id-token": "write"},
    ("rescore", "plan"): {"contents": "read"},
    ("rescore", "score"): SCORES,
    ("rescore", "record"): {"actions": "write", "contents": "write"},
    ("hygiene", "look"): {"checks": "read", "issues": "write", **LOOKS},
    ("hygiene", "publish"): {"actions": "write", "contents": "read"},
    ("commands", "answer"): {
        "actions": "write",
        "checks": "read",
        "contents": "write",
        "issues": "write",
        "pull-requests": "write",
    },
    ("scorer-image", "unset"): {},
    ("scorer-image", "build"): {
        "contents": "read",
        "packages": "write",
        "id-token": "write",
        "attestations": "write",
    },
}
ENVIRONMENTS = {
    ("submission", "record"): "bot",
    ("submission", "report"): "bot",
    ("score-sealed", "score"): "sealed",
    ("score-sealed", "record"): "bot",
    ("score-sealed", "report"): "bot",
    ("publish", "publish"): "bot",
    ("rescore", "record"): "bot",
    ("commands", "answer"): "bot",
}
"""Where the secrets of each job are kept; a job that is not here has none."""
GIVES_WAY = {
    "submission": "the newer run of the pull request does all of it again",
    "ci": "it writes nothing",
}
"""Why a run may be ended by a newer one; every other workflow's runs end by themselves."""


def load(path: Path) -> dict[Any, Any]:
    document: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


def steps(path: Path) -> list[dict[str, Any]]:
    document = load(path)
    if "runs" in document:
        own: list[dict[str, Any]] = document["runs"]["steps"]
        return own
    return [step for job in document["jobs"].values() for step in job["steps"]]


def jobs() -> list[tuple[str, str, dict[str, Any]]]:
    """Return workflow, name and definition of every job."""
    return [(p.stem, name, job) for p in WORKFLOWS for name, job in load(p)["jobs"].items()]


def uses(job: dict[str, Any], action: str) -> list[int]:
    """Return where a job uses one of the repository's own actions."""
    name = f"./.github/actions/{action}"
    return [n for n, step in enumerate(job["steps"]) if step.get("uses") == name]


def tool(name: str) -> str:
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.is_file() else shutil.which(name)
    require(found, f"{name} is not installed; run: make test")
    return str(found)


def check(*command: str) -> None:
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_zizmor_finds_nothing() -> None:
    check(tool("zizmor"), "--offline", "--quiet", "--no-progress", ".github")


def test_actionlint_finds_nothing() -> None:
    check(tool("actionlint"), *map(str, WORKFLOWS))


def test_the_schema_of_workflows_is_kept() -> None:
    schema = ("--builtin-schema", "vendor.github-workflows")
    check(tool("check-jsonschema"), *schema, *map(str, WORKFLOWS))
    schema = ("--builtin-schema", "vendor.github-actions")
    check(tool("check-jsonschema"), *schema, *map(str, COMPOSITES))
    schema = ("--builtin-schema", "vendor.dependabot")
    check(tool("check-jsonschema"), *schema, str(CHECKOUT / ".github/dependabot.yml"))


@pytest.mark.parametrize(
    "path", [*WORKFLOWS, *COMPOSITES], ids=lambda path: path.parent.name + "/" + path.stem
)
class TestEveryStep:
    def test_row_10_actions_are_pinned_by_commit(self, path: Path) -> None:
        for step in steps(path):
            name = step.get("uses")
            assert name is None or PINNED.fullmatch(name) or OWN_ACTION.fullmatch(name), step

    def test_row_4_no_expression_stands_in_a_script(self, path: Path) -> None:
        for step in steps(path):
            assert "${{" not in step.get("run", ""), step

    def test_row_9_no_checkout_keeps_its_credentials(self, path: Path) -> None:
        for step in steps(path):
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False
                # The queue's commit holds what waits to be merged: its program is not run.
                assert step["with"].get("ref") == ("main" if path.stem == "gate" else None)

    def test_row_8_nothing_is_cached(self, path: Path) -> None:
        for step in steps(path):
            assert "actions/cache" not in step.get("uses", "")
            assert "cache" not in step.get("with", {})

    def test_no_command_asks_the_code_host_without_credentials(self, path: Path) -> None:
        for step in steps(path):
            words = step.get("run", "")
            assert not re.search(r"\bgit (-C \S+ )?(fetch|clone|push|pull)\b", words), step
            if "GITHUB_SERVER_URL/$GITHUB_REPOSITORY" in words:
                assert "REXRANK_TOKEN" in step["env"], step


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
class TestEveryWorkflow:
    def test_nothing_is_permitted_but_what_a_job_names(self, path: Path) -> None:
        document = load(path)
        assert document["permissions"] == {}
        for name, job in document["jobs"].items():
            expected = WRITES.get((path.stem, name), {"contents": "read"})
            assert job["permissions"] == expected, name

    def test_every_job_ends_and_one_run_at_a_time(self, path: Path) -> None:
        document = load(path)
        assert document["concurrency"]["group"]
        assert all("timeout-minutes" in job for job in document["jobs"].values())

    def test_row_40_a_run_that_writes_is_not_ended_by_a_newer_one(self, path: Path) -> None:
        assert load(path)["concurrency"]["cancel-in-progress"] is (path.stem in GIVES_WAY)


def test_an_own_action_is_given_its_token() -> None:
    for path in COMPOSITES:
        assert "github.token" not in path.read_text(encoding="utf-8"), path
        assert "secrets." not in path.read_text(encoding="utf-8"), path


def test_the_program_is_set_up_in_one_way() -> None:
    for workflow, name, job in jobs():
        runs_it = [n for n, step in enumerate(job["steps"]) if "bin/rexrank" in step.get("run", "")]
        assert not runs_it or uses(job, "setup")[0] < runs_it[0], (workflow, name)
        assert all(step.get("run") != "make setup" for step in job["steps"]), (workflow, name)


def test_secrets_are_in_the_environments_that_only_main_may_use() -> None:
    for workflow, name, job in jobs():
        environment = job.get("environment")
        named = environment["name"] if isinstance(environment, dict) else environment
        expected = ENVIRONMENTS.get((workflow, name))
        assert named == (expected or ("github-pages" if name == "deploy" else None))
        assert expected or "secrets." not in str(job), (workflow, name)


def test_the_writers_token_may_do_what_the_runs_own_may() -> None:
    for workflow, name, job in jobs():
        for n in uses(job, "writer"):
            given = job["steps"][n]["with"]
            asked = {key: value for key, value in given.items() if value in {"read", "write"}}
            needed = WRITES[workflow, name].items()
            assert asked.items() <= needed, (workflow, name)
            own = {"contents", "issues", "pull-requests", "checks", "actions"}
            wanted = {k: v for k, v in needed if v == "write" and k in own}
            assert wanted.items() <= asked.items(), (workflow, name)


def test_the_submission_workflow_runs_for_pull_requests_to_main_only() -> None:
    document = load(FOLDER / "submission.yml")
    # YAML 1.1 reads the key `on` as true.
    trigger = document[True]
    inputs = trigger.pop("workflow_dispatch")["inputs"]
    assert set(inputs) == {"number", "head"}
    assert trigger == {
        "pull_request_target": {
            "types": ["opened", "synchronize", "reopened", "ready_for_review", "edited"],
            "branches": ["main"],
        }
    }


def test_an_edit_of_the_title_neither_runs_nor_ends_a_run() -> None:
    document = load(FOLDER / "submission.yml")
    assert document["jobs"]["inspect"]["if"] == (
        "github.event.action != 'edited' || github.event.changes.base"
    )
    group = document["concurrency"]["group"]
    assert "github.event.action == 'edited' && !github.event.changes.base && '-text'" in group
    # Without an inspection nothing is said either.
    assert "needs.inspect.result != 'skipped'" in document["jobs"]["report"]["if"]


def test_the_target_is_judged_as_it_is_now_and_without_a_token() -> None:
    for name in ("submission.yml", SEALED_WORKFLOW):
        job = load(FOLDER / name)["jobs"]["inspect"]["steps"]
        (inspect,) = (step for step in job if step.get("id") == "inspect")
        assert "--base refs/rexrank/target" in inspect["run"]
        assert "TOKEN" not in str(inspect["env"])


def test_a_merge_queue_is_answered_by_the_gate() -> None:
    document = load(FOLDER / "gate.yml")
    assert document[True] == {"merge_group": {"types": ["checks_requested"], "branches": ["main"]}}
    assert "secrets." not in str(document)


def test_row_40_whatever_changes_the_leaderboard_starts_the_one_workflow_that_publishes() -> None:
    for workflow, name, job in jobs():
        scripts = " ".join(step.get("run", "") for step in job["steps"])
        publishes = re.findall(r"bin/rexrank publish (\S+)", scripts)
        if (workflow, name) in {("rescore", "record"), ("hygiene", "publish")}:
            assert publishes == ["--dispatch"]
        else:
            assert not publishes or (workflow, name) == ("publish", "publish")
    trigger = load(FOLDER / "publish.yml")[True]
    assert set(trigger) == {"push", "workflow_dispatch"}
    assert load(FOLDER / "hygiene.yml")["jobs"]["publish"]["if"] == (
        "needs.look.outputs.publish == 'true' || vars.REXRANK_SITE != ''"
    )


def test_a_variable_that_is_not_set_is_named_and_reddens_no_push() -> None:
    document = load(FOLDER / "scorer-image.yml")["jobs"]
    assert document["build"]["if"] == "vars.REXRANK_IMAGE != '' && vars.REXRANK_REGISTRY != ''"
    assert document["unset"]["if"] == "vars.REXRANK_IMAGE == '' || vars.REXRANK_REGISTRY == ''"
    assert "::notice::" in document["unset"]["steps"][0]["run"]
    assert "REXRANK_IMAGE" in str(document["unset"])


def test_row_27_only_new_comments_on_pull_requests_are_commands() -> None:
    document = load(FOLDER / "commands.yml")
    assert document[True] == {"issue_comment": {"types": ["created"]}}
    assert "github.event.issue.pull_request" in document["jobs"]["answer"]["if"]


def test_row_10_there_is_one_way_to_bring_the_scorer_and_it_verifies() -> None:
    action = CHECKOUT / ".github/actions/scorer/action.yml"
    scripts = [step["run"] for step in steps(action)]
    (pulled,) = (n for n, script in enumerate(scripts) if "docker pull" in script)
    (verified,) = (n for n, script in enumerate(scripts) if "gh attestation verify" in script)
    assert steps(action)[pulled]["if"] == steps(action)[verified]["if"]
    assert "scorer-image.yml" in scripts[verified]
    assert "--source-ref refs/heads/main" in scripts[verified]
    for workflow, name, job in jobs():
        text = str(job["steps"])
        scores = [
            n
            for n, step in enumerate(job["steps"])
            if re.search(r"rexrank (score|score-sealed) ", step.get("run", ""))
        ]
        assert bool(scores) == bool(uses(job, "scorer")) or workflow == "scorer-image", name
        assert "docker pull" not in text or workflow == "scorer-image"
        assert "attestation verify" not in text


def test_row_10_the_scorer_is_verified_before_anything_of_a_submission_is_there() -> None:
    for name in ("submission.yml", SEALED_WORKFLOW):
        job = load(FOLDER / name)["jobs"]["score"]
        (scorer,) = uses(job, "scorer")
        received = [n for n, s in enumerate(job["steps"]) if "download-artifact@" in str(s)]
        secret = [n for n, step in enumerate(job["steps"]) if "secrets." in str(step)]
        assert scorer < min([*received, *secret])
    own = load(FOLDER / "submission.yml")["jobs"]["score"]["steps"]
    assert [n for n, step in enumerate(own) if "token" in str(step)] == [
        *uses({"steps": own}, "scorer")
    ]


def test_row_10_the_image_is_attested_by_digest_and_has_a_list_of_its_parts() -> None:
    document = load(FOLDER / "scorer-image.yml")
    job = [step for job in document["jobs"].values() for step in job["steps"]]
    for step in job:
        if "docker/build-push-action@" in step.get("uses", ""):
            assert step["with"]["sbom"] is True
            assert step["with"]["provenance"] == "mode=max"
    attested = [s["with"] for s in job if "attest-build-provenance@" in s.get("uses", "")]
    assert attested
    assert all("outputs.digest" in given["subject-digest"] for given in attested)


def test_the_owners_of_code_are_the_maintainers() -> None:
    card = yaml.safe_load((CHECKOUT / "bot/catalog/leaderboard.yaml").read_text(encoding="utf-8"))
    code_owners = (CHECKOUT / CODE_OWNERS_FILE).read_text(encoding="utf-8")
    for path in (".github/workflows/ci.yml", "bot/errors.py", "submissions/x/manifest.yaml"):
        assert owners_of(code_owners, path) == tuple(card["maintainers"])
    assert owners_of(code_owners, "leaderboard/README.md") == ()


def test_dependencies_of_a_pull_request_are_reviewed_and_the_locked_ones_audited() -> None:
    document = load(FOLDER / "ci.yml")
    # YAML 1.1 reads the key `on` as true. No secret and no token is worth taking there.
    assert set(document[True]) == {"pull_request", "push", "schedule"}
    used = [step.get("uses", "") for step in document["jobs"]["dependencies"]["steps"]]
    assert any(name.startswith("actions/dependency-review-action@") for name in used)
    assert document["jobs"]["audit"]["steps"][-1]["run"].startswith("make audit")


def test_the_job_that_deploys_the_site_builds_nothing_and_reads_nothing() -> None:
    jobs = load(FOLDER / "publish.yml")["jobs"]
    (step,) = jobs["deploy"]["steps"]
    assert step["uses"].startswith("actions/deploy-pages@")
    assert jobs["deploy"]["needs"] == "site"
    assert jobs["site"]["needs"] == "publish"
    assert jobs["site"]["if"] == "vars.REXRANK_SITE != ''"


def test_sealed_scoring_takes_what_the_command_gives_and_waits_for_a_reviewer() -> None:
    document = load(FOLDER / SEALED_WORKFLOW)
    assert set(document[True]) == {"workflow_dispatch"}
    assert set(document[True]["workflow_dispatch"]["inputs"]) == {"number", "head"}


def test_row_35_nothing_sealed_is_scored_without_a_reservation() -> None:
    job = load(FOLDER / SEALED_WORKFLOW)["jobs"]["score"]["steps"]
    names = {step.get("id"): n for n, step in enumerate(job)}
    assert names["reserve"] < names["score"]
    assert "quota reserve" in job[names["reserve"]]["run"]
    assert "if" not in job[names["reserve"]]
    assert job[names["score"]]["if"] == "steps.reserve.outputs.reserved == 'true'"
    # Released before the upload: scores that were made keep what they cost, shown or not.
    release = job[names["upload"] - 1]
    assert "quota release" in release["run"]
    assert release["if"].startswith("(failure() || cancelled() ")


def test_row_32_secrets_are_given_to_one_step_that_uploads_nothing_else() -> None:
    job = load(FOLDER / SEALED_WORKFLOW)["jobs"]["score"]
    private = [step for step in job["steps"] if re.search(r"secrets\.\w*(AGE|STORE)", str(step))]
    assert [step["id"] for step in private] == ["score"]
    uploads = [s["with"] for s in job["steps"] if "upload-artifact" in s.get("uses", "")]
    assert [upload["path"] for upload in uploads] == ["sealed"]
    others = [path for path in WORKFLOWS if path.name != SEALED_WORKFLOW]
    for path in others:
        given = [line for line in path.read_text().splitlines() if "${{ secrets." in line]
        assert not [line for line in given if "AGE" in line or "STORE" in line], path
