"""Settings of every test: the same start, however and wherever the tests are started."""

from __future__ import annotations

import os
import random
import signal
import time
from itertools import groupby

import pytest
from hypothesis import settings

from tests.require import KEPT

# How long an example takes says more about what else the machine does than about the code. What
# must be fast has a test or a benchmark of its own.
settings.register_profile("project", deadline=None)
settings.load_profile("project")

# A shell starts background jobs with these two ignored, and an ignored signal is inherited by every
# child. A handler is not: whatever the tests start begins with the system's own dispositions.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)

# What a person or a runner has set is none of the tests'. That the program works elsewhere too is
# shown by tests/integration/test_surroundings.py.
FOREIGN = ("REXRANK_", "GITHUB_", "ACTIONS_", "RUNNER_", "GIT_", "HF_", "PYTHON")
ALSO_FOREIGN = {"COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR"}
OWN = {
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "TERM": "dumb",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}
for name in {name for name in os.environ if name.startswith(FOREIGN)} | ALSO_FOREIGN:
    if name not in KEPT:
        os.environ.pop(name, None)
os.environ.update(OWN)
time.tzset()
os.umask(0o022)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--shuffle", type=int, metavar="SEED", help="run files and tests in any order")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Shuffle the files and what is in them; the tests of a class are the steps of a story."""
    seed = config.getoption("--shuffle")
    if seed is None:
        return
    order = random.Random(seed)
    files = [list(tests) for _, tests in groupby(items, key=lambda item: item.path)]
    order.shuffle(files)
    items.clear()
    for tests in files:
        stories = [
            list(steps)
            for _, steps in groupby(tests, key=lambda item: item.getparent(pytest.Class) or item)
        ]
        order.shuffle(stories)
        items += [step for steps in stories for step in steps]
