"""Whichever call of GitHub's API fails, and however: the right end, one answer, no half state."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.github.calls import Patience
from bot.adapters.github.host import GitHubHost
from bot.cli.app import run
from bot.jobs.installation import Installation
from bot.jobs.pull_request.gate import fetch_repository
from bot.jobs.upstream import Upstream
from bot.pipeline.merging.gate import Repository
from bot.ports import PullRequest
from tests.fakes.github_server import Fault, Request
from tests.fakes.github_server.faults import Kind
from tests.integration.api_roads import ROADS, Road
from tests.integration.gate_world import BOARD, SECRET, GateWorld, gate_world
from tests.require import MORE

KINDS: tuple[Kind, ...] = (
    "500",
    "rate_limit",
    "secondary_rate_limit",
    "timeout",
    "drop_before",
    "drop_after",
)
SILENT: tuple[Kind, ...] = ("timeout", "drop_before")
"""To who only reads, an answer that does not come is one like another."""
UNAVAILABLE = 75
ROOTS = ("/repos/", "/users/")
"""What paths of the API begin with; the others are git's."""


class NthCall(Fault):
    """A fault of the nth request to the API, whichever it is."""

    def __init__(self, occurrence: int, kind: Kind) -> None:
        super().__init__("*", "", occurrence, kind)

    def strikes(self, method: str, path: str) -> bool:
        if not path.startswith(ROOTS):
            return False
        self.seen += 1
        return self.seen == self.occurrence


class Manner:
    """How the commands of a test ask, and ask again."""

    retries = 0
    timeout_s = 10


@pytest.fixture
def manner() -> Manner:
    return Manner()


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, manner: Manner) -> Iterator[GateWorld]:
    """The world, with commands that do not wait and fetch what they judge only once."""
    with gate_world(tmp_path) as made:
        made.server.hang_s = 2.0
        made.remote = str(made.server.repository(BOARD).git.folder)
        monkeypatch.setenv("GITHUB_REPOSITORY", BOARD)
        monkeypatch.setenv("GITHUB_API_URL", made.server.api_url)
        monkeypatch.setenv("REXRANK_TOKEN", SECRET)
        opened: list[Repository] = []

        def host(_: Installation) -> GitHubHost:
            patience = Patience(retries=manner.retries, wait=lambda _: None)
            return made.pulls(patience=patience, timeout_s=manner.timeout_s)

        with made.upstream() as upstream:

            def fetch_once(_: Upstream, pull: PullRequest) -> Repository:
                if not opened:
                    opened.append(fetch_repository(upstream, pull))
                upstream.tip()  # what was merged meanwhile
                return replace(opened[0])

            @contextmanager
            def keep_upstream(*_: object) -> Iterator[Upstream]:
                yield upstream

            monkeypatch.setattr(Installation, "host", host)
            monkeypatch.setattr("bot.jobs.pull_request.gate.fetch_repository", fetch_once)
            for place in ("bot.cli.operate.gate", "bot.jobs.comment_commands.comment_event"):
                monkeypatch.setattr(f"{place}.pushing_upstream", keep_upstream)
            yield made


def list_calls(road: Road) -> list[Request]:
    """Return the calls that an undisturbed run makes, in order."""
    road.prepare()
    server = road.world.server
    server.faults.clear()
    server.requests.clear()
    assert run(road.words()) == 0
    road.check()
    return [request for request in server.requests if request.path.startswith(ROOTS)]


def choose_kinds(number: int, call: Request) -> tuple[Kind, ...]:
    """Return how a call is to fail: one that reads in one of all ways, in turn."""
    if call.method != "GET":
        return KINDS
    kinds = tuple(kind for kind in KINDS if kind not in SILENT)
    return kinds if MORE else (kinds[number % len(kinds)],)


@pytest.mark.parametrize("name", ROADS)
def test_row_28_a_run_that_gives_up_says_75_and_the_next_one_completes_it(
    world: GateWorld, name: str, manner: Manner
) -> None:
    road = ROADS[name](world)
    calls = list_calls(road)
    assert len(calls) >= 6
    for number, call in enumerate(calls, start=1):
        for kind in choose_kinds(number, call):
            road.prepare()
            world.server.faults[:] = [NthCall(number, kind)]
            manner.timeout_s = 1 if kind == "timeout" else 10
            given_up = UNAVAILABLE if road.matters(call.path) else 0
            assert run(road.words()) == given_up, (kind, number)
            world.server.faults.clear()
            manner.timeout_s = 10
            assert run(road.words()) in road.healed, (kind, number)
            road.check()
    assert run(road.words()) in road.healed
    road.check()


@pytest.mark.parametrize("name", ROADS)
def test_row_28_a_call_that_fails_is_made_again_by_the_same_run(
    world: GateWorld, name: str, manner: Manner
) -> None:
    road = ROADS[name](world)
    manner.retries = 1
    refused_or_unheard: tuple[Kind, ...] = ("secondary_rate_limit", "drop_after")
    for number, call in enumerate(list_calls(road), start=1):
        every = MORE or call.method != "GET"
        for kind in refused_or_unheard if every else (refused_or_unheard[number % 2],):
            road.prepare()
            fault = NthCall(number, kind)
            world.server.faults[:] = [fault]
            assert run(road.words()) == 0, (kind, number)
            assert fault.seen >= number
            road.check()
