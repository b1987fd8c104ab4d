"""`rexrank metrics`: the metrics, and whether they run here."""

from __future__ import annotations

import json

import click

from bot.cli.options import output_format
from bot.jobs.scoring.scorer import equipment
from bot.metrics.registry import METRICS, availability


@click.command()
@output_format("text", "json")
def metrics(format_: str) -> None:
    """List every metric, and why those that cannot run here cannot."""
    here = equipment()
    rows = [(metric, availability(metric, here)) for metric in METRICS]
    if format_ == "json":
        plain = [
            {
                "id": metric.id,
                "title": metric.title,
                "version": metric.version,
                "direction": metric.direction,
                "available": reason is None,
                "reason": reason,
            }
            for metric, reason in rows
        ]
        click.echo(json.dumps(plain, indent=2))
        return
    for metric, reason in rows:
        click.echo(f"{metric.id:<24}{metric.direction:<8}{reason or 'runs here'}")
