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

from bot.checks.code_owners import CODE_OWNERS_FILE, owners_of
from bot.pipeline.commands import SEALED_WORKFLOW
from tests.require import require

CHECKOUT = Path(__file__).resolve().parents[2]
FOLDER = CHECKOUT / ".github" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
WRITES: dict[tuple[str, str], dict[str, str]] = {
    ("submission", "score"): {"attestations": "read", "contents": "read"},
    ("submission", "record"): {"contents": "write", "pull-requests": "read"},
    ("submission", "report"): {
        "contents": "read",
        "pull-requests": "write",
        "checks": "write",
    },
    ("score-sealed", "inspect"): {"contents": "read", "pull-requests": "read"},
    ("score-sealed", "score"): {
        "attestations": "read",
        "contents": "read",
        "pull-requests": "read",
    },
    ("score-sealed", "record"): {"contents": "write", "pull-requests": "read"},
    ("score-sealed", "report"): {
        "contents": "read",
        "pull-requests": "write",
        "checks": "write",
    },
    ("publish", "publish"): {"contents": "write"},
    ("publish", "deploy"): {"pages": "write", "id-token": "write"},
    ("rescore", "record"): {"contents": "write"},
    ("hygiene", "look"): {
        "checks": "read",
        "contents": "read",
        "issues": "write",
        "pull-requests": "read",
    },
    ("commands", "answer"): {
        "actions": "write",
        "checks": "read",
        "contents": "write",
        "pull-requests": "write",
    },
    ("scorer-image", "build"): {
        "contents": "read",
        "packages": "write",
        "id-token": "write",
        "attestations": "write",
    },
}


def load(path: Path) -> dict[Any, Any]:
    document: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in load(path)["jobs"].values() for step in job["steps"]]


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


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
class TestEveryWorkflow:
    def test_row_10_actions_are_pinned_by_commit(self, path: Path) -> None:
        for step in steps(path):
            assert "uses" not in step or PINNED.fullmatch(step["uses"]), step

    def test_row_4_no_expression_stands_in_a_script(self, path: Path) -> None:
        for step in steps(path):
            assert "${{" not in step.get("run", ""), step

    def test_row_9_no_checkout_keeps_its_credentials(self, path: Path) -> None:
        for step in steps(path):
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False
                assert "ref" not in step["with"]

    def test_row_8_nothing_is_cached(self, path: Path) -> None:
        for step in steps(path):
            assert "actions/cache" not in step.get("uses", "")
            assert "cache" not in step.get("with", {})

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


def test_only_the_jobs_that_write_get_a_token() -> None:
    for path in WORKFLOWS:
        for name, job in load(path)["jobs"].items():
            for step in job["steps"]:
                given = [value for value in step.get("env", {}).values() if "token" in str(value)]
                assert not given or (path.stem, name) in WRITES, (path.stem, name)


def test_the_submission_workflow_runs_for_pull_requests_to_main_only() -> None:
    document = load(FOLDER / "submission.yml")
    # YAML 1.1 reads the key `on` as true.
    trigger = document[True]
    inputs = trigger.pop("workflow_dispatch")["inputs"]
    assert set(inputs) == {"number", "base", "head", "author"}
    assert trigger == {
        "pull_request_target": {
            "types": ["opened", "synchronize", "reopened"],
            "branches": ["main"],
        }
    }
    assert document["concurrency"]["cancel-in-progress"] is True


def test_row_27_only_new_comments_on_pull_requests_are_commands() -> None:
    document = load(FOLDER / "commands.yml")
    assert document[True] == {"issue_comment": {"types": ["created"]}}
    assert "github.event.issue.pull_request" in document["jobs"]["answer"]["if"]


def test_row_10_the_scorer_image_is_verified_before_anything_of_a_submission_is_there() -> None:
    job = load(FOLDER / "submission.yml")["jobs"]["score"]["steps"]
    (verify,) = (n for n, step in enumerate(job) if "gh attestation verify" in step.get("run", ""))
    (received,) = (n for n, step in enumerate(job) if "download-artifact@" in step.get("uses", ""))
    (pulled,) = (n for n, step in enumerate(job) if "docker pull" in step.get("run", ""))
    assert pulled < verify < received
    given = [n for n, step in enumerate(job) if "token" in str(step.get("env", ""))]
    assert given == [verify]
    script = job[verify]["run"]
    assert "scorer-image.yml" in script
    assert "--source-ref refs/heads/main" in script
    assert job[verify]["if"] == job[pulled]["if"]


def test_row_10_the_scorer_image_is_verified_before_a_secret_is_given_to_a_step() -> None:
    job = load(FOLDER / SEALED_WORKFLOW)["jobs"]["score"]["steps"]
    (verify,) = (n for n, step in enumerate(job) if "gh attestation verify" in step.get("run", ""))
    (secret,) = (n for n, step in enumerate(job) if "secrets." in str(step))
    assert verify < secret


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
    environments = {name: job.get("environment") for name, job in document["jobs"].items()}
    assert environments == {"inspect": None, "score": "sealed", "record": None, "report": None}


def test_row_32_secrets_are_given_to_one_step_that_uploads_nothing_else() -> None:
    job = load(FOLDER / SEALED_WORKFLOW)["jobs"]["score"]
    with_secrets = [step for step in job["steps"] if "secrets." in str(step)]
    assert [step["id"] for step in with_secrets] == ["score"]
    uploads = [s["with"] for s in job["steps"] if "upload-artifact" in s.get("uses", "")]
    assert [upload["path"] for upload in uploads] == ["sealed"]
    others = [path for path in WORKFLOWS if path.name != SEALED_WORKFLOW]
    for path in others:
        given = [line for line in path.read_text().splitlines() if "${{ secrets." in line]
        assert not [line for line in given if "AGE" in line or "STORE" in line], path
