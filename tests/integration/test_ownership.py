"""Accounts that are renamed, given up, taken and deleted, against the loopback GitHub."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.git.repository import GitRepository, create_bare
from bot.adapters.ledger.owners import OWNERS, read_owners
from bot.adapters.ledger.verify import verify_ledger
from bot.checks.reading.ledger_records import FETCHED_LEDGER
from bot.cli.app import run
from bot.domain.owners import GHOST_ID, EntryOwners, PullFacts
from bot.jobs.board.publish import record_owners
from bot.jobs.installation import Installation
from tests.fakes.github_server import Fault
from tests.fakes.github_server.accounts import Account
from tests.integration.gate_world import (
    BOARD,
    MANIFEST,
    SECRET,
    GateWorld,
    gate_world,
    manifest_text,
)
from tests.integration.test_api_faults import KINDS

RECORD = "owners/moe.json"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GateWorld]:
    with gate_world(tmp_path) as made:
        monkeypatch.setenv("GITHUB_REPOSITORY", BOARD)
        monkeypatch.setenv("GITHUB_API_URL", made.server.api_url)
        monkeypatch.setenv("REXRANK_TOKEN", SECRET)
        monkeypatch.setenv("REXRANK_APP_ID", "")
        # What fails here need not be asked again, and no write waits for the next second.
        monkeypatch.setattr(Installation, "host", lambda _: made.pulls())
        yield made


def merge(world: GateWorld, number: int = 1) -> None:
    world.check(number)
    world.approve(number)
    assert world.pulls().merge(number, world.head(number)) == ""


def record(world: GateWorld) -> str:
    """Record owners as publishing does after its push, and return what it said."""
    with world.upstream() as upstream:
        return record_owners(upstream)


def stored(world: GateWorld) -> dict[str, EntryOwners]:
    git = GitRepository(world.server.repository(BOARD).git.folder)
    tip = git.resolve("ledger")
    assert verify_ledger(git, tip) == ()
    return read_owners(git, tip)


def tell(world: GateWorld, login: str, body: str, number: int = 1) -> str:
    """Write a comment, let the bot answer it, and return the answer."""
    comment = world.server.comment(BOARD, number, login, body)
    payload = world.server.issue_comment_event(number, comment.id, full_name=BOARD)
    event = world.folder / "event.json"
    event.write_text(json.dumps(payload), encoding="utf-8")
    remote = world.server.clone_url(BOARD)
    assert run(["command", "--event", str(event), "--remote", remote]) == 0
    return world.answers(number)[-1]


def inspect(world: GateWorld, number: int, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Return the message of each error that the jobs of a workflow find, by its code."""
    facts = world.folder / "pull.json"
    head = world.head(number)
    assert run(["pull", str(number), "--head", head, "--output", str(facts)]) == 0
    folder = world.server.repository(BOARD).git.folder
    git = GitRepository(folder)
    if git.attempt("rev-parse", "--verify", "--quiet", "refs/heads/ledger").returncode == 0:
        git.run("update-ref", FETCHED_LEDGER, "refs/heads/ledger")
    capsys.readouterr()
    words = ["--base", "main", "--head", head, "--pull", str(facts), "--output-format", "json"]
    run(["inspect", "--repo", str(folder), *words])
    found = json.loads(capsys.readouterr().out).get("findings", [])
    return {f["code"]: f["message"] for f in found if f["level"] == "error"}


def gate(world: GateWorld, number: int, capsys: pytest.CaptureFixture[str]) -> str:
    """Return every reason why the gate keeps a pull request out."""
    remote = world.server.clone_url(BOARD)
    capsys.readouterr()
    run(["gate", str(number), "--remote", remote])
    return capsys.readouterr().out


def dispatches(world: GateWorld) -> list[str]:
    return [str(one["workflow"]) for one in world.server.repository(BOARD).dispatches]


def publish(world: GateWorld) -> int:
    scratch = create_bare(world.folder / "publish.git").folder
    remote = world.server.clone_url(BOARD)
    return run(["publish", "--repo", str(scratch), "--remote", remote])


