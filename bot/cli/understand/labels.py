"""`rexrank labels`: how well predictions agree with the references on each CheXbert label."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.options import catalog_option, output_format

if TYPE_CHECKING:
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
    import json
    from dataclasses import asdict

    from bot.adapters.disk.files import read_submission
    from bot.jobs.installation import Installation, equipment
    from bot.jobs.scoring.score import check, reference_texts
    from bot.metrics.base import MetricUnavailable
    from bot.metrics.embedding.chexbert import find_chexbert
    from bot.metrics.embedding.chexbert_scores import NEEDS, label_table

    here = equipment()
    refusal = NEEDS.refusal(here)
    if refusal:
        raise MetricUnavailable(f"labels are unavailable: {refusal}")
    installation = Installation(catalog_folder)
    submission = check(installation, read_submission(folder))
    texts = reference_texts(installation, submission, official_none=False)
    tables = {}
    for predictions in submission.predictions:
        board = predictions.entry.board
        if board in texts:
            studies = list(texts[board])
            ours = [predictions.texts[study] for study in studies]
            theirs = [texts[board][study] for study in studies]
            tables[board] = label_table(ours, theirs, find_chexbert(here))
    if format_ == "json":
        plain = {str(board): [asdict(row) for row in rows] for board, rows in tables.items()}
        click.echo(json.dumps(plain, indent=2))
        return
    click.echo("\n\n".join(f"{board}\n\n{render(rows)}" for board, rows in tables.items()))


def render(rows: tuple[LabelScore, ...]) -> str:
    """Return a table as aligned text: label, references that have it, precision, recall, F1."""
    head = f"{'label':<28}{'positive':>9}{'precision':>11}{'recall':>8}{'F1':>8}"
    lines = [
        f"{row.label:<28}{row.support:>9,}{row.precision:>11.3f}{row.recall:>8.3f}{row.f1:>8.3f}"
        for row in rows
    ]
    return "\n".join([head, *lines])
