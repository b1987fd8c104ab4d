"""What the documentation tells people to type works, and prints what it shows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import tests.docs.pages
from tests.docs.pages import CHECKOUT, Change, NewFile, is_shown, pages, steps_of

RUNNABLE = [page for page in pages() if steps_of(page)]


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
        if source.is_file():
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
    environment = surroundings(checkout)
    for step in steps_of(page):
        step.follow(checkout, environment)


def test_the_readme_the_tutorial_and_what_says_how_to_add_things_are_followed() -> None:
    names = {page.name for page in RUNNABLE}
    things = {f"add-a-{thing}.md" for thing in ("metric", "check", "command", "dataset")}
    assert {"README.md", "first-submission.md", *things} <= names


@pytest.mark.parametrize(
    ("shown", "printed"),
    [("a\n", "b\n"), ("a\n", "a\nb\n"), ("a\n...\nc\n", "a\nb\n"), ("", "a\n")],
)
def test_other_output_than_the_page_shows_is_noticed(shown: str, printed: str) -> None:
    assert not is_shown(shown, printed)


@pytest.mark.parametrize(
    "block",
    [
        "<!-- runnable -->\n```python\n1\n```\n",
        "<!-- runnable, status 1 -->\n```sh\nfalse\n```\n",
        "<!-- change: a.py -->\n```python\n1\n```\n",
        "<!-- file: a.py -->\nText.\n",
    ],
)
def test_a_block_that_cannot_be_followed_is_not_passed_over(
    block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tests.docs.pages, "CHECKOUT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text(block, encoding="utf-8")
    with pytest.raises(ValueError, match=r"page\.md"):
        steps_of(page)


def test_a_change_must_fit_in_one_place(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("one\n\ntwo\ntwo\n", encoding="utf-8")
    Change("a.py", (" one\n \n-two\n+three\n",)).follow(tmp_path, {})
    assert file.read_text(encoding="utf-8") == "one\n\nthree\ntwo\n"
    with pytest.raises(AssertionError, match=r"not in one place of a\.py"):
        Change("a.py", (" four\n+five\n",)).follow(tmp_path, {})
    with pytest.raises(AssertionError, match="there already"):
        NewFile("a.py", "").follow(tmp_path, {})
