"""Every hostile input ends in a verdict: no exception, no long run, no large memory."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys

import pytest

from tests.corpus.documents import CHECKOUT
from tests.corpus.drivers import DRIVERS
from tests.corpus.json_files import LARGE
from tests.corpus.kinds import items

MOST_SECONDS = 10
MOST_MB = 512
VERDICTS = {0, 1, 2, 78}
"""Clean, problems found, wrong usage, misconfigured: everything but a bug."""


def test_there_are_at_least_300_different_inputs_and_each_has_a_driver() -> None:
    small = [item for item in items() if item.name.partition(":")[0] not in LARGE]
    contents = {hashlib.sha256(item.make()).hexdigest() for item in small}
    assert len(contents) >= 300
    names = [(item.kind, item.name) for item in items()]
    assert len(set(names)) == len(names)
    assert {item.kind for item in items()} == set(DRIVERS)


@pytest.mark.parametrize("kind", DRIVERS)
def test_row_11_12_13_14_17_a_hostile_input_ends_in_a_verdict_in_time_and_in_memory(
    kind: str,
) -> None:
    command = (sys.executable, "-m", "tests.corpus.run", kind)
    done = subprocess.run(
        command, cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr[-3000:]
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == sum(item.kind == kind for item in items())
    for line in lines:
        assert line["status"] in VERDICTS, line
        assert line["seconds"] < MOST_SECONDS, line
        assert line["memory_mb"] < MOST_MB, line
