"""What the documentation tells people to type works, and prints what it shows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import CHECKOUT, is_shown, pages, steps_of

RUNNABLE = [page for page in pages() if steps_of(page)]
TIMEOUT_S = 600


def copy_checkout(folder: Path) -> None:
    """Copy the files that git knows, as they are now, and begin a history with them."""
    listed = subprocess.run(
        ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"),
        cwd=CHECKOUT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        source, target = CHECKOUT / name, folder / name
        if source.is_file() and not name.startswith("tests/"):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    for words in (("init", "-q"), ("add", "."), ("commit", "-qm", "Begin")):
        subprocess.run(("git", *words), cwd=folder, env=surroundings(folder), check=True)


def surroundings(folder: Path) -> dict[str, str]:
    """Return the environment of a person who has run `make setup`, and has nothing else."""
    variables = {k: v for k, v in os.environ.items() if not k.startswith(("REXRANK_", "GIT_"))}
    who = {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in (("NAME", "A Reader"), ("EMAIL", "reader@example.org"))
    }
    return {
        **variables,
        **who,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(folder),
        "HOME": str(folder.parent / "home"),
        "XDG_DATA_HOME": str(folder.parent / "data"),
        "NO_COLOR": "1",
    }


@pytest.mark.parametrize("page", RUNNABLE, ids=lambda page: page.name)
def test_the_commands_of_a_page_do_what_it_shows(page: Path, tmp_path: Path) -> None:
    checkout = tmp_path / "rexrank-bot"
    checkout.mkdir()
    copy_checkout(checkout)
    for step in steps_of(page):
        done = subprocess.run(
            ("bash", "-c", step.command),
            cwd=checkout,
            env=surroundings(checkout),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        seen = f"{step.place}\n$ {step.command}\n{done.stdout}"
        assert done.returncode == step.status, seen
        if step.printed is not None:
            assert is_shown(step.printed, done.stdout), f"{seen}\nthe page shows\n{step.printed}"


def test_the_tutorial_and_the_readme_are_run() -> None:
    names = {page.name for page in RUNNABLE}
    assert {"README.md", "first-submission.md", "add-a-dataset.md"} <= names


@pytest.mark.parametrize(
    ("shown", "printed"),
    [("a\n", "b\n"), ("a\n", "a\nb\n"), ("a\n...\nc\n", "a\nb\n"), ("", "a\n")],
)
def test_other_output_than_the_page_shows_is_noticed(shown: str, printed: str) -> None:
    assert not is_shown(shown, printed)


def test_a_block_that_cannot_be_run_is_not_passed_over(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- runnable -->\n```python\n1\n```\n", encoding="utf-8")
    with pytest.raises(ValueError, match="marked runnable"):
        steps_of(page)
