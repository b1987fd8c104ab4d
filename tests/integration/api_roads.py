"""Commands that talk to GitHub's API, each with what it must leave behind however it went."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from pathlib import Path

from bot.adapters.disk.score_folder import write_score
from bot.cli.app import run
from tests.integration.gate_world import BOARD, GateWorld, sample_manifest
from tests.integration.handovers import table

PERSON = "Thanks for the leaderboard!"


class Road(ABC):
    """One command line on one pull request, which can be prepared any number of times."""

    healed = frozenset({0})
    """Exit statuses of a run that found everything done, or did it."""

    def __init__(self, world: GateWorld) -> None:
        self.world = world
        self.issue = world.server.repository(BOARD).issues[1]

    def matters(self, path: str) -> bool:
        """Return whether a call must succeed: labels and reactions are for the eye alone."""
        return not path.endswith(("/labels", "/reactions"))

    @abstractmethod
    def prepare(self) -> None:
        """Take back what an earlier run left."""

    @abstractmethod
    def words(self) -> list[str]:
        """Return the command line."""

    @abstractmethod
    def check(self) -> None:
        """Fail unless everything is there, once."""


class ReportRoad(Road):
    """`rexrank report` of a scored pull request."""

    def __init__(self, world: GateWorld) -> None:
        super().__init__(world)
        world.act_as("submission", "report")
        self.folder = world.folder / "handed-over"
        git = world.server.repository(BOARD).git.folder
        words = ["--repo", str(git), "--base", "main", "--head", world.head()]
        assert run(["inspect", *words, "--output", str(self.folder / "inspection")]) == 0
        for entry in sample_manifest().predictions:
            card = world.scorecard(entry.sha256, entry.dataset)
            write_score(self.folder / "scores" / "moe", card, table(card))

    def prepare(self) -> None:
        self.issue.comments.clear()
        self.issue.labels.clear()
        self.world.server.repository(BOARD).check_runs.clear()
        self.world.server.comment(BOARD, 1, "sam", PERSON)

    def words(self) -> list[str]:
        folders = [f"--{name}={self.folder / name}" for name in ("inspection", "scores")]
        return ["report", "1", "--head", self.world.head(), *folders]

    def check(self) -> None:
        (comment,) = self.world.answers()
        assert "Ready, waiting for a person" in comment
        assert PERSON in [each.body for each in self.issue.comments]
        assert self.issue.labels == ["rexrank: scored"]
        checks = [*self.world.server.repository(BOARD).check_runs.values()]
        # One that says that the comment is missing is followed by one that does not.
        assert len(checks) <= 2
        assert {(check.name, check.conclusion) for check in checks} == {("rexrank", "success")}
        assert checks[-1].summary is not None
        assert "could not be written" not in checks[-1].summary


class CommandRoad(Road):
    """`rexrank command` for a maintainer's `/rexrank rescore`."""

    def prepare(self) -> None:
        self.ask("mia", "/rexrank rescore")

    def ask(self, login: str, body: str) -> None:
        self.issue.comments.clear()
        self.world.server.repository(BOARD).dispatches.clear()
        comment = self.world.server.comment(BOARD, 1, login, body)
        payload = self.world.server.issue_comment_event(1, comment.id, full_name=BOARD)
        self.event.write_text(json.dumps(payload), encoding="utf-8")

    @property
    def event(self) -> Path:
        return self.world.folder / "event.json"

    def words(self) -> list[str]:
        return ["command", "--event", str(self.event), "--remote", self.world.remote]

    def check(self) -> None:
        (answer,) = self.world.answers()
        assert "Started" in answer
        (command,) = (c for c in self.issue.comments if c.body == "/rexrank rescore")
        # Where the reaction was refused or got lost, the answer is there all the same.
        assert [reaction.content for reaction in command.reactions] in ([], ["+1"])
        started = self.world.server.repository(BOARD).dispatches
        # Where only the answer got lost, the run is started again: submission.yml has one run a
        # pull request, and a newer one ends it.
        assert 1 <= len(started) <= 2
        assert all(each == started[0] for each in started)


class WithdrawRoad(CommandRoad):
    """`rexrank command` for a submitter's `/rexrank withdraw` of a merged entry."""

    def __init__(self, world: GateWorld) -> None:
        super().__init__(world)
        world.record()
        world.check()
        world.approve()
        assert world.pulls().merge(1, world.head()) == ""
        self.ledger = world.server.repository(BOARD).git.run("rev-parse", "ledger").strip()

    def prepare(self) -> None:
        git = self.world.server.repository(BOARD).git
        git.run("update-ref", "refs/heads/ledger", self.ledger)
        self.ask("sam", "/rexrank withdraw")

    def check(self) -> None:
        (answer,) = self.world.answers()
        assert "withdrawn" in answer
        assert self.world.ledger().count("withdrawn/moe.json") == 1
        git = self.world.server.repository(BOARD).git
        assert len(git.run("rev-list", f"{self.ledger}..ledger").split()) == 1
        started = self.world.server.repository(BOARD).dispatches
        # Publishing twice is publishing once.
        assert 1 <= len(started) <= 2
        assert {each["workflow"] for each in started} == {"publish.yml"}


class TransferRoad(CommandRoad):
    """`rexrank command` for a maintainer's `/rexrank transfer` before the first merge."""

    def prepare(self) -> None:
        self.world.server.account("tess")
        git = self.world.server.repository(BOARD).git
        if git.resolve("refs/heads/ledger") is not None:
            git.run("update-ref", "-d", "refs/heads/ledger")
        self.ask("mia", "/rexrank transfer sam tess")

    def check(self) -> None:
        (answer,) = self.world.answers()
        assert "belongs to sam" in answer
        assert self.world.ledger() == ["owners/moe.json"]
        git = self.world.server.repository(BOARD).git
        assert len(git.run("rev-list", "ledger").split()) == 1
        started = self.world.server.repository(BOARD).dispatches
        # What lost only its answer is done again; submission.yml has one run a pull request.
        assert 1 <= len(started) <= 2
        assert {each["workflow"] for each in started} == {"submission.yml"}


class GateRoad(Road):
    """`rexrank gate --merge` of a pull request that may be merged."""

    healed = frozenset({0, 1})

    def __init__(self, world: GateWorld) -> None:
        super().__init__(world)
        world.record()
        world.check()
        world.approve()
        self.main = world.server.repository(BOARD).git.run("rev-parse", "main").strip()

    def prepare(self) -> None:
        pull = self.issue.pull
        assert pull is not None
        self.issue.state, self.issue.closed_at = "open", None
        pull.merged_at = pull.merged_by = pull.merge_commit_sha = None
        self.world.server.repository(BOARD).git.run("update-ref", "refs/heads/main", self.main)
        self.world.server.repository(BOARD).sync_pulls()

    def words(self) -> list[str]:
        return ["gate", "1", "--merge", "--remote", self.world.remote]

    def check(self) -> None:
        assert self.world.merged_head() == self.world.head()
        git = self.world.server.repository(BOARD).git
        assert len(git.run("rev-list", "--merges", "main").split()) == 1


ROADS = {
    "report": ReportRoad,
    "command": CommandRoad,
    "withdraw": WithdrawRoad,
    "transfer": TransferRoad,
    "gate": GateRoad,
}
