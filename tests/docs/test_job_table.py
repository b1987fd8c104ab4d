"""The page about setting up says of each job what its workflow says."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
PAGE = CHECKOUT / "docs" / "how-to" / "set-up-github.md"
ROW = re.compile(r"^\| ([\w-]+), ([\w-]+) \| ([^|]*) \| ([^|]*) \|", re.MULTILINE)


def test_each_job_has_the_permissions_and_the_environment_that_the_page_names() -> None:
    told = {
        (workflow, job): (dict(re.findall(r"`([\w-]+): (\w+)`", permissions)), place.strip(" `"))
        for workflow, job, permissions, place in ROW.findall(PAGE.read_text(encoding="utf-8"))
        if workflow != "workflow"  # the head
    }
    true = {}
    for path in (CHECKOUT / ".github" / "workflows").glob("*.yml"):
        for name, job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].items():
            place = job.get("environment", "")
            true[path.stem, name] = (
                job["permissions"],
                place["name"] if isinstance(place, dict) else place,
            )
    jobs_of_code = {job for job in true if job[0] == "ci"}
    assert all(true[job] == ({"contents": "read"}, "") for job in jobs_of_code)
    assert told == {job: row for job, row in true.items() if job not in jobs_of_code}
