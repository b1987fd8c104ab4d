"""The gate merges what it judged, where it judged it, or says loudly that it did not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.adapters.github.host import GitHubHost
from bot.cli.app import run
from bot.jobs.installation import Installation
from bot.jobs.upstream import Upstream
from bot.ports import MergeMessage
from tests.fakes.github_server.bare import BareRepository
from tests.integration.gate_world import (
    BOARD,
    ENTRY,
    MANIFEST,
    SECRET,
    GateWorld,
    gate_world,
    manifest_text,
)
from tests.integration.histories import Builder

GUARD = "bot/guard.py"
QUEUE = "refs/heads/gh-readonly-queue/main"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GateWorld]:
    with gate_world(tmp_path) as made:
        monkeypatch.setenv("GITHUB_REPOSITORY", BOARD)
        monkeypatch.setenv("GITHUB_API_URL", made.server.api_url)
        monkeypatch.setenv("REXRANK_TOKEN", SECRET)
        monkeypatch.setenv("REXRANK_APP_ID", "")
        yield made


def board(world: GateWorld) -> BareRepository:
    return world.server.repository(BOARD).git


def make_ready(world: GateWorld, number: int = 1) -> None:
    world.record()
    world.check(number)
    world.approve(number)


def gate(world: GateWorld, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    capsys.readouterr()
    remote = world.server.clone_url(BOARD)
    if "--check" in words:  # as the job does that a queue asks
        world.act_as("gate", "judge")
    status = run(["gate", *words, "--remote", remote, "--output-format", "json"])
    world.act_as("commands", "answer")
    document: dict[str, object] = json.loads(capsys.readouterr().out)
    assert status == (1 if document["reasons"] else 0)
    return document


def reasons(document: dict[str, object]) -> list[str]:
    found = document["reasons"]
    assert isinstance(found, list)
    return found


def cross(world: GateWorld) -> tuple[int, str]:
    """Return a pull request whose merge puts main's old guard back, and main with the fix.

    sam's entry is merged beside the fix. Then sam merges the fix, keeps the old tree, and changes
    the entry. The entry's commit is of a later day than the fix, so that git takes it as the base.
    """
    main, fork = board(world), world.server.repository("sam/reports").git
    old = world.server.push(BOARD, "main", {GUARD: "old\n"})
    main.run("fetch", "-q", str(fork.folder), "entry")
    mine = Builder(main).of(main.merge_tree(old, "FETCH_HEAD") or "", [old], day=28)
    fork.take(main, mine, "refs/heads/entry")
    world.server.repository(BOARD).sync_pulls()
    fix = Builder(main).commit([old], {GUARD: "fixed\n"}, day=27)
    main.run("update-ref", "refs/heads/main", fix)
    make_ready(world)
    assert world.pulls().merge(1, mine) == ""
    team = {MANIFEST: manifest_text("sam", "Other")}
    head = Builder(main).commit([mine, fix], team, tree_of=mine, day=29)
    fork.take(main, head, "refs/heads/again")
    number = world.server.open_pull_request("sam/reports:again").number
    return number, main.run("rev-parse", "main").strip()


def test_row_33_a_criss_cross_is_not_merged_and_the_fix_stays(
    world: GateWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    number, tip = cross(world)
    make_ready(world, number)
    files = set(world.pulls().files(number))
    assert files == {MANIFEST}, "GitHub's own diff shows nothing but the entry"
    (reason,) = reasons(gate(world, capsys, str(number), "--merge"))
    assert "changes.several-merge-bases" in reason
    assert "changes.outside-submission" in reason
    assert board(world).run("rev-parse", "main").strip() == tip
    assert board(world).run("show", f"main:{GUARD}") == "fixed\n"


class Meddling(GitHubHost):
    """The API, with somebody who acts just before the merge."""

    meddle: Callable[[], None]
    merges = 0

    def merge(
        self, number: int, head: str, message: MergeMessage | None = None, *, squash: bool = False
    ) -> str:
        self.merges += 1
        self.meddle()
        return super().merge(number, head, message, squash=squash)


def meddle(world: GateWorld, monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> Meddling:
    pulls = world.pulls(kind=Meddling)
    pulls.meddle = act
    monkeypatch.setattr(Installation, "host", lambda _: pulls)
    return pulls


def test_row_33_a_race_that_is_lost_is_said_loudly(
    world: GateWorld, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While sam adds a note to the entry, a maintainer removes the entry from main."""
    make_ready(world)
    assert world.pulls().merge(1, world.head()) == ""
    world.server.push("sam/reports", "entry", {f"{ENTRY}/README.md": "More.\n"})
    number = world.server.open_pull_request("sam/reports:entry").number
    make_ready(world, number)
    gone = board(world).run("ls-tree", "-r", "--name-only", "main", f"{ENTRY}/").split()
    meddle(
        world, monkeypatch, lambda: world.server.push(BOARD, "main", dict.fromkeys(gone)) and None
    )
    document = gate(world, capsys, str(number), "--merge")
    assert document["merged"]
    first, *_, last = reasons(document)
    assert first == "the head has errors: manifest.missing"
    tip = board(world).run("rev-parse", "main").strip()
    assert last == f"to take it back: git revert -m 1 {tip}"


