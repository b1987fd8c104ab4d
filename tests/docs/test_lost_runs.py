"""The page about upkeep says of every workflow that writes what makes good a run that was lost."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
PAGE = (CHECKOUT / "docs" / "how-to" / "hygiene.md").read_text(encoding="utf-8")


def writers() -> set[str]:
    """Return the workflows of which a job may write something."""
    found = set()
    for path in (CHECKOUT / ".github" / "workflows").glob("*.yml"):
        workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
        allowed = [job.get("permissions") or {} for job in workflow["jobs"].values()]
        if any("write" in each.values() for each in allowed):
            found.add(path.stem)
    return found


def test_row_40_the_page_says_what_makes_good_a_lost_run_of_every_workflow_that_writes() -> None:
    section = PAGE.partition("## What a lost run loses")[2].partition("\n## ")[0]
    told = set(re.findall(r"^\| \*([\w-]+)\* \|", section, re.MULTILINE))
    assert {"submission", "publish"} <= writers() <= told
