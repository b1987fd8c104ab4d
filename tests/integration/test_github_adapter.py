"""The bot's one comment, its check and its labels, and what others wrote beside them."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import pytest

from bot.adapters.github.checks import MAX_ANNOTATIONS
from bot.domain.finding import Finding
from bot.domain.inspection import Inspection
from bot.domain.outcome import Report
from bot.domain.rules import RULES
from bot.errors import Misconfigured
from bot.jobs.pull_request.send_report import send_report
from bot.ports import CheckRun
from bot.render.pull_request.check_run import MANAGED_LABELS
from bot.render.pull_request.comment import MARKER
from tests.fakes.github_server import ACTIONS_BOT, GitHubServer
from tests.fakes.github_server.clients import BOARD, MANIFEST, seed_board
from tests.fakes.github_server.description import DESCRIPTION
from tests.integration.bot_runs import (
    BODY,
    CHECK,
    LABELS,
    PERMISSIONS,
    SECRET,
    answer,
    bodies,
    head_of,
    pulls_of,
)
from tests.require import require


@pytest.fixture
def server() -> Iterator[GitHubServer]:
    require(DESCRIPTION.exists(), "npm packages are missing: (cd tests/npm && npm ci)")
    with GitHubServer(hang_s=10.0) as running:
        seed_board(running)
        running.add_token(SECRET, permissions=PERMISSIONS)
        yield running


def test_a_pull_request_is_read_as_it_is_now(server: GitHubServer) -> None:
    pull = pulls_of(server).read(1)
    assert (pull.number, pull.author, pull.head, pull.state) == (1, "sam", head_of(server), "open")
    assert pull.author_id == server.account("sam").id
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", pull.opened)


def test_the_comment_is_written_once_and_edited_in_place(server: GitHubServer) -> None:
    pulls = pulls_of(server)
    addresses = {pulls.write_comment(1, f"{MARKER}\nround {number}") for number in range(3)}
    assert len(addresses) == 1
    assert bodies(server) == [f"{MARKER}\nround 2"]
    writes = len([request for request in server.requests if request.method != "GET"])
    pulls.write_comment(1, f"{MARKER}\nround 2")
    assert len([request for request in server.requests if request.method != "GET"]) == writes


def test_row_16_a_forged_marker_of_somebody_else_is_left_alone(
    server: GitHubServer,
) -> None:
    server.comment(BOARD, 1, "sam", f"{MARKER}\n✅ Scored: first place")
    server.comment(BOARD, 1, ACTIONS_BOT.login, f"another workflow quotes {MARKER}")
    pulls_of(server).write_comment(1, BODY)
    assert bodies(server) == [
        f"{MARKER}\n✅ Scored: first place",
        f"another workflow quotes {MARKER}",
        BODY,
    ]


def test_the_comment_is_found_behind_hundreds_of_others(server: GitHubServer) -> None:
    for number in range(230):
        server.comment(BOARD, 1, "sam", f"comment {number}")
    pulls = pulls_of(server)
    pulls.write_comment(1, BODY)
    pulls.write_comment(1, f"{BODY} Again.")
    assert [body for body in bodies(server) if body.startswith(MARKER)] == [f"{BODY} Again."]


def test_second_comments_of_the_bot_are_removed(server: GitHubServer) -> None:
    for text in ("one", "two", "three"):
        server.comment(BOARD, 1, ACTIONS_BOT.login, f"{MARKER}\n{text}")
    pulls_of(server).write_comment(1, BODY)
    assert bodies(server) == [BODY]


def test_runs_at_once_end_in_one_comment_and_the_right_labels(server: GitHubServer) -> None:
    failures: list[BaseException] = []

    def run() -> None:
        try:
            answer(pulls_of(server), head_of(server))
        except BaseException as error:  # noqa: BLE001 - told to the test
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    pulls_of(server).write_comment(1, BODY)
    assert bodies(server) == [BODY]
    assert server.repository(BOARD).issues[1].labels == list(LABELS)


def test_a_comment_that_another_account_signs_is_a_misconfiguration(server: GitHubServer) -> None:
    with pytest.raises(Misconfigured, match="bot_login in leaderboard"):
        pulls_of(server, bot_login="someone-else[bot]").write_comment(1, BODY)


def test_labels_of_others_stay_and_case_does_not_matter(server: GitHubServer) -> None:
    pulls = pulls_of(server)
    pulls.write_labels(1, ("Rexrank: Scored", "question"), managed=())
    pulls.write_labels(1, ("rexrank: waiting",), managed=MANAGED_LABELS)
    assert server.repository(BOARD).issues[1].labels == ["question", "rexrank: waiting"]
    pulls.write_labels(1, (), managed=MANAGED_LABELS)
    assert server.repository(BOARD).issues[1].labels == ["question"]


def test_a_check_that_says_the_same_is_not_written_again(server: GitHubServer) -> None:
    pulls, head = pulls_of(server), head_of(server)
    for check in (CHECK, CHECK, CheckRun("rexrank", "success", "Scored", "Fine."), CHECK):
        pulls.write_check(head, check)
    runs = server.repository(BOARD).check_runs.values()
    assert [run.conclusion for run in runs] == ["failure", "success", "failure"]


def flood(amount: int) -> tuple[Finding, ...]:
    rule = RULES["predictions.study-missing"]
    return tuple(
        rule.finding(MANIFEST, message=f"study {number} " + "x" * 400, pointer="/" + "y" * 290)
        for number in range(amount)
    )


def test_row_29_a_flood_of_findings_keeps_to_githubs_limits(server: GitHubServer) -> None:
    head = head_of(server)
    inspection = Inspection(
        base=head, head=head, merge_base=head, kind="submission", submission="moe",
        findings=flood(3000),
    )  # fmt: skip
    data = Report(
        inspection=inspection,
        outcome="needs-work",
        maintainers=("mia",),
        since="2026-01-02",
        repository="https://github.com/board/reports",
    )
    send_report(pulls_of(server), 1, head, data)
    (body,) = bodies(server)
    assert len(body) <= 65_536
    assert max(request.annotations for request in server.requests) == MAX_ANNOTATIONS
    (run,) = server.repository(BOARD).check_runs.values()
    assert len(run.annotations) == MAX_ANNOTATIONS
    assert max(len(note["title"]) for note in run.annotations) <= 255
    assert "3,000 errors" in (run.summary or "")
