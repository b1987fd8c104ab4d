"""A real container engine for the tests: the engine, a base image, the scorer image.

`dockerd` starts a private engine and ends it, `base_image` gives it `python:3.13-slim` where no
image registry is reachable, `image` builds this project's Dockerfile on it. `cache` is the folder
outside the checkout that makes the second run quick.
"""

from __future__ import annotations

from .base_image import ensure_base_image
from .dockerd import Engine, EngineError, EngineUnavailable, find_running_engine, start_engine
from .image import build_scorer_image

__all__ = [
    "Engine",
    "EngineError",
    "EngineUnavailable",
    "build_scorer_image",
    "ensure_base_image",
    "find_running_engine",
    "start_engine",
]
