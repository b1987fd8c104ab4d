"""Whatever fails in the trusted job: a code, and no text anywhere."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pyrage import x25519

from bot.adapters.references.sealing import seal
from bot.domain.dataset import References
from bot.domain.rounded import REASON
from bot.domain.scorecard import MetricScore
from tests.integration.sealed_job import (
    ENTRY,
    IDS,
    SEALED,
    TOKEN,
    SealedWorld,
    pelican,
    reports,
    sealed_world,
)

FLAG_AND_WAIT = """
Path({flag!r}).touch()
for _ in range(1200):
    if Path({go!r}).exists():
        break
    time.sleep(0.05)
"""
QUOTE = """
for path in cards:
    if path.parent.name == "hidden.findings":
        cards[path]["metrics"]["green"]["reason"] = {quote}
"""


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SealedWorld]:
    with sealed_world(tmp_path, monkeypatch) as made:
        yield made


def empty_store(world: SealedWorld) -> dict[str, str | None]:
    (world.hidden / "empty").mkdir()
    return {"REXRANK_PRIVATE_STORE": str(world.hidden / "empty")}


def damaged_references(world: SealedWorld) -> dict[str, str | None]:
    path = world.store / "locked.references.json"
    path.write_bytes(path.read_bytes()[:-200])
    return {}


def fewer_references(world: SealedWorld) -> dict[str, str | None]:
    path = world.store / "locked.references.json"
    whole = References.from_json(path.read_bytes())
    studies = dict(list(whole.studies.items())[1:])
    path.write_bytes(whole.model_copy(update={"studies": studies}).to_json())
    return {}


def other_file(world: SealedWorld) -> dict[str, str | None]:
    (world.inspection / "submissions" / ENTRY / SEALED).write_bytes(b"age-encryption.org/v1\nother")
    return {}


def scorer_that_ends(world: SealedWorld) -> dict[str, str | None]:
    world.engine("print(texts); sys.exit(3)")
    return {}


def scorer_of_other_boards(world: SealedWorld) -> dict[str, str | None]:
    world.engine("next(iter(cards.values()))['predictions_sha256'] = 'a' * 64")
    return {}


def scorer_with_a_text_for_a_version(world: SealedWorld) -> dict[str, str | None]:
    world.engine("list(cards.values())[-1]['fingerprint']['libraries']['numpy'] = texts[0]")
    return {}


def scorer_with_a_text_for_a_library(world: SealedWorld) -> dict[str, str | None]:
    world.engine("list(cards.values())[-1]['fingerprint']['libraries'][texts[0]] = '1'")
    return {}


def scorer_with_another_file(world: SealedWorld) -> dict[str, str | None]:
    world.engine("(next(iter(cards)).parents[1] / 'texts').write_text(texts[0])")
    return {}


def no_engine(world: SealedWorld) -> dict[str, str | None]:
    world.patch.setenv("PATH", "/nowhere")
    return {}


def changed(**values: str | None) -> Callable[[SealedWorld], dict[str, str | None]]:
    return lambda world: values


FAILURES: dict[str, tuple[str, int, Callable[[SealedWorld], dict[str, str | None]]]] = {
    "no identity": ("sealed.no-identity", 78, changed(REXRANK_AGE_IDENTITY=None)),
    "no key": ("sealed.no-identity", 78, changed(REXRANK_AGE_IDENTITY="AGE-SECRET-KEY-1PELICAN")),
    "other key": (
        "sealed.wrong-identity",
        78,
        lambda world: {"REXRANK_AGE_IDENTITY": str(x25519.Identity.generate())},
    ),
    "no store": ("sealed.no-store", 78, changed(REXRANK_PRIVATE_STORE=None)),
    "broken token": ("sealed.no-store", 78, changed(REXRANK_PRIVATE_STORE_TOKEN="{pelican")),
    "unknown store": ("sealed.no-references", 78, changed(REXRANK_PRIVATE_STORE="pelican://x")),
    "empty store": ("sealed.no-references", 78, empty_store),
    "damaged references": ("sealed.no-references", 78, damaged_references),
    "fewer references": ("sealed.references-differ", 78, fewer_references),
    "no token": ("sealed.no-answer", 78, changed(REXRANK_TOKEN=None)),
    "other file": ("sealed.hand-over", 78, other_file),
    "no engine": ("sealed.scorer-failed", 78, no_engine),
    "scorer ends": ("sealed.scorer-failed", 75, scorer_that_ends),
    "another file": ("sealed.scorer-failed", 78, scorer_with_another_file),
    "other boards": ("sealed.scorer-output", 70, scorer_of_other_boards),
    "text as version": ("sealed.scorer-output", 70, scorer_with_a_text_for_a_version),
    "text as library": ("sealed.scorer-output", 70, scorer_with_a_text_for_a_library),
}


@pytest.mark.parametrize("name", FAILURES)
def test_row_19_a_failure_is_a_code_and_leaves_no_text(
    world: SealedWorld, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    code, status, prepare = FAILURES[name]
    head = world.propose()
    values = prepare(world)
    assert world.score(head, **values) == status
    printed = capfd.readouterr()
    last = printed.err.splitlines()[-1]
    assert last.startswith(f"rexrank: {code}")
    assert last.endswith(f"run: rexrank explain {code}")
    assert world.files() == []
    for variable in ("REXRANK_AGE_IDENTITY", "REXRANK_PRIVATE_STORE_TOKEN", "REXRANK_TOKEN"):
        assert variable not in os.environ
    world.assert_nothing_shows(*printed)


def test_row_19_a_file_that_cannot_be_opened_is_a_finding(
    world: SealedWorld, capfd: pytest.CaptureFixture[str]
) -> None:
    other = seal(b'{"a": "pelican"}', [str(x25519.Identity.generate().to_public())])
    head = world.propose(damage={SEALED: other})
    assert world.score(head) == 1
    assert world.files() == ["inspection.json"]
    assert world.report(head) == 0
    (comment,) = world.comments()
    assert "Your file needs work" in comment
    assert "sealed.cannot-open" in comment
    world.assert_nothing_shows(*capfd.readouterr())


def test_row_32_what_is_wrong_in_a_sealed_file_is_a_code_and_a_count(
    world: SealedWorld, capfd: pytest.CaptureFixture[str]
) -> None:
    texts = reports()
    first, *rest = IDS
    texts["locked"] = {f"pelican-{first}": pelican(0), **{n: pelican(1) for n in rest[:-1]}}
    texts["locked"]["pelican-2"] = "Clear."
    head = world.propose(texts)
    assert world.score(head) == 1
    assert world.report(head) == 0
    (comment,) = world.comments()
    assert "predictions.study-missing" in comment
    assert "predictions.study-unknown" in comment
    assert comment.count("2 cases") == 2
    printed = capfd.readouterr()
    shown = printed.err.partition("sealed file")[2] + comment
    assert not [name for name in IDS if name in shown]
    world.assert_nothing_shows(*printed)


def test_row_7_a_head_that_moved_before_is_not_scored(
    world: SealedWorld, capfd: pytest.CaptureFixture[str]
) -> None:
    head = world.propose()
    (world.hidden / ENTRY / "README.md").write_text("Notes.")
    world.push(world.hidden / ENTRY)
    assert world.score(head) == 1
    assert "sealed.head-moved" in capfd.readouterr().err
    assert world.files() == []
    assert not (world.hidden / "engine/calls.json").exists()


def test_row_7_a_head_that_moves_while_it_is_scored_leaves_nothing(
    world: SealedWorld, capfd: pytest.CaptureFixture[str]
) -> None:
    head = world.propose()
    flag, go = world.hidden / "flag", world.hidden / "go"
    world.engine(FLAG_AND_WAIT.format(flag=str(flag), go=str(go)))

    def move() -> None:
        wait_for(flag)
        (world.hidden / ENTRY / "README.md").write_text("Notes.")
        world.push(world.hidden / ENTRY)
        go.touch()

    mover = threading.Thread(target=move)
    mover.start()
    status = world.score(head)
    mover.join()
    printed = capfd.readouterr()
    assert status == 1
    assert "sealed.head-moved" in printed.err
    assert world.files() == []
    world.assert_nothing_shows(*printed)


def test_row_19_a_cancelled_job_leaves_nothing(world: SealedWorld) -> None:
    head = world.propose()
    flag = world.hidden / "flag"
    world.engine(FLAG_AND_WAIT.format(flag=str(flag), go="/nowhere/go"))
    job = subprocess.Popen(
        (sys.executable, "-m", "bot", *world.words(head)),
        env={**os.environ, **world.secrets()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(flag)
    job.send_signal(signal.SIGTERM)
    printed = job.communicate(timeout=60)
    assert job.returncode == 130
    assert world.files() == []
    world.assert_nothing_shows(*printed)


def test_row_19_a_reason_is_not_repeated(world: SealedWorld) -> None:
    head = world.propose()
    world.engine(QUOTE.format(quote="texts[0]"))
    assert world.score(head) == 0
    for path in world.output.rglob("scorecard.json"):
        if not path.parent.name.startswith("mini"):
            scores = json.loads(path.read_text())["metrics"].values()
            assert {score["reason"] for score in scores if "reason" in score} == {REASON}
    world.assert_nothing_shows()


@pytest.mark.parametrize(
    "quote",
    ["texts[1]", "' '.join('&#%d;' % ord(w[0]) + w[1:] for w in texts[1].split()[2:14])"],
    ids=["plain", "entities"],
)
def test_row_19_a_text_that_comes_through_is_caught_at_the_door(
    world: SealedWorld, capfd: pytest.CaptureFixture[str], quote: str
) -> None:
    def keep(score: MetricScore, decimals: int) -> MetricScore:
        return score

    head = world.propose()
    world.engine(QUOTE.format(quote=quote))
    world.patch.setattr("bot.domain.rounded.round_score", keep)
    assert world.score(head) == 1
    printed = capfd.readouterr()
    assert "sealed.leak" in printed.err
    assert world.files() == []
    world.assert_nothing_shows(*printed)


def test_no_secret_reaches_the_engine_or_the_scorer(world: SealedWorld) -> None:
    head = world.propose()
    assert world.score(head, REXRANK_PRIVATE_STORE_TOKEN='{"auto_mkdir": true}') == 0
    calls = json.loads((world.hidden / "engine/calls.json").read_text())
    assert len(calls) == 2
    for seen in calls:
        values = " ".join(seen["client"].values())
        assert str(world.key) not in values
        assert TOKEN not in values
        assert "auto_mkdir" not in values
        assert sorted(seen["container"]) == [
            "REXRANK_CATALOG",
            "REXRANK_IMAGE_DIGEST",
            "REXRANK_REFERENCES",
        ]


def test_row_32_what_scores_public_boards_sees_nothing_private(world: SealedWorld) -> None:
    head = world.propose()
    assert world.score(head) == 0
    calls = json.loads((world.hidden / "engine/calls.json").read_text())
    assert [seen["references"] for seen in calls] == [["hidden", "locked"], ["mini"]]


def test_a_public_entry_has_nothing_to_score_here(
    world: SealedWorld, capfd: pytest.CaptureFixture[str]
) -> None:
    head = world.propose({"mini": reports()["mini"]})
    assert world.score(head) == 1
    assert "sealed.nothing-to-score" in capfd.readouterr().err


def wait_for(flag: Path) -> None:
    deadline = time.monotonic() + 120
    while not flag.exists():
        assert time.monotonic() < deadline, "the scorer did not start"
        time.sleep(0.05)