def test_a_harmless_push_in_the_last_moment_is_judged_afterwards(
    world: GateWorld, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_ready(world)
    push = {"leaderboard/README.md": "Made again.\n"}
    meddle(world, monkeypatch, lambda: world.server.push(BOARD, "main", push) and None)
    assert gate(world, capsys, "1", "--merge") == {
        "head": world.head(),
        "merged": True,
        "reasons": [],
    }
    assert board(world).run("show", "main:leaderboard/README.md") == "Made again.\n"


@pytest.mark.parametrize(("times", "merged"), [(1, True), (2, True), (9, False)])
def test_row_33_a_target_that_moves_is_judged_again(
    world: GateWorld,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    times: int,
    merged: bool,
) -> None:
    make_ready(world)
    moved = []
    tip = Upstream.tip

    def moving(upstream: Upstream) -> str:
        """Let somebody push to main between the judgement and the last look."""
        seen = tip(upstream)
        if len(moved) < times:
            moved.append(world.server.push(BOARD, "main", {"README.md": f"{len(moved)}\n"}))
        return seen

    monkeypatch.setattr(Upstream, "tip", moving)
    document = gate(world, capsys, "1", "--merge")
    assert document["merged"] == merged
    if merged:
        assert board(world).run("rev-parse", "main^1").strip() == moved[-1]
    else:
        (reason,) = reasons(document)
        assert reason == "main moved 3 times while this was judged; try again"


def test_row_40_the_merges_message_is_the_bots_own(
    world: GateWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    make_ready(world)
    issue = world.server.repository(BOARD).issues[1]
    issue.title = "[skip ci] @mia `x`"
    assert gate(world, capsys, "1", "--merge")["merged"]
    message = board(world).run("log", "-1", "--format=%B", "main")
    assert message.startswith("Add moe (#1)\n")
    assert "skip" not in message


def test_a_squash_is_one_commit_that_is_verified_too(
    world: GateWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    world.push(team="Second")
    make_ready(world)
    assert gate(world, capsys, "1", "--merge", "--squash")["merged"]
    assert board(world).run("log", "-1", "--format=%s %P", "main").split()[:3] == [
        "Add",
        "moe",
        "(#1)",
    ]
    assert len(board(world).run("log", "-1", "--format=%P", "main").split()) == 1


@pytest.mark.parametrize("place", [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"])
def test_the_first_file_of_code_owners_counts(
    world: GateWorld, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    """Every path that changes needs its own owner: here one for the manifest, one for the rest."""
    files = {name: None for name in (".github/CODEOWNERS",) if name != place}
    lines = "* @mia\n/submissions/* @nobody\n**/manifest.yaml @wes\n"
    world.server.push(BOARD, "main", {**files, place: lines})
    if place == "CODEOWNERS":
        world.server.push(BOARD, "main", {"docs/CODEOWNERS": "* @nobody\n"})
    make_ready(world)
    assert reasons(gate(world, capsys, "1")) == [
        "no code owner who may write has approved this head"
    ]
    world.approve(login="wes")
    assert reasons(gate(world, capsys, "1")) == []


class Queue:
    """GitHub's merge queue: each commit is built upon the one before."""

    def __init__(self, world: GateWorld) -> None:
        self.git = board(world)
        self.tip = self.git.run("rev-parse", "main").strip()

    def add(self, number: int, head: str, *, squash: bool = False, tree: str | None = None) -> str:
        """Return the words that name the queue's commit for one more pull request."""
        made = tree or self.git.merge_tree(self.tip, head)
        assert made is not None
        parents = [self.tip] if squash else [self.tip, head]
        ref = f"{QUEUE}/pr-{number}-{self.tip}"
        message = f"Anything (#{number})"
        self.tip = self.git.commit_tree(made, parents, message, "github-merge-queue")
        self.git.run("update-ref", ref, self.tip)
        return ref

    def words(self, ref: str) -> tuple[str, ...]:
        return ("--queue-ref", ref, "--queue-commit", self.tip)


def queue_check(world: GateWorld, commit: str) -> tuple[str | None, int]:
    (check,) = [
        c for c in world.server.repository(BOARD).check_runs.values() if c.head_sha == commit
    ]
    assert check.name == "rexrank"
    return check.conclusion, len(check.external_id)


@pytest.mark.parametrize("squash", [False, True])
def test_row_41_the_queues_commit_is_judged_and_gets_the_check(
    world: GateWorld, capsys: pytest.CaptureFixture[str], squash: bool
) -> None:
    queue = Queue(world)
    ref = queue.add(1, world.head(), squash=squash)
    document = gate(world, capsys, *queue.words(ref), "--check")
    assert "this head has no check rexrank" in reasons(document)
    assert queue_check(world, queue.tip) == ("failure", 64)
    world.server.repository(BOARD).check_runs.clear()
    make_ready(world)
    assert reasons(gate(world, capsys, *queue.words(ref), "--check")) == []
    assert queue_check(world, queue.tip) == ("success", 64)
    assert world.merged_head() is None


@pytest.mark.parametrize("lie", ["tree", "head", "parents"])
def test_row_41_a_queues_commit_that_holds_something_else_is_refused(
    world: GateWorld, capsys: pytest.CaptureFixture[str], lie: str
) -> None:
    make_ready(world)
    queue = Queue(world)
    git, head = queue.git, world.head()
    if lie == "tree":
        evil = Builder(git).commit([head], {GUARD: "evil\n"})
        ref = queue.add(1, head, tree=git.run("rev-parse", f"{evil}^{{tree}}").strip())
    elif lie == "head":
        ref = queue.add(1, Builder(git).commit([head], {GUARD: "evil\n"}))
    else:
        main, evil = queue.tip, Builder(git).commit([head], {GUARD: "evil\n"})
        ref = queue.add(1, head)
        queue.tip = Builder(git).commit([main, head, evil], tree_of=queue.tip)
        git.run("update-ref", ref, queue.tip)
    found = reasons(gate(world, capsys, *queue.words(ref), "--check"))
    assert any("something else" in reason or "no open pull request" in reason for reason in found)
    assert queue_check(world, queue.tip)[0] == "failure"


@pytest.mark.parametrize("squash", [False, True])
def test_row_41_every_commit_of_a_group_is_judged(
    world: GateWorld, capsys: pytest.CaptureFixture[str], squash: bool
) -> None:
    """A queue can merge several at once when only the last one has passed."""
    changed = {MANIFEST: None, f"{ENTRY}/predictions/mini.findings.json": None}
    moved = {
        f"submissions/zoe/{name}": data
        for name, data in {
            "manifest.yaml": manifest_text("zoe", "Zoe").replace("Moe", "Zoe"),
            "predictions/mini.findings.json": board_file(world),
        }.items()
    }
    other = world.propose("zoe", **changed, **moved)
    code = world.server.repository(BOARD)
    world.server.fork(BOARD, "dev")
    world.server.push("dev/reports", "fix", {GUARD: "fixed\n"})
    third = world.server.open_pull_request("dev/reports:fix").number
    make_ready(world)
    world.check(other)
    queue = Queue(world)
    queue.add(1, world.head(1), squash=squash)
    queue.add(third, world.head(third), squash=squash)
    ref = queue.add(other, world.head(other), squash=squash)
    assert code.git.run("show", f"{queue.tip}:{GUARD}") == "fixed\n"
    (reason,) = reasons(gate(world, capsys, *queue.words(ref)))
    assert reason == "no code owner who may write has approved this head"
    world.approve(other)
    assert reasons(gate(world, capsys, *queue.words(ref))) == []
    world.server.review(BOARD, 1, "mia", "CHANGES_REQUESTED")
    found = reasons(gate(world, capsys, *queue.words(ref)))
    assert "#1: mia requested changes" in found


def board_file(world: GateWorld) -> bytes:
    head = world.head(1)
    return board(world).run_bytes("show", f"{head}:{ENTRY}/predictions/mini.findings.json")


def test_a_change_of_code_passes_the_queue_with_a_neutral_check(
    world: GateWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    world.server.fork(BOARD, "dev")
    world.server.push("dev/reports", "fix", {GUARD: "fixed\n"})
    number = world.server.open_pull_request("dev/reports:fix").number
    queue = Queue(world)
    ref = queue.add(number, world.head(number))
    assert reasons(gate(world, capsys, *queue.words(ref), "--check")) == []
    assert queue_check(world, queue.tip)[0] == "neutral"


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("1", "--queue-ref", f"{QUEUE}/pr-1-{'a' * 40}", "--queue-commit", "a" * 40),
        ("--queue-ref", f"{QUEUE}/pr-1-{'a' * 40}"),
        ("--queue-ref", "refs/heads/main", "--queue-commit", "a" * 40),
        ("--queue-ref", f"{QUEUE}-2/pr-1-{'a' * 40}", "--queue-commit", "a" * 40),
        ("1", "--check"),
        ("1", "--squash"),
    ],
)
def test_words_that_do_not_belong_together_are_refused(
    world: GateWorld, words: tuple[str, ...]
) -> None:
    assert run(["gate", *words, "--remote", world.server.clone_url(BOARD)]) == 2
