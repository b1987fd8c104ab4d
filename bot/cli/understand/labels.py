"""`rexrank labels`: how well predictions agree with the references on each CheXbert label."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from bot.cli.options import catalog_option, output_format
from bot.jobs.installation import Installation
from bot.jobs.scoring.labels import score_labels
from bot.metrics.embedding.chexbert_scores import LabelScore


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@output_format("text", "json")
@catalog_option
def labels(folder: Path, format_: str, catalog_folder: Path | None) -> None:
    """Show the agreement of a submission FOLDER on each of CheXbert's 14 labels.

    One table for each board whose references are on this machine. Positive is what CheXbert calls
    positive or uncertain, as in the F1 that is part of the scorecard.
    """
    tables = score_labels(Installation(catalog_folder), folder)
    if format_ == "json":
        plain = {str(board): [asdict(row) for row in rows] for board, rows in tables.items()}
        click.echo(json.dumps(plain, indent=2))
        return
    click.echo("\n\n".join(f"{board}\n\n{render(rows)}" for board, rows in tables.items()))


def render(rows: Sequence[LabelScore]) -> str:
    """Return a table as aligned text: label, references that have it, precision, recall, F1."""
    head = f"{'label':<28}{'positive':>9}{'precision':>11}{'recall':>8}{'F1':>8}"
    lines = [
        f"{row.label:<28}{row.support:>9,}{row.precision:>11.3f}{row.recall:>8.3f}{row.f1:>8.3f}"
        for row in rows
    ]
    return "\n".join([head, *lines])
