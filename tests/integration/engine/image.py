"""The project's own scorer image, built from its Dockerfile as the workflow builds it."""

from __future__ import annotations

from pathlib import Path

from .dockerd import Engine

CHECKOUT = Path(__file__).resolve().parents[3]
BUILD_TIMEOUT_S = 1200.0


def build_scorer_image(
    engine: Engine,
    tag: str = "rexrank-scorer:test",
    target: str = "lexical",
    context: Path = CHECKOUT,
) -> str:
    """Build a target of the Dockerfile, tag it, and return the image's id (`sha256:...`).

    The engine must have the base image (`ensure_base_image`). Steps that did not change come from
    the engine's own cache.

    Raises:
        EngineError: The build failed; the message ends with its last lines.
    """
    # The classic builder: the private engine has no bridge, so its steps use the host's network.
    engine.docker(
        "build",
        "--network=host",
        f"--target={target}",
        f"--tag={tag}",
        str(context),
        timeout_s=BUILD_TIMEOUT_S,
    )
    return engine.docker("image", "inspect", "--format", "{{.Id}}", tag)
