"""What must not happen: a bad folder is scored, a hostile one runs, a moved head is answered."""

from __future__ import annotations

import json
from pathlib import Path

from tests.integration.story.world import CHECKOUT, UPSTREAM, World, folder_files

SAMPLE = CHECKOUT / "submissions" / "sample-terse"
CANARY = "rexrank-canary"


def propose(world: World, login: str, files: dict[str, object]) -> int:
    """Return the number of a pull request that brings these files from a new fork."""
    world.server.fork(UPSTREAM, login)
    fork = f"{login}/rexrank-bot"
    world.server.push(fork, "entry", files)
    return world.server.open_pull_request(f"{fork}:entry").number


def entry(name: str, login: str) -> dict[str, object]:
    """Return the files of a sound entry under another name."""
    files = dict(folder_files(SAMPLE, f"submissions/{name}"))
    manifest = f"submissions/{name}/manifest.yaml"
    text = (SAMPLE / "manifest.yaml").read_text().replace("rexrank-examples", login)
    return {**files, manifest: text.replace("name: Sample Terse", f"name: Model of {login}")}


def test_a_bad_folder_gets_its_findings_and_no_scores(world: World) -> None:
    files = entry("bad-terse", "bert")
    path = "submissions/bad-terse/predictions/mini.findings.json"
    studies = json.loads((SAMPLE / "predictions/mini.findings.json").read_text())
    studies.pop("mini-0001")
    studies["mini-0002"] = {"model_prediction": None}
    number = propose(world, "bert", {**files, path: json.dumps(studies)})
    done = world.submit(number)
    assert done.returncode == 0, done.log
    (comment,) = world.comments(number)
    assert "Your file needs work" in comment
    for code in ("manifest.sha256", "predictions.study-missing", "predictions.text-type"):
        assert code in comment, comment
    assert "scores" not in done.artifacts
    issue = world.server.repository(UPSTREAM).issues[number]
    assert issue.labels == ["rexrank: needs work"]


def test_row_1_2_30_a_hostile_folder_runs_nothing(world: World) -> None:
    """The program, the workflows and the scores are changed, with links and executables."""
    canary = world.folder / CANARY
    payload = f"touch {canary}\n"
    files: dict[str, object] = {
        **entry("hostile", "hugo"),
        "Makefile": f"setup:\n\t{payload}",
        ".github/workflows/submission.yml": f"on: push\njobs: {{x: {{steps: [{payload!r}]}}}}",
        "bot/__init__.py": f"import os; os.system({payload!r})",
        "conftest.py": f"import os; os.system({payload!r})",
        "leaderboard/leaderboard.json": "{}",
        ".gitattributes": "* filter=evil\n",
        ".gitmodules": f'[submodule "x"]\n\tpath = x\n\turl = ext::sh -c "{payload.strip()}"\n',
        "submissions/hostile/predictions/link.json": ("120000", b"/etc/passwd"),
        "submissions/hostile/setup.py": ("100755", f"import os; os.system({payload!r})".encode()),
    }
    number = propose(world, "hugo", files)
    done = world.submit(number)
    assert done.returncode == 0, done.log
    assert not canary.exists()
    (comment,) = world.comments(number)
    assert "Your file needs work" in comment
    for code in (
        "changes.outside-submission",
        "changes.not-a-plain-file",
        "changes.unexpected-file",
    ):
        assert code in comment, comment
    assert "scores" not in done.artifacts
    assert not [name for name in done.artifacts["inspection"] if name.startswith("submissions/")]


def test_row_4_15_17_text_of_a_submission_reaches_no_shell_and_no_log_command(
    world: World, tmp_path: Path
) -> None:
    canary = world.folder / f"{CANARY}-title"
    files = entry("shouting", "sue")
    manifest = "submissions/shouting/manifest.yaml"
    name = "::set-output name=ready::true @maintainers <img src=x>"
    text = str(files[manifest]).replace("name: Sample Terse", f'name: "{name}"')
    world.server.fork(UPSTREAM, "sue")
    world.server.push("sue/rexrank-bot", "entry", {**files, manifest: text})
    title = f'"; touch {canary}; echo "$(touch {canary})`touch {canary}`'
    issue = world.server.open_pull_request("sue/rexrank-bot:entry", title=title, body=title)
    done = world.submit(issue.number)
    assert done.returncode == 0, done.log
    assert not canary.exists()
    assert "set-output name=ready" not in done.log
    (comment,) = world.comments(issue.number)
    assert "@maintainers" not in comment
    assert "<img" not in comment


def test_row_7_a_head_that_moved_is_not_answered(world: World) -> None:
    """The run of an older commit says nothing; the newer commit's own run answers."""
    number = propose(world, "mona", entry("moving", "mona"))
    payload = world.server.pull_request_event(number)
    world.server.push("mona/rexrank-bot", "entry", {"submissions/moving/README.md": "More.\n"})
    done = world.run("submission.yml", "pull_request_target", payload)
    assert done.returncode != 0
    assert world.comments(number) == []
    assert world.checks(number) == []
    assert "look at what it is now" in done.log  # the first job, before anything is fetched
    assert "has moved on" in done.log  # and the last, which would answer


def test_a_pull_request_without_an_entry_gets_a_neutral_check_only(world: World) -> None:
    number = propose(world, "cody", {"docs/typo.md": "A typo less.\n"})
    done = world.submit(number)
    assert done.returncode == 0, done.log
    assert world.comments(number) == []
    assert world.checks(number) == ["neutral"]
