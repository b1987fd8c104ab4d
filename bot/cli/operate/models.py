"""`rexrank models`: the weights of the metrics that need a model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.options import exit_status, output_format, say
from bot.errors import Misconfigured, WrongUsage

if TYPE_CHECKING:
    from bot.adapters.scorer.models import ModelFolder
    from bot.domain.weights import Weights

models_option = click.option(
    "--models",
    "models_folder",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="REXRANK_MODELS",
    help="Folder of models.  [env: REXRANK_MODELS]",
)


@click.group()
def models() -> None:
    """List, fetch and verify model weights.

    Scoring reads them from the folder that REXRANK_MODELS names and never from the network.
    """


def open_folder(path: Path | None) -> ModelFolder:
    """Return the folder of models; raises Misconfigured when none is named."""
    from bot.adapters.scorer.models import ModelFolder

    if path is None:
        raise Misconfigured("no folder of models; set REXRANK_MODELS or give --models FOLDER")
    return ModelFolder(path)


def choose(folder: ModelFolder, names: tuple[str, ...]) -> list[Weights]:
    """Return the models of these names; raises WrongUsage when there is none of a name."""
    known = {one.id: one for one in folder.catalog.weights}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise WrongUsage(f"no model {', '.join(unknown)}; choose from {', '.join(known)}")
    return [known[name] for name in dict.fromkeys(names)]


@models.command("list")
@models_option
@output_format("text", "json")
def list_(models_folder: Path | None, format_: str) -> None:
    """List the models, which metrics need them, their terms, and whether they are here."""
    import json

    from bot.adapters.scorer.models import ModelFolder, load_weights_catalog

    catalog = load_weights_catalog()
    folder = None if models_folder is None else ModelFolder(models_folder, catalog)
    record = folder.read() if folder else None
    rows = [
        {
            "id": weights.id,
            "title": weights.title,
            "licence": weights.licence,
            "source": weights.source,
            "needed_by": list(weights.needed_by),
            "pinned": weights.is_pinned,
            "by_hand": weights.by_hand,
            "sha256": found.sha256 if record and (found := record.find(weights.id)) else None,
        }
        for weights in catalog.weights
    ]
    if format_ == "json":
        click.echo(json.dumps(rows, indent=2))
        return
    for weights, row in zip(catalog.weights, rows, strict=True):
        state = "recorded" if row["sha256"] else "by hand" if weights.by_hand else "not here"
        use = f"{weights.licence}; for {', '.join(weights.needed_by)}"
        click.echo(f"{weights.id:<20}{state:<10}{use}")


@models.command()
@click.argument("names", metavar="[ID]...", nargs=-1)
@models_option
@click.option("--all", "all_", is_flag=True, help="Every model that can be had without a person.")
@click.option(
    "--from",
    "origin",
    metavar="LOCATION",
    help="Another folder of models, or fsspec address of one, instead of the publisher.",
)
@click.option("--again", is_flag=True, help="Replace files that are there already.")
def fetch(
    names: tuple[str, ...],
    models_folder: Path | None,
    all_: bool,
    origin: str | None,
    again: bool,
) -> None:
    """Bring the files of models into the folder, and record their hashes.

    Files that are there already are recorded as they are: for a model that has to be got by hand,
    put them into FOLDER/ID and run this.
    """
    from bot.adapters.scorer.model_sources import fetch_weights

    if bool(names) == all_:
        raise WrongUsage("name models, or give --all; `rexrank models list` shows them")
    folder = open_folder(models_folder)
    chosen = choose(folder, names) if names else free(folder)
    for weights in chosen:
        say(f"{weights.id}: {weights.licence}; {weights.source}")
        fetch_weights(folder, weights, origin=origin, again=again, report=say)


def free(folder: ModelFolder) -> list[Weights]:
    """Return the models that can be had without a person."""
    return [weights for weights in folder.catalog.weights if weights.by_hand is None]


@models.command()
@click.argument("names", metavar="[ID]...", nargs=-1)
@models_option
@output_format("text", "json")
def verify(names: tuple[str, ...], models_folder: Path | None, format_: str) -> int:
    """Hash every recorded file; exit 1 when one is missing or another than was recorded."""
    import json

    folder = open_folder(models_folder)
    record = folder.read()
    wanted = [one.id for one in choose(folder, names)] or [one.id for one in record.weights]
    faults = {
        name: folder.check(found)
        if (found := record.find(name))
        else ("not recorded; run: rexrank models fetch",)
        for name in wanted
    }
    known = folder.catalog
    pinned = {name: bool((one := known.find(name)) and one.is_pinned) for name in wanted}
    if format_ == "json":
        rows = [
            {"id": name, "faults": list(faults[name]), "pinned": pinned[name]} for name in wanted
        ]
        click.echo(json.dumps(rows, indent=2))
    else:
        for name in wanted:
            note = "" if pinned[name] else " (not every hash is published: as fetched)"
            click.echo(f"{name:<20}{'; '.join(faults[name]) or f'whole{note}'}")
        if not wanted:
            say(f"{folder.path}: nothing is recorded there")
    return exit_status(any(faults.values()))
