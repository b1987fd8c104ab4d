"""Every job of a workflow gets a token of its own, with its permissions and no more."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.fakes.github_server import GitHubServer
from tests.fakes.github_server.clients import BOARD, seed_board
from tests.fakes.github_server.description import DESCRIPTION
from tests.integration.act.job_tokens import (
    is_from_fork,
    job_permissions,
    lend_tokens,
    separate_tokens,
)
from tests.require import require

WORKFLOWS = sorted((Path(__file__).resolve().parents[2] / ".github/workflows").glob("*.yml"))
TWO = """
on: push
permissions: {contents: read}
jobs:
  first-job:
    steps:
      - env: {TOKEN: "${{ github.token }}", OTHER: "${{ secrets.GITHUB_TOKEN }}"}
        run: echo
  second:
    permissions:
      checks: write
      contents: none
    steps:
      - uses: ./x
        with: {token: "${{ inputs.token || github.token }}"}
"""


@pytest.mark.parametrize("path", WORKFLOWS, ids=[path.stem for path in WORKFLOWS])
def test_only_the_tokens_change_in_the_workflows_of_this_project(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    made = separate_tokens(text)
    assert "github.token" not in made.text
    before, after = yaml.safe_load(text), yaml.safe_load(made.text)
    assert list(before["jobs"]) == list(after["jobs"])
    assert len(made.permissions) == len(before["jobs"])
    back = made.text
    for secret in made.permissions:
        back = back.replace(f"secrets.{secret}", "github.token")
    assert back == text.replace("secrets.GITHUB_TOKEN", "github.token")


def test_a_job_names_its_own_token_and_has_its_own_permissions() -> None:
    made = separate_tokens(TWO)
    assert made.text.count("secrets.JOB_TOKEN_FIRST_JOB") == 2
    assert made.text.count("secrets.JOB_TOKEN_SECOND") == 1
    assert made.permissions == {
        "JOB_TOKEN_FIRST_JOB": {"contents": "read"},
        "JOB_TOKEN_SECOND": {"checks": "write"},
    }


def test_what_a_workflow_may_ask_for_is_what_github_knows() -> None:
    assert job_permissions("jobs: {a: {}}", "a") == {"contents": "read", "packages": "read"}
    assert job_permissions("jobs: {a: {permissions: write-all}}", "a")["issues"] == "write"
    with pytest.raises(ValueError, match="no permission administration"):
        job_permissions("jobs: {a: {permissions: {administration: write}}}", "a")
    with pytest.raises(ValueError, match="outside of its jobs"):
        separate_tokens("env: {A: '${{ github.token }}'}\njobs: {a: {steps: []}}")


def test_the_tokens_end_with_the_run_and_a_fork_gets_none_that_writes() -> None:
    require(DESCRIPTION.exists(), "npm packages are missing: (cd tests/npm && npm ci)")
    with GitHubServer() as server:
        seed_board(server)
        payload = server.pull_request_event(1)
        assert is_from_fork("pull_request", payload)
        assert not is_from_fork("pull_request_target", payload)
        with lend_tokens(server, separate_tokens(TWO), BOARD, read_only=True) as given:
            token = server.tokens[given["JOB_TOKEN_SECOND"]]
            assert token.permissions == {"checks": "read"}
            assert token.of_a_run
        assert not set(given.values()) & set(server.tokens)
