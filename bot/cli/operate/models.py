"""`rexrank models`: the weights of the metrics that need a model."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.cli.options import exit_status, output_format
from bot.errors import WrongUsage
from bot.jobs.catalog.models import (
    choose_models,
    fetch_models,
    free_models,
    list_models,
    open_models,
    verify_models,
)
from bot.jobs.console import say
from bot.jobs.environment import MODELS_VARIABLE

models_option = click.option(
    "--models",
    "models_folder",
    type=click.Path(path_type=Path, file_okay=False),
    envvar=MODELS_VARIABLE,
    help=f"Folder of models.  [env: {MODELS_VARIABLE}]",
)


@click.group()
def models() -> None:
    """List, fetch and verify model weights.

    Scoring reads them from the folder that REXRANK_MODELS names and never from the network.
    """


@models.command("list")
@models_option
@output_format("text", "json")
def list_(models_folder: Path | None, format_: str) -> None:
    """List the models, which metrics need them, their terms, and whether they are here."""
    listed = list(list_models(models_folder))
    if format_ == "json":
        rows = [
            {
                "id": weights.id,
                "title": weights.title,
                "licence": weights.licence,
                "source": weights.source,
                "needed_by": list(weights.needed_by),
                "pinned": weights.is_pinned,
                "by_hand": weights.by_hand,
                "sha256": sha256,
            }
            for weights, sha256 in listed
        ]
        click.echo(json.dumps(rows, indent=2))
        return
    for weights, sha256 in listed:
        state = "recorded" if sha256 else "by hand" if weights.by_hand else "not here"
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
    if bool(names) == all_:
        raise WrongUsage("name models, or give --all; `rexrank models list` shows them")
    folder = open_models(models_folder)
    chosen = choose_models(folder, names) if names else free_models(folder)
    fetch_models(folder, chosen, origin=origin, again=again)


@models.command()
@click.argument("names", metavar="[ID]...", nargs=-1)
@models_option
@output_format("text", "json")
def verify(names: tuple[str, ...], models_folder: Path | None, format_: str) -> int:
    """Hash every recorded file; exit 1 when one is missing or another than was recorded."""
    verified = verify_models(open_models(models_folder), names)
    if format_ == "json":
        rows = [
            {"id": each.id, "faults": list(each.faults), "pinned": each.pinned} for each in verified
        ]
        click.echo(json.dumps(rows, indent=2))
    else:
        for each in verified:
            note = "" if each.pinned else " (not every hash is published: as fetched)"
            click.echo(f"{each.id:<20}{'; '.join(each.faults) or f'whole{note}'}")
        if not verified:
            say(f"{models_folder}: nothing is recorded there")
    return exit_status(any(each.faults for each in verified))
