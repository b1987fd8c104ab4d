"""The weights of the metrics that need a model: chosen, fetched and verified."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.scorer.model_sources import fetch_weights
from bot.adapters.scorer.models import ModelFolder, load_weights_catalog
from bot.domain.weights import Weights
from bot.errors import Misconfigured, WrongUsage
from bot.jobs.console import say
from bot.jobs.environment import MODELS_VARIABLE


def open_models(path: Path | None) -> ModelFolder:
    """Return the folder of models; raises Misconfigured when none is named."""
    if path is None:
        raise Misconfigured(f"no folder of models; set {MODELS_VARIABLE} or give --models FOLDER")
    return ModelFolder(path)


def choose_models(folder: ModelFolder, names: Sequence[str]) -> list[Weights]:
    """Return the models of these names; raises WrongUsage when there is none of a name."""
    known = {one.id: one for one in folder.catalog.weights}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise WrongUsage(f"no model {', '.join(unknown)}; choose from {', '.join(known)}")
    return [known[name] for name in dict.fromkeys(names)]


def free_models(folder: ModelFolder) -> list[Weights]:
    """Return the models that can be had without a person."""
    return [weights for weights in folder.catalog.weights if weights.by_hand is None]


def list_models(path: Path | None) -> Iterator[tuple[Weights, str | None]]:
    """Yield every model, with the SHA-256 that a folder records of it."""
    catalog = load_weights_catalog()
    record = ModelFolder(path, catalog).read() if path else None
    for weights in catalog.weights:
        found = record.find(weights.id) if record else None
        yield weights, found.sha256 if found else None


def fetch_models(
    folder: ModelFolder, chosen: Sequence[Weights], *, origin: str | None, again: bool
) -> None:
    """Bring the files of models into a folder, and record their hashes."""
    for weights in chosen:
        say(f"{weights.id}: {weights.licence}; {weights.source}")
        fetch_weights(folder, weights, origin=origin, again=again, report=say)


@dataclass(frozen=True)
class VerifiedModel:
    """A model whose files were hashed."""

    id: str
    """Its id."""
    faults: tuple[str, ...]
    """What is wrong with its files."""
    pinned: bool
    """Whether every hash is published."""


def verify_models(folder: ModelFolder, names: Sequence[str]) -> list[VerifiedModel]:
    """Return what the files of some models are; of every recorded one when none is named."""
    record = folder.read()
    wanted = [one.id for one in choose_models(folder, names)] or [one.id for one in record.weights]
    verified = []
    for name in wanted:
        found, known = record.find(name), folder.catalog.find(name)
        missing = ("not recorded; run: rexrank models fetch",)
        faults = folder.check(found) if found else missing
        verified.append(VerifiedModel(name, faults, bool(known and known.is_pinned)))
    return verified
