"""The process that annotates reports with the package radgraph, one batch after the other.

It is started as a script by an interpreter that may be older than this program's and that has
radgraph instead of it: nothing but the standard library is imported before the model is loaded,
and nothing of this program ever.

    python -I radgraph_worker.py FOLDER radgraph|radgraph-xl cpu|cuda

A line on its output, and one for every line of its input, each a JSON object:

    <- {"ready": {"radgraph": "0.1.18", "transformers": "4.57.6"}}
    -> {"texts": ["No effusion .", ...]}
    <- {"annotations": [{"entities": {"1": {...}}}, ...]}
    <- {"error": "what went wrong"}

An error while a batch is annotated is told by its class alone: its message could quote a report.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Annotate = Callable[[Sequence[str]], list[dict[str, object]]]
    """Texts to one annotation for each, in RadGraph's JSON format."""

ENCODER = "encoder"
"""Folder beside the weights with the encoder's configuration and tokenizer."""


def lay_out(folder: Path, model: str, scratch: Path) -> Path:
    """Return the folder that the package is to find the model in, made under `scratch`.

    The package wants `<cache>/<model>/` with config.json, weights.th and vocabulary/. A folder that
    holds one archive is unpacked. Where there is an `encoder/` beside the weights, the
    configuration names it instead of a model on a hub, so that nothing is fetched.
    """
    if not (folder / "config.json").is_file():
        archives = sorted(folder.glob("*.tar.gz"))
        if len(archives) != 1:
            message = f"{folder} holds neither config.json nor one .tar.gz"
            raise FileNotFoundError(message)
        unpacked = scratch / "unpacked"
        with tarfile.open(archives[0], "r:gz") as archive:
            archive.extractall(unpacked, filter="data")
        source = unpacked
    else:
        source = folder
    target = scratch / "models" / model
    target.mkdir(parents=True)
    (target / "weights.th").symlink_to((source / "weights.th").resolve(strict=True))
    # The package locks the folder by writing into it, and weights may be read-only.
    shutil.copytree(source / "vocabulary", target / "vocabulary", copy_function=shutil.copyfile)
    (target / "vocabulary").chmod(0o700)
    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    encoder = next((path for path in (folder / ENCODER, source / ENCODER) if path.is_dir()), None)
    if encoder is not None:
        name = str(encoder.resolve())
        config["dataset_reader"]["token_indexers"]["bert"]["model_name"] = name
        config["model"]["embedder"]["token_embedders"]["bert"]["model_name"] = name
    (target / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return target.parent


def load(models: Path, model: str, device: str) -> Annotate:
    """Return the annotator that the package makes of the model."""
    from radgraph import RadGraph

    network = RadGraph(
        model_type=model, model_cache_dir=str(models), cuda=0 if device == "cuda" else -1
    )

    def annotate(texts: Sequence[str]) -> list[dict[str, object]]:
        found = network(list(texts))
        # What the package failed on it leaves out: a KeyError here, and an error of the batch.
        return [{"entities": found[str(place)]["entities"]} for place in range(len(texts))]

    return annotate


def serve(requests: IO[str], replies: IO[str], annotate: Annotate) -> None:
    """Answer each line of requests by a line of replies until there are no more."""
    for line in requests:
        try:
            reply: dict[str, object] = {"annotations": annotate(json.loads(line)["texts"])}
        except Exception as error:  # noqa: BLE001 - told by its class, and the next batch is tried
            reply = {"error": type(error).__name__}
        say(replies, reply)


def say(replies: IO[str], reply: dict[str, object]) -> None:
    """Write one reply as a line."""
    replies.write(json.dumps(reply) + "\n")
    replies.flush()


def main(folder: str, model: str, device: str) -> int:
    """Load the model, say so, and annotate until the input ends; return the exit status."""
    # The package prints; its words go to standard error and the replies keep the output.
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", TOKENIZERS_PARALLELISM="false")
    with tempfile.TemporaryDirectory() as scratch:
        try:
            annotate = load(lay_out(Path(folder), model, Path(scratch)), model, device)
            versions = {name: version(name) for name in ("radgraph", "transformers")}
        except Exception as error:  # noqa: BLE001 - the parent reports whatever it is
            say(replies, {"error": f"{type(error).__name__}: {error}"})
            return 1
        say(replies, {"ready": versions})
        serve(sys.stdin, replies, annotate)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
