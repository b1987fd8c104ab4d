"""Events of comments, replayed against the loopback GitHub: who is obeyed, and answered once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.app import run
from tests.integration.gate_world import (
    BOARD,
    ENTRY,
    MANIFEST,
    SECRET,
    GateWorld,
    gate_world,
    manifest_text,
    permissions,
)

MAY_REACT = permissions("commands", "answer").get("issues") == "write"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GateWorld]:
    with gate_world(tmp_path) as made:
        monkeypatch.setenv("GITHUB_REPOSITORY", BOARD)
        monkeypatch.setenv("GITHUB_API_URL", made.server.api_url)
        monkeypatch.setenv("REXRANK_TOKEN", SECRET)
        monkeypatch.setenv("REXRANK_APP_ID", "")
        yield made


def replay(world: GateWorld, payload: dict[str, object]) -> None:
    event = world.folder / "event.json"
    event.write_text(json.dumps(payload), encoding="utf-8")
    remote = world.server.clone_url(BOARD)
    assert run(["command", "--event", str(event), "--remote", remote]) == 0


def tell(world: GateWorld, login: str, body: str, action: str = "created") -> dict[str, object]:
    """Write a comment, replay its event, and return the event."""
    comment = world.server.comment(BOARD, 1, login, body)
    payload = world.server.issue_comment_event(1, comment.id, action=action, full_name=BOARD)
    replay(world, payload)
    return payload


def reactions(world: GateWorld) -> list[str]:
    comments = world.server.repository(BOARD).issues[1].comments
    return [reaction.content for comment in comments for reaction in comment.reactions]


def shown(*contents: str) -> list[str]:
    """Return these reactions where the job may react at all; the answer never waits for it."""
    return list(contents) if MAY_REACT else []


def dispatches(world: GateWorld) -> list[dict[str, object]]:
    return world.server.repository(BOARD).dispatches


def merge(world: GateWorld) -> None:
    world.record()
    world.check()
    world.approve()
    assert world.pulls().merge(1, world.head()) == ""


def test_row_27_a_command_is_answered_once_however_often_its_event_comes(world: GateWorld) -> None:
    payload = tell(world, "mia", "/rexrank rescore\r\n\r\nplease")
    for _ in range(3):
        replay(world, payload)
    (answer,) = world.answers()
    assert answer.startswith(f"<!-- rexrank-bot:answer {payload['comment']['id']} -->\n")
    assert "by mia" in answer
    assert "permission write" in answer
    assert reactions(world) == shown("+1")
    (dispatch,) = dispatches(world)
    assert dispatch["workflow"] == "submission.yml"
    assert dispatch["ref"] == "main"
    assert dispatch["inputs"]["number"] == "1"
    assert dispatch["inputs"]["head"] == world.head()
    assert set(dispatch["inputs"]) == {"number", "head"}


@pytest.mark.parametrize("name", ["rescore", "score", "merge", "merge --squash", "transfer eve"])
@pytest.mark.parametrize("login", ["sam", "stranger"])
def test_row_27_a_stranger_starts_nothing(world: GateWorld, name: str, login: str) -> None:
    tell(world, login, f"/rexrank {name}")
    (answer,) = world.answers()
    assert "This command is for a maintainer" in answer
    assert reactions(world) == shown("confused")
    assert dispatches(world) == []


@pytest.mark.parametrize("name", ["status", "withdraw"])
def test_row_27_a_stranger_learns_and_changes_nothing_about_an_entry(
    world: GateWorld, name: str
) -> None:
    merge(world)
    before = world.ledger()
    tell(world, "eve", f"/rexrank {name}")
    (answer,) = world.answers()
    assert "This command is for a submitter" in answer
    assert world.ledger() == before
    assert dispatches(world) == []


@pytest.mark.parametrize(
    ("login", "body", "action"),
    [
        ("mia", "/rexrank rescore", "edited"),
        ("mia", "/rexrank rescore", "deleted"),
        ("mia", "Please:\n/rexrank rescore", "created"),
        ("mia", " /rexrank rescore", "created"),
        ("mia", "> /rexrank rescore", "created"),
        ("mia", "/rexrankle rescore", "created"),
        ("mia", "", "created"),
    ],
)
def test_row_27_what_is_no_new_command_is_not_answered(
    world: GateWorld, login: str, body: str, action: str
) -> None:
    tell(world, login, body, action)
    assert world.answers() == []
    assert reactions(world) == []
    assert dispatches(world) == []


def test_row_27_bots_and_plain_issues_give_no_commands(world: GateWorld) -> None:
    comment = world.server.comment(BOARD, 1, "mia", "/rexrank rescore")
    payload = world.server.issue_comment_event(1, comment.id, full_name=BOARD)
    payload["comment"]["user"]["type"] = "Bot"
    replay(world, payload)
    payload = world.server.issue_comment_event(1, comment.id, full_name=BOARD)
    del payload["issue"]["pull_request"]
    replay(world, payload)
    assert world.answers() == []


def test_row_16_an_answer_with_somebody_elses_marker_is_still_given(world: GateWorld) -> None:
    comment = world.server.comment(BOARD, 1, "mia", "/rexrank help")
    world.server.comment(BOARD, 1, "eve", f"<!-- rexrank-bot:answer {comment.id} -->\nDone.")
    replay(world, world.server.issue_comment_event(1, comment.id, full_name=BOARD))
    (answer,) = world.answers()
    assert "/rexrank withdraw" in answer


def test_help_and_unknown_words_are_answered_to_everybody(world: GateWorld) -> None:
    tell(world, "stranger", "/rexrank help")
    tell(world, "stranger", "/rexrank $(id) @mia <img>")
    known, unknown = world.answers()
    assert "Takes a merged entry off the leaderboard" in known
    assert "There is no such command" in unknown
    assert "@mia" not in unknown
    assert reactions(world) == shown("+1", "confused")


def test_status_tells_the_author_what_stands_before_a_merge(world: GateWorld) -> None:
    tell(world, "sam", "/rexrank status")
    world.record()
    world.check()
    world.approve()
    tell(world, "sam", "/rexrank status")
    before, after = world.answers()
    assert "this head has no check rexrank" in before
    assert "no code owner who may write has approved" in before
    assert "Nothing stands before a merge" in after


def test_score_says_so_when_there_is_no_workflow_for_it(world: GateWorld) -> None:
    tell(world, "mia", "/rexrank score")
    (answer,) = world.answers()
    assert "score&#8203;-sealed.yml" in answer or "score-sealed.yml" in answer
    assert reactions(world) == shown("confused")


def test_a_merged_entry_is_withdrawn_by_its_submitter_for_good(world: GateWorld) -> None:
    merge(world)
    payload = tell(world, "sam", "/rexrank withdraw")
    replay(world, payload)
    (answer,) = world.answers()
    assert "was withdrawn by sam" in answer
    assert "withdrawn/moe.json" in world.ledger()
    assert [one["workflow"] for one in dispatches(world)] == ["publish.yml"]
    with world.upstream() as upstream:
        (stone,) = upstream.tombstones.read()
    assert (stone.submission, stone.login, stone.pull) == ("moe", "sam", 1)
    assert stone.user_id == world.server.account("sam").id
    tell(world, "mia", "/rexrank withdraw")
    assert "had been withdrawn before" in world.answers()[-1]
    with world.upstream() as upstream:
        assert upstream.tombstones.read() == (stone,)


def test_an_open_pull_request_is_withdrawn_by_closing_it(world: GateWorld) -> None:
    tell(world, "sam", "/rexrank withdraw")
    (answer,) = world.answers()
    assert "close this pull request" in answer
    assert world.ledger() == []


def test_transfer_gives_an_entry_to_others_and_says_which_line_still_names_somebody_else(
    world: GateWorld,
) -> None:
    merge(world)
    world.server.account("tess")
    before = world.server.repository(BOARD).git.resolve("refs/heads/main")
    tell(world, "mia", "/rexrank transfer tess Sam")
    (answer,) = world.answers()
    assert "submitters: [tess, sam]" in answer
    assert f"{ENTRY}/manifest.yaml" in answer
    assert "owners/moe.json" in world.ledger()
    assert world.server.repository(BOARD).git.resolve("refs/heads/main") == before
    assert dispatches(world) == []


@pytest.mark.parametrize("words", ["", " --squash"])
def test_row_41_a_maintainer_merges_through_the_gate_once(world: GateWorld, words: str) -> None:
    payload = tell(world, "mia", f"/rexrank merge{words}")
    assert "this head has no check rexrank" in world.answers()[0]
    assert world.server.repository(BOARD).issues[1].pull.merged_at is None
    assert dispatches(world) == []
    world.record()
    world.check()
    world.approve()
    replay(world, payload)
    assert world.server.repository(BOARD).issues[1].pull.merged_at is None, (
        "a command is carried out once, as things stood"
    )
    payload = tell(world, "mia", f"/rexrank merge{words}")
    replay(world, payload)
    _, answer = world.answers()
    tip = world.server.repository(BOARD).git.run("rev-parse", "main").strip()
    assert f"as <code>{tip[:12]}</code>" in answer
    assert [one["workflow"] for one in dispatches(world)] == ["publish.yml"]
    git = world.server.repository(BOARD).git
    assert git.run("log", "-1", "--format=%s", "main").strip() == "Add moe (#1)"
    assert len(git.run("log", "-1", "--format=%P", "main").split()) == (1 if words else 2)


def test_a_merge_that_could_not_be_answered_is_answered_later(world: GateWorld) -> None:
    merge(world)
    tell(world, "mia", "/rexrank merge")
    (answer,) = world.answers()
    assert answer.count("Merged <code>") == 1
    assert [one["workflow"] for one in dispatches(world)] == ["publish.yml"]


def test_row_41_a_merge_that_passed_by_the_gate_is_said(world: GateWorld) -> None:
    assert world.pulls().merge(1, world.head()) == ""
    tell(world, "mia", "/rexrank merge")
    (answer,) = world.answers()
    assert "should not have been" in answer
    assert "no scorecard in the ledger" in answer
    assert reactions(world) == ["confused"]


def test_row_41_a_rebase_that_hides_a_commit_is_not_called_in_order(world: GateWorld) -> None:
    fork, main = world.server.repository("sam/reports").git, world.server.repository(BOARD)
    world.server.push("sam/reports", "entry", {"bot/guard.py": "evil\n"}, "Change the guard")
    world.server.push("sam/reports", "entry", {MANIFEST: manifest_text("sam", "Other")}, "Team")
    world.record()
    world.check()
    world.approve()
    head, pull = world.head(), main.issues[1].pull
    assert pull is not None
    tip = main.git.run("rev-parse", "main").strip()
    for one in fork.run("rev-list", "--reverse", head, f"^{tip}").split():
        tree = main.git.run("rev-parse", f"{one}^{{tree}}").strip()
        title = main.git.run("log", "-1", "--format=%s", one)
        tip = main.git.commit_tree(tree, [tip], title, "mia")
    main.git.run("update-ref", "refs/heads/main", tip)
    pull.merged_at, pull.merge_commit_sha = world.server.time(), tip
    main.issues[1].state = "closed"
    tell(world, "mia", "/rexrank merge")
    (answer,) = world.answers()
    assert "should not have been" in answer
    assert "a rebase, which cannot be judged" in answer


def test_what_github_says_to_a_squash_that_is_not_allowed_is_answered(
    world: GateWorld,
) -> None:
    world.record()
    world.check()
    world.approve()
    world.server.repository(BOARD).issues[1].pull.draft = True  # type: ignore[union-attr]
    tell(world, "mia", "/rexrank merge --squash")
    (answer,) = world.answers()
    assert "GitHub refused to merge" in answer
    assert "Pull Request is not mergeable" in answer
    assert dispatches(world) == []
