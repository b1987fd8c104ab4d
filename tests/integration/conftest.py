"""Fixtures that hand the integration tests a real container engine and the real scorer image."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.require import require

from .engine import (
    Engine,
    EngineUnavailable,
    build_scorer_image,
    ensure_base_image,
    find_running_engine,
    start_engine,
)
from .engine.cache import claim_slot, open_cache
from .engine.dockerd import check_prerequisites
from .model_folder import record_models


def explain_no_private_engine() -> str:
    """Return why this system cannot start a private engine and what to do; "" when it can."""
    try:
        check_prerequisites()
    except EngineUnavailable as error:
        return str(error)
    return ""


def give_base_image(engine: Engine) -> str:
    """Return the id of the engine's base image, or skip (fail where CI=true) saying what to do."""
    reason = ""
    try:
        return ensure_base_image(engine)
    except EngineUnavailable as error:
        reason = str(error)
    require(not reason, reason)
    raise AssertionError(reason)


@pytest.fixture(scope="session")
def private_engines() -> None:
    """Hold when this system can start engines of its own: root, and the Debian packages."""
    reason = explain_no_private_engine()
    require(not reason, reason)


@pytest.fixture(scope="session")
def container_engine() -> Iterator[Engine]:
    """A container engine that answers and has the base image `python:3.13-slim`.

    It is private, keeps its images in the cache folder, and ends with the session. Where this
    system cannot start one, it is the engine that the user already reaches.
    """
    reason = explain_no_private_engine()
    if reason:
        running = find_running_engine()
        require(running, reason)
        assert running is not None
        give_base_image(running)
        yield running
        return
    with claim_slot(open_cache("engine")) as slot, start_engine(slot / "data") as engine:
        give_base_image(engine)
        yield engine


@pytest.fixture(scope="session")
def base_image(container_engine: Engine) -> str:
    """The id of the image that the scorer image is built from."""
    return give_base_image(container_engine)


@pytest.fixture(scope="session")
def scorer_image(container_engine: Engine) -> str:
    """The id of the scorer image, built from this checkout's Dockerfile."""
    return build_scorer_image(container_engine)


@pytest.fixture(scope="session")
def tiny_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of tiny models of the published architectures, for REXRANK_MODELS."""
    folder = tmp_path_factory.mktemp("models")
    record_models(folder)
    return folder
