"""Networks from a folder of weights: every weight from there, or none at all."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any


def load_network(architecture: Any, folder: Path, **options: Any) -> Any:
    """Return a network in evaluation mode, every weight of which is in the folder.

    transformers fills missing weights with random numbers, and guesses a missing configuration
    from the folder's name. Both would give scores that look real. Only a pooler may be missing:
    nothing here uses one.

    Args:
        architecture: One of the Auto classes of transformers.
        folder: Where config.json and the weights are.
        options: What else the class takes.

    Raises:
        OSError: The folder lacks a file.
        ValueError: A weight is missing or has another shape.
    """
    if not (folder / "config.json").is_file():
        raise FileNotFoundError(f"{folder.name}/config.json")
    with warnings.catch_warnings():
        # Loading an architecture's code warns of what torch will drop.
        warnings.simplefilter("ignore")
        network, found = architecture.from_pretrained(
            folder, local_files_only=True, output_loading_info=True, **options
        )
    missing = [name for name in found["missing_keys"] if not name.startswith("pooler.")]
    if missing or found["mismatched_keys"]:
        raise ValueError(f"{folder.name} lacks weights, or has them in another shape")
    return network.eval()
