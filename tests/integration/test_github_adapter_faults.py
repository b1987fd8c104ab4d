"""However GitHub fails, a pull request ends with one comment, one check and its labels."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator
from typing import get_args

import pytest

from bot.adapters.github.calls import SECONDARY_LIMIT_S, Patience
from bot.errors import Misconfigured, ServiceUnavailable
from bot.render.pull_request.comment import MARKER
from tests.fakes.github_server import ACTIONS_BOT, Fault, GitHubServer
from tests.fakes.github_server.clients import BOARD, seed_board
from tests.fakes.github_server.description import DESCRIPTION
from tests.fakes.github_server.faults import Kind
from tests.integration.bot_runs import (
    BODY,
    PERMISSIONS,
    SECRET,
    Waits,
    answer,
    bodies,
    head_of,
    pulls_of,
)
from tests.require import require

KINDS: tuple[Kind, ...] = get_args(Kind)


@pytest.fixture
def server() -> Iterator[GitHubServer]:
    require(DESCRIPTION.exists(), "npm packages are missing: (cd tests/npm && npm ci)")
    with GitHubServer(hang_s=10.0) as running:
        seed_board(running)
        running.add_token(SECRET, permissions=PERMISSIONS)
        yield running


def prepare(server: GitHubServer, *, older: bool) -> None:
    """Leave what people left, and when `older` what earlier runs of the bot left too."""
    repository = server.repository(BOARD)
    issue = repository.issues[1]
    repository.check_runs.clear()
    issue.comments.clear()
    issue.labels.clear()
    labels = ["help wanted"]
    server.comment(BOARD, 1, "sam", f"{MARKER}\nmine")
    if older:
        labels.append("rexrank: scored")
        for text in ("waiting", "waiting too"):
            server.comment(BOARD, 1, ACTIONS_BOT.login, f"{MARKER}\n{text}")
    pulls_of(server).write_labels(1, labels, managed=())
    server.requests.clear()


def assert_answered_once(server: GitHubServer) -> None:
    repository = server.repository(BOARD)
    assert sorted(bodies(server)) == sorted([BODY, f"{MARKER}\nmine"])
    assert sorted(repository.issues[1].labels) == ["help wanted", "rexrank: needs work"]
    assert [run.conclusion for run in repository.check_runs.values()] == ["failure"]


@pytest.mark.parametrize("older", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_at_any_call_is_survived_without_a_double(
    server: GitHubServer, kind: Kind, older: bool
) -> None:
    prepare(server, older=older)
    answer(pulls_of(server), head_of(server))
    assert_answered_once(server)
    calls = [(request.method, request.path) for request in server.requests]
    assert {method for method, _ in calls} >= {
        "GET",
        "POST",
        *(("PATCH", "DELETE") if older else ()),
    }
    for place, (method, path) in enumerate(calls):
        if kind == "timeout" and method == "GET":
            continue  # each would take a second
        prepare(server, older=older)
        # The comments of this round have other numbers.
        pattern = re.sub(r"/comments/\d+", r"/comments/\\d+", path) + "$"
        same = [call for call in calls[: place + 1] if call[0] == method]
        fault = Fault(
            method, pattern, sum(re.search(pattern, one) is not None for _, one in same), kind
        )
        server.faults[:] = [fault]
        answer(pulls_of(server), head_of(server))
        assert fault.seen >= fault.occurrence, f"{method} {path} was not called"
        assert_answered_once(server)


@pytest.mark.parametrize("older", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_a_run_that_gave_up_is_completed_by_the_next(
    server: GitHubServer, kind: Kind, older: bool
) -> None:
    prepare(server, older=older)
    writes = [("POST", "/labels$"), ("POST", "/check-runs$")]
    writes += (
        [("PATCH", "/comments/"), ("DELETE", "/comments/"), ("DELETE", "/labels/")]
        if older
        else [("POST", "/comments$")]
    )
    server.faults[:] = [Fault(method, pattern, 1, kind) for method, pattern in writes]
    for _ in writes:
        with pytest.raises(ServiceUnavailable):
            answer(pulls_of(server, retries=0), head_of(server))
    answer(pulls_of(server, retries=0), head_of(server))
    assert_answered_once(server)


def test_a_service_that_stays_away_ends_the_run(server: GitHubServer) -> None:
    waits = Waits()
    server.faults += [Fault("GET", r"/pulls/1$", number, "502") for number in range(1, 9)]
    with pytest.raises(ServiceUnavailable, match=r"reading pull request 1: 502"):
        pulls_of(server, retries=4, wait=waits).read(1)
    assert waits.seconds == [1.0, 2.0, 4.0, 8.0]
    assert len(server.requests) == 5


@pytest.mark.parametrize("kind", ["secondary_rate_limit", "secondary_rate_limit_429"])
def test_what_github_asks_to_wait_is_waited(server: GitHubServer, kind: Kind) -> None:
    waits = Waits()
    server.faults.append(Fault("POST", r"/comments$", 1, kind, retry_after_s=60))
    pulls_of(server, wait=waits).write_comment(1, BODY)
    assert waits.seconds == [60.0]
    assert bodies(server) == [BODY]


def test_a_primary_limit_is_waited_for_until_it_ends(server: GitHubServer) -> None:
    waits = Waits()
    server.faults.append(Fault("GET", r"/pulls/1$", 1, "rate_limit", retry_after_s=40))
    pulls_of(server, wait=waits).read(1)
    (seconds,) = waits.seconds
    assert 37 < seconds <= 41


def test_a_limit_that_lasts_an_hour_ends_the_run_at_once(server: GitHubServer) -> None:
    waits = Waits()
    server.faults.append(Fault("GET", r"/pulls/1$", 1, "rate_limit", retry_after_s=3000))
    with pytest.raises(ServiceUnavailable, match="rate limit"):
        pulls_of(server, wait=waits).read(1)
    assert waits.seconds == []


def test_in_production_a_secondary_limit_can_be_waited_for() -> None:
    patience = Patience()
    assert patience.longest_s >= SECONDARY_LIMIT_S
    assert patience.retries >= 3
    assert patience.first_s >= 1.0


@pytest.mark.parametrize(
    ("missing", "permission"),
    [("pull-requests", "pull-requests: write"), ("checks", "checks: write")],
)
def test_a_missing_permission_is_named(server: GitHubServer, missing: str, permission: str) -> None:
    waits = Waits()
    granted = {scope: level for scope, level in PERMISSIONS.items() if scope != missing}
    server.add_token("ghs_weak", permissions=granted)
    with pytest.raises(Misconfigured, match=f"give the token the permission `{permission}`"):
        answer(pulls_of(server, secret="ghs_weak", wait=waits), head_of(server))
    assert waits.seconds == []


def test_a_wrong_token_and_a_wrong_number_are_told_apart(server: GitHubServer) -> None:
    with pytest.raises(Misconfigured, match="the token is wrong or has expired"):
        pulls_of(server, secret="ghs_unknown").read(1)
    with pytest.raises(Misconfigured, match="check the repository's name and the number"):
        pulls_of(server).read(99)


def test_no_log_and_no_error_holds_the_token(
    server: GitHubServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    # A package that another test imports raises the level of this one.
    caplog.set_level(logging.DEBUG, logger="urllib3")
    server.faults += [
        Fault("GET", r"/pulls/1$", 1, "drop_before"),
        Fault("GET", r"/pulls/1$", 2, "rate_limit"),
        Fault("GET", r"/pulls/1$", 3, "timeout"),
    ]
    for _ in range(3):
        with pytest.raises(ServiceUnavailable) as caught:
            pulls_of(server, retries=0).read(1)
        assert SECRET not in "".join(traceback.format_exception(caught.value))
    with pytest.raises(Misconfigured) as refused:
        pulls_of(server).read(99)
    assert SECRET not in "".join(traceback.format_exception(refused.value))
    answer(pulls_of(server), head_of(server))
    assert caplog.text
    assert SECRET not in caplog.text
