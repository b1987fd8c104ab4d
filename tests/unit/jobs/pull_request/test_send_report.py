"""Comment, check, labels: each is tried, each failure is said, the worst one ends the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from bot.domain.label import LABELS
from bot.errors import Misconfigured, RexrankError, ServiceUnavailable
from bot.jobs.pull_request.send_report import Sent, send_report
from bot.ports import CheckRun, PullRequest
from tests.unit.render import samples

REFUSED = Misconfigured("403; give the token the permission `checks: write`")
DOWN = ServiceUnavailable("502")


class Pulls:
    """A code host that refuses some parts of an answer, and remembers the order of all."""

    def __init__(self, refusals: Mapping[str, RexrankError]) -> None:
        self.refusals = refusals
        self.asked: list[str] = []
        self.comment = ""
        self.check: CheckRun | None = None

    def _ask(self, part: str) -> None:
        self.asked.append(part)
        if part in self.refusals:
            raise self.refusals[part]

    def read(self, number: int) -> PullRequest:
        raise NotImplementedError

    def write_comment(self, number: int, body: str) -> str:
        self._ask("comment")
        self.comment = body
        return f"comment of {number}"

    def write_check(self, head: str, check: CheckRun) -> None:
        self._ask("check")
        self.check = check

    def write_labels(self, number: int, labels: Sequence[str], *, managed: Sequence[str]) -> None:
        self._ask("labels")


def send(**refusals: RexrankError) -> tuple[Sent, Pulls]:
    pulls = Pulls(refusals)
    return send_report(pulls, 1, "a" * 40, samples.report("scored")), pulls


def test_the_order_is_comment_check_labels() -> None:
    sent, pulls = send()
    assert pulls.asked == ["comment", "check", "labels"]
    assert list(sent.written) == ["comment", "check", "labels"]
    assert (sent.unwritten, sent.error) == ({}, None)


@pytest.mark.parametrize("error", [REFUSED, DOWN])
def test_labels_are_never_missed_by_a_merge(error: RexrankError) -> None:
    sent, pulls = send(labels=error)
    assert sent.error is None
    assert sent.unwritten == {"labels": error}
    assert "could not be written" not in pulls.comment


@pytest.mark.parametrize("error", [REFUSED, DOWN])
def test_a_check_stands_alone_and_says_so(error: RexrankError) -> None:
    sent, pulls = send(comment=error)
    assert pulls.asked == ["comment", "check", "labels"]
    assert sent.error is error
    assert pulls.check is not None
    assert pulls.check.conclusion == "success"
    assert "The comment could not be written" in pulls.check.summary
    assert "The bot's comment says" not in pulls.check.summary


@pytest.mark.parametrize("error", [REFUSED, DOWN])
def test_a_comment_stands_alone_and_says_so(error: RexrankError) -> None:
    sent, pulls = send(check=error)
    assert pulls.asked == ["comment", "check", "comment", "labels"]
    assert sent.error is error
    assert "The check could not be written" in pulls.comment


def test_what_trying_again_cannot_help_is_said_first() -> None:
    assert send(comment=DOWN, check=REFUSED)[0].error is REFUSED
    assert send(comment=REFUSED, check=DOWN, labels=DOWN)[0].error is REFUSED
    assert send(comment=DOWN, check=DOWN)[0].error is DOWN


def test_labels_are_what_github_takes() -> None:
    assert len({label.name.casefold() for label in LABELS}) == len(LABELS)
    for label in LABELS:
        assert len(label.name) <= 50
        assert len(label.color) == 6
        assert int(label.color, 16) >= 0
        assert 0 < len(label.description) <= 100
