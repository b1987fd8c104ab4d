"""Inspect on real git objects: what a head proposes, offline."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
TERSE = CHECKOUT / "submissions" / "sample-terse"
ENTRY = "submissions/terse"
BOT = (sys.executable, "-m", "bot")


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    done = subprocess.run(
        ("git", *identity, *words), cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose main branch has one entry."""
    folder = tmp_path / "work"
    (folder / ENTRY / "predictions").mkdir(parents=True)
    for name in ("manifest.yaml", "predictions/mini.findings.json"):
        (folder / ENTRY / name).write_bytes((TERSE / name).read_bytes())
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "-A")
    git(folder, "commit", "--quiet", "-m", "one entry")
    return folder


def inspect(folder: Path, *words: str) -> tuple[int, dict[str, object]]:
    """Return the exit status and the inspection of the last commit against main."""
    git(folder, "add", "-A")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", "head")
    head, base = git(folder, "rev-parse", "HEAD"), git(folder, "rev-parse", "HEAD~1")
    command = (*BOT, "inspect", "--repo", str(folder))
    done = subprocess.run(
        (*command, "--base", base, "--head", head, "--output-format", "json", *words),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr
    return done.returncode, json.loads(done.stdout)


def codes(inspection: dict[str, object]) -> list[str]:
    findings = inspection.get("findings", [])
    assert isinstance(findings, list)
    return [finding["code"] for finding in findings]


def plans_of(inspection: dict[str, object]) -> list[dict[str, str]]:
    plans = inspection.get("plans", [])
    assert isinstance(plans, list)
    return plans


def test_a_sound_change_is_ready(repository: Path, tmp_path: Path) -> None:
    (repository / ENTRY / "README.md").write_text("More about it.\n")
    status, found = inspect(repository, "--output", str(tmp_path / "out"))
    assert (status, found["kind"], found["submission"]) == (0, "submission", "terse")
    assert [plan["readiness"] for plan in plans_of(found)] == ["ready"]
    exported = tmp_path / "out/submissions/terse"
    assert (exported / "manifest.yaml").read_bytes() == (TERSE / "manifest.yaml").read_bytes()


def test_a_whole_entry_can_be_withdrawn_by_its_submitters(repository: Path) -> None:
    git(repository, "rm", "-rq", ENTRY)
    status, found = inspect(repository, "--author", "rexrank-examples")
    assert (status, found["kind"], codes(found)) == (0, "withdrawal", [])


def test_an_entry_that_loses_only_its_manifest_is_no_withdrawal(repository: Path) -> None:
    git(repository, "rm", "-q", f"{ENTRY}/manifest.yaml")
    status, found = inspect(repository)
    assert (status, codes(found)) == (1, ["changes.no-manifest"])


@pytest.mark.parametrize("change", ["edit", "remove"])
@pytest.mark.parametrize(
    ("author", "allowed"),
    [("rexrank-examples", True), ("ReXrank-Examples", True), ("mallory", False)],
)
def test_row_26_only_the_submitters_on_main_change_an_entry(
    repository: Path, change: str, author: str, allowed: bool
) -> None:
    if change == "edit":
        manifest = repository / ENTRY / "manifest.yaml"
        text = manifest.read_text().replace("rexrank-examples", "mallory")
        manifest.write_text(text)
    else:
        git(repository, "rm", "-rq", ENTRY)
    _, found = inspect(repository, "--author", author)
    assert ("changes.not-owner" not in codes(found)) == allowed


def test_two_histories_are_told_apart(repository: Path) -> None:
    base = git(repository, "rev-parse", "HEAD")
    git(repository, "checkout", "--quiet", "--orphan", "other")
    git(repository, "commit", "--quiet", "-m", "elsewhere")
    head = git(repository, "rev-parse", "HEAD")
    done = subprocess.run(
        (*BOT, "inspect", "--repo", str(repository), "--base", base, "--head", head),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "changes.no-common-history" in done.stdout
