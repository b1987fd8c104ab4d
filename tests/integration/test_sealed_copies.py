"""Row 34: a sealed file is scored for its author, entry and board, and for nobody else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.adapters.git.repository import GitRepository
from bot.adapters.references.sealing import seal
from bot.domain.value import sha256_of
from tests.integration.sealed_job import (
    BOARD,
    ENTRY,
    SEALED,
    SealedWorld,
    reports,
    sealed_world,
)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SealedWorld]:
    with sealed_world(tmp_path, monkeypatch) as made:
        made.limit("locked", 2)
        yield made


def copy_entry(world: SealedWorld, name: str, login: str) -> Path:
    """Return a folder with everything of sybil's entry, whose manifest names somebody else."""
    folder = world.hidden / "copies" / name
    shutil.copytree(world.hidden / ENTRY, folder)
    manifest = yaml.safe_load((folder / "manifest.yaml").read_text())
    manifest["submitters"] = [login]
    if login != "sybil":  # another team's model is found by its name
        manifest["model"]["name"] = f"Model of {login}"
    (folder / "manifest.yaml").write_text(yaml.safe_dump(manifest, sort_keys=False))
    return folder


def locked(world: SealedWorld) -> str:
    return world.propose({"locked": reports()["locked"]})


def test_row_34_a_copied_sealed_file_is_neither_scored_nor_shown_nor_charged(
    world: SealedWorld, capfd: pytest.CaptureFixture[str]
) -> None:
    locked(world)
    number, head = world.propose_as("eve", copy_entry(world, ENTRY, "eve"))
    world.inspect(head, number, "eve")
    assert world.bot(*world.quota_words("reserve", head, number)) == 0
    (world.work / "step-output").unlink()
    assert world.score(head, number) == 1
    assert world.files() == ["inspection.json"]
    assert not (world.hidden / "engine/calls.json").exists()
    assert "compared<<" in (outputs := (world.work / "step-output").read_text())
    assert outputs.count("\nfalse\n") == 2
    assert world.report(head, number) == 0
    (comment,) = world.comments(number)
    assert "Your file needs work" in comment
    assert "sealed.other-author" in comment
    assert "sybil" not in comment
    assert world.bot(*world.quota_words("release", head, number)) == 0
    book = world.book()
    assert (book.events, book.held) == ((), ())
    world.assert_nothing_shows(*capfd.readouterr())


def test_row_34_a_rename_or_an_old_seal_is_a_code_that_says_to_seal_again(
    world: SealedWorld, capfd: pytest.CaptureFixture[str]
) -> None:
    texts = {"locked": reports()["locked"]}
    world.propose(texts)
    number, head = world.propose_as("sybil", copy_entry(world, "renamed", "sybil"))
    world.inspect(head, number)
    assert world.bot(*world.quota_words("reserve", head, number)) == 0
    assert world.score(head, number) == 1
    assert "sealed.other-entry" in capfd.readouterr().err
    recipient = str(world.key.to_public())
    headless = seal(json.dumps(texts["locked"], indent=1).encode(), [recipient])
    folder = copy_entry(world, "headless", "sybil")
    (folder / SEALED).write_bytes(headless)
    manifest = folder / "manifest.yaml"
    manifest.write_text(renew_sha256(manifest.read_text(), headless))
    number, head = world.propose_as("sybil", folder)
    world.inspect(head, number)
    shutil.rmtree(world.output)
    assert world.bot(*world.quota_words("reserve", head, number)) == 0
    assert world.score(head, number) == 1
    printed = capfd.readouterr()
    assert "sealed.no-header" in printed.err
    assert "seal the plain file again" in printed.err
    world.assert_nothing_shows(*printed)


def renew_sha256(manifest: str, data: bytes) -> str:
    document = yaml.safe_load(manifest)
    document["predictions"][0]["sha256"] = sha256_of(data)
    return yaml.safe_dump(document, sort_keys=False)


def test_row_34_a_claim_refuses_a_copy_before_a_maintainer_looks_at_it(
    world: SealedWorld, capfd: pytest.CaptureFixture[str]
) -> None:
    head = locked(world)
    assert world.claim(head) == 0
    assert world.claim(head) == 0
    assert "claimed 0 files of secretive; 1 were claimed before" in capfd.readouterr().err
    (world.work / "step-output").unlink()
    number, copied = world.propose_as("eve", copy_entry(world, "copied", "eve"))
    assert "content.sealed-copy" in world.inspect(copied, number, "eve", refused=True)
    outputs = (world.work / "step-output").read_text()
    assert outputs.count("\nfalse\n") == 3  # ready, sealed and valid
    assert world.claim(copied, number) == 1
    assert "nothing is claimed" in capfd.readouterr().err
    assert world.bot("gate", str(number), "--remote", world.server.clone_url(BOARD)) == 1
    assert "content.sealed-copy" in capfd.readouterr().out
    # The author's own update, and another pull request of the same account, are no copies.
    (world.hidden / ENTRY / "README.md").write_text("Notes.")
    assert "content.sealed-copy" not in world.inspect(world.push(world.hidden / ENTRY))
    assert "\ntrue\n" in (world.work / "step-output").read_text()
    number, again = world.propose_as("sybil", copy_entry(world, "again", "sybil"))
    assert "content.sealed-copy" not in world.inspect(again, number)
    assert world.book().events == ()


def test_row_34_a_plain_file_that_another_account_handed_in_is_a_warning(
    world: SealedWorld,
) -> None:
    head = world.propose({"hidden": reports()["hidden"]})
    assert world.claim(head) == 0
    number, copied = world.propose_as("eve", copy_entry(world, "copied", "eve"))
    assert "content.handed-in-before" in world.inspect(copied, number, "eve")
    assert world.claim(copied, number) == 0
    git = GitRepository(world.server.repository(BOARD).git.folder)
    (claim,) = git.entries("ledger", "claims")
    document = json.loads(git.read([claim.oid])[claim.oid])
    assert (document["user_id"], document["pull"]) == (world.server.account("sybil").id, 1)


def test_row_34_nobody_takes_a_merged_file_from_its_owners_by_claiming_it(
    world: SealedWorld,
) -> None:
    locked(world)
    folder = world.hidden / ENTRY
    files: dict[str, str | bytes | tuple[str, bytes] | None] = {
        f"submissions/{ENTRY}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    world.server.push(BOARD, "main", files)
    number, copied = world.propose_as("eve", copy_entry(world, "copied", "eve"))
    assert "content.entry-copies" in world.inspect(copied, number, "eve")
    assert world.claim(copied, number) == 0
    (folder / "README.md").write_text("Notes.")
    number, update = world.propose_as("sybil", folder)
    assert "content.sealed-copy" not in world.inspect(update, number)