def test_row_36_publishing_records_whose_an_entry_is_once(
    world: GateWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    merge(world)
    assert publish(world) == 0
    assert "owners: recorded" in capsys.readouterr().err
    (person,) = stored(world)["moe"].people
    assert (person.login, person.user_id) == ("sam", world.server.account("sam").id)
    git = world.server.repository(BOARD).git
    before = git.resolve("refs/heads/ledger")
    assert publish(world) == 0
    assert "owners: up to date" in capsys.readouterr().err
    assert git.resolve("refs/heads/ledger") == before


def test_an_account_that_is_gone_is_left_out_and_said(
    world: GateWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    merge(world)
    del world.server.accounts["sam"]
    assert record(world) == "owners: recorded"
    assert "there is no person with the login sam" in capsys.readouterr().err
    assert (stored(world)["moe"].people, stored(world)["moe"].absent) == ((), ("sam",))
    world.server.account("sam")
    assert record(world) == "owners: up to date"


@pytest.mark.parametrize("kind", KINDS)
def test_row_28_a_publication_is_not_held_up_by_an_account_that_cannot_be_looked_up(
    world: GateWorld, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    merge(world)
    world.server.hang_s = 6.0
    world.server.faults[:] = [Fault("GET", "/users/", n, kind) for n in (1, 2, 3)]  # type: ignore[arg-type]
    assert publish(world) == 0
    said = capsys.readouterr().err
    assert "published as" in said
    assert "owners: not recorded this time" in said
    assert RECORD not in world.ledger()
    world.server.faults.clear()
    assert publish(world) == 0
    assert [p.login for p in stored(world)["moe"].people] == ["sam"]


def test_publishing_without_an_api_records_nothing_and_says_so(
    world: GateWorld, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    merge(world)
    monkeypatch.delenv("GITHUB_REPOSITORY")
    assert publish(world) == 0
    assert "owners: not recorded; without a repository" in capsys.readouterr().err
    assert RECORD not in world.ledger()


@pytest.fixture
def taken(world: GateWorld) -> GateWorld:
    """Sam's entry was merged and recorded; then sam became samuel, and somebody else took sam."""
    merge(world)
    assert record(world) == "owners: recorded"
    world.server.rename_account("sam", "samuel")
    assert world.server.account("sam").id != world.server.account("samuel").id
    return world


def test_row_36_who_took_a_login_changes_nothing(
    taken: GateWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    number = taken.propose("sam", **{MANIFEST: manifest_text("sam", "Taken")})
    errors = inspect(taken, number, capsys)
    assert list(errors) == ["changes.not-owner"]
    assert "a maintainer decides with /rexrank transfer" in errors["changes.not-owner"]
    assert "changes.not-owner" in gate(taken, number, capsys)


def test_row_36_who_took_a_maintainers_login_changes_nobodys_entry(
    world: GateWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    merge(world)
    assert record(world) == "owners: recorded"
    (login,) = world.installation.catalog.card.maintainers
    number = world.propose(login, **{MANIFEST: manifest_text("sam", "Taken")})
    assert list(inspect(world, number, capsys)) == ["changes.not-owner"]
    assert "changes.not-owner" in gate(world, number, capsys)


def test_row_36_who_took_a_login_gives_no_command(taken: GateWorld) -> None:
    number = taken.propose("sam", **{MANIFEST: manifest_text("sam", "Taken")})
    before = taken.ledger()
    for name in ("withdraw", "status"):
        assert "another one than the owner of that name" in tell(taken, "sam", f"/rexrank {name}")
    assert "another one than" in tell(taken, "sam", "/rexrank confirm", number)
    assert "for a maintainer" in tell(taken, "sam", "/rexrank transfer sam")
    assert taken.ledger() == before
    assert dispatches(taken) == []


def test_row_36_a_renamed_owner_asks_a_maintainer(
    taken: GateWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    number = taken.propose("lee", **{MANIFEST: manifest_text("sam", "Mine")})
    assert "changes.not-owner" in inspect(taken, number, capsys)
    assert "owns the entry under another login" in tell(taken, "samuel", "/rexrank withdraw")
    answer = tell(taken, "mia", "/rexrank transfer Samuel")
    assert f"samuel (user {taken.server.account('samuel').id})" in answer
    assert "submitters: [samuel]" in answer
    decided = stored(taken)["moe"]
    assert decided.decided_by is not None
    assert decided.decided_by.login == "mia"
    assert record(taken) == "owners: up to date"
    assert "another one" not in tell(taken, "samuel", "/rexrank withdraw")
    assert "withdrawn/moe.json" in taken.ledger()


def test_row_37_people_without_a_part_are_refused_until_they_confirm(
    world: GateWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    both = manifest_text("sam").replace("[sam]", "[sam, tess]")
    world.server.push("sam/reports", "entry", {MANIFEST: both})
    errors = inspect(world, 1, capsys)
    assert list(errors) == ["changes.unconfirmed-submitter"]
    assert "changes.unconfirmed-submitter" in gate(world, 1, capsys)
    assert "whom the manifest of this pull request names" in tell(world, "eve", "/rexrank confirm")
    assert dispatches(world) == []
    assert "Started" in tell(world, "tess", "/rexrank confirm")
    assert dispatches(world) == ["submission.yml"]
    assert inspect(world, 1, capsys) == {}
    assert "changes." not in gate(world, 1, capsys)


def test_row_37_a_review_is_a_part_and_an_apps_comment_is_none(
    world: GateWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    both = manifest_text("sam").replace("[sam]", "[sam, tess]")
    world.server.push("sam/reports", "entry", {MANIFEST: both})
    world.server.accounts["tess"] = Account("tess", 77, "Bot")
    world.server.comment(BOARD, 1, "tess", "Hello")
    assert "changes.unconfirmed-submitter" in inspect(world, 1, capsys)
    world.server.accounts["tess"] = Account("tess", 78)
    world.server.review(BOARD, 1, "tess", "COMMENTED")
    assert inspect(world, 1, capsys) == {}


def test_row_37_a_name_in_a_commit_is_no_part(
    world: GateWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    both = manifest_text("sam").replace("[sam]", "[sam, tess]")
    folder = world.server.repository("sam/reports").git.folder
    world.server.push("sam/reports", "entry", {MANIFEST: both})
    author = ("-c", "user.name=tess", "-c", "user.email=tess@users.noreply.github.com")
    made = ("commit-tree", "-p", "entry", "-m", "Co-authored-by: tess", "entry^{tree}")
    done = subprocess.run(
        ("git", "-C", str(folder), *author, *made), check=True, capture_output=True, text=True
    )
    tree = done.stdout.strip()
    world.server.repository("sam/reports").git.run("update-ref", "refs/heads/entry", tree)
    assert "changes.unconfirmed-submitter" in inspect(world, 1, capsys)


def test_row_37_an_entry_in_somebody_elses_name_needs_a_maintainer(
    world: GateWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    number = world.propose("eve", **{MANIFEST: manifest_text("victim")})
    errors = inspect(world, number, capsys)
    assert list(errors) == ["changes.author-not-named", "changes.unconfirmed-submitter"]
    assert "changes.author-not-named" in gate(world, number, capsys)
    assert "for a maintainer" in tell(world, "eve", "/rexrank transfer eve victim", number)
    assert "no person has the login nobody1" in tell(
        world, "mia", "/rexrank transfer eve nobody1", number
    )
    assert RECORD not in world.ledger()
    world.server.account("victim")
    answer = tell(world, "mia", "/rexrank transfer eve victim", number)
    assert "checks of this pull request were started again" in answer
    assert dispatches(world) == ["submission.yml"]
    assert inspect(world, number, capsys) == {}
    world.server.rename_account("eve", "evelyn")
    assert "changes.not-owner" in inspect(world, number, capsys)


def test_a_decision_is_not_taken_back_by_a_run_that_is_made_again(world: GateWorld) -> None:
    for login in ("lee", "tess"):
        world.server.account(login)
    first = world.server.comment(BOARD, 1, "mia", "/rexrank transfer lee")
    tell(world, "mia", "/rexrank transfer tess")
    event = world.folder / "event.json"
    payload = world.server.issue_comment_event(1, first.id, full_name=BOARD)
    event.write_text(json.dumps(payload), encoding="utf-8")
    remote = world.server.clone_url(BOARD)
    assert run(["command", "--event", str(event), "--remote", remote]) == 0
    assert [p.login for p in stored(world)["moe"].people] == ["tess"]
    assert "belongs to tess" in world.answers()[-1]


def test_row_36_a_pull_request_of_a_deleted_account_owns_nothing(
    world: GateWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    merge(world)
    number = world.propose("lee", **{MANIFEST: manifest_text("ghost", "Mine")})
    issue = world.server.repository(BOARD).issues[number]
    issue.user = Account("ghost", GHOST_ID)
    facts = world.folder / "pull.json"
    assert "changes.not-owner" in inspect(world, number, capsys)
    found = PullFacts.from_json(facts.read_bytes())
    assert (found.author, found.author_id, found.participants) == ("", 0, ())
    assert "changes.not-owner" in gate(world, number, capsys)


@pytest.mark.parametrize("author", ["", "  "])
def test_row_36_an_empty_author_is_wrong_usage(world: GateWorld, author: str) -> None:
    folder = str(world.server.repository(BOARD).git.folder)
    words = ["inspect", "--repo", folder, "--base", "main", "--head", world.head()]
    assert run([*words, "--author", author]) == 2
    assert run([*words, "--author-id", "5"]) == 2
    assert run([*words, "--author", "sam", "--author-id", "5"]) == 0


def test_facts_of_another_head_or_of_something_else_are_not_believed(world: GateWorld) -> None:
    facts = world.folder / "pull.json"
    assert run(["pull", "1", "--head", world.head(), "--output", str(facts)]) == 0
    world.push()
    folder = str(world.server.repository(BOARD).git.folder)
    words = ["inspect", "--repo", folder, "--base", "main", "--pull", str(facts)]
    assert run([*words, "--head", world.head()]) == 78
    assert run([*words, "--head", world.head(), "--author", "sam"]) == 2
    facts.write_text("{}", encoding="utf-8")
    assert run([*words, "--head", world.head()]) == 78


def test_owners_may_be_replaced_in_the_ledger_and_not_removed(world: GateWorld) -> None:
    tell(world, "mia", "/rexrank transfer sam")
    world.server.account("tess")
    tell(world, "mia", "/rexrank transfer tess")
    assert [p.login for p in stored(world)["moe"].people] == ["tess"]
    git = world.server.repository(BOARD).git
    git.commit("ledger", {RECORD: None, f"{OWNERS}/other.json": "{}"}, "Remove", "eve")
    local = GitRepository(git.folder)
    removed, misplaced = verify_ledger(local, local.resolve("ledger"))
    assert removed.endswith(f"removes {RECORD}")
    assert "not what belongs here" in misplaced
