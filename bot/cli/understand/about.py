"""Commands that explain: rules, metrics, file formats."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import output_format, say
from bot.errors import SubmissionRejected, WrongUsage


@click.command()
@click.argument("code", required=False)
def explain(code: str | None) -> None:
    """Say what a finding's CODE means, how it comes about and how to fix it.

    Lists every code when none is given.
    """
    import difflib

    from bot.domain.rules import RULES
    from bot.render.reference.rules_page import render_rule

    if code is None:
        for rule in RULES.values():
            click.echo(f"{rule.code:<34}{rule.level:<9}{rule.title}")
        return
    if code not in RULES:
        near = difflib.get_close_matches(code, RULES, n=1, cutoff=0.3)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise WrongUsage(f"no code {code!r}{hint} `rexrank explain` lists all")
    click.echo(render_rule(code), nl=False)


@click.command()
@output_format("text", "json")
def metrics(format_: str) -> None:
    """List every metric, and why those that cannot run here cannot."""
    import json

    from bot.jobs.installation import equipment
    from bot.metrics.registry import METRICS, availability

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


@click.command()
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("schemas"),
    show_default=True,
    help="Folder of the schemas.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when a file differs.")
def schemas(output: Path, check: bool) -> None:
    """Write the JSON Schema of every file that crosses a border, or check for drift."""
    from bot.adapters.disk.files import write_files
    from bot.domain.schemas import schema_files

    files = schema_files()
    if not check:
        changed = write_files(output, files)
        say(f"{output}: {changed} of {len(files)} files changed")
        return
    differing = [
        name
        for name, data in files.items()
        if not (output / name).is_file() or (output / name).read_bytes() != data
    ]
    present = {path.name for path in output.glob("*.json")} if output.is_dir() else set()
    differing += sorted(present - set(files))
    if differing:
        raise SubmissionRejected(f"{output}: {', '.join(differing)} differ; run `rexrank schemas`")
    say(f"{output}: all {len(files)} files are as the program generates them")
