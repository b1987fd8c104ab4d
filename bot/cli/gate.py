"""`rexrank gate`: whether a pull request may be merged, and the merge itself."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.cli.maintenance import app_option
from bot.cli.options import (
    branch_option,
    catalog_option,
    exit_status,
    output_format,
    remote_option,
    say,
)


@click.command()
@click.argument("number", type=int)
@click.option("--merge", is_flag=True, help="Merge exactly the head that was judged, if it may be.")
@remote_option
@branch_option
@app_option
@output_format("text", "json")
@catalog_option
def gate(
    number: int,
    merge: bool,
    remote: str,
    branch: str,
    app_id: int,
    format_: str,
    catalog_folder: Path | None,
) -> int:
    """Say whether a pull request may be merged, with every reason why not.

    Its head must have the bot's check, scorecards in the ledger for exactly its files, and the
    approval of a code owner who may write, given on exactly this head.
    """
    from bot.cli.maintenance import open_pulls, open_upstream
    from bot.cli.wiring import Workshop
    from bot.pipeline.gate import gather_facts, judge

    workshop = Workshop(catalog_folder)
    pulls = open_pulls(workshop)
    with open_upstream(workshop, remote, branch) as upstream:
        pull = pulls.read(number)
        facts = gather_facts(
            pulls, pull, upstream.open(pull), workshop.catalog, workshop.public_texts
        )
    verdict = judge(facts, workshop.catalog, branch=branch, app_id=app_id)
    reasons = list(verdict.reasons)
    merged = False
    if merge and not reasons:
        refusal = pulls.merge(number, verdict.head)
        merged = not refusal
        if refusal:
            reasons.append(f"GitHub refused to merge {verdict.head[:12]}: {refusal}")
    if format_ == "json":
        document = {"head": verdict.head, "merged": merged, "reasons": reasons}
        click.echo(json.dumps(document, sort_keys=True, indent=2))
    else:
        for reason in reasons:
            click.echo(reason)
    outcome = "merged" if merged else "may not be merged" if reasons else "may be merged"
    say(f"pull request {number} at {verdict.head[:12]}: {outcome}")
    return exit_status(bool(reasons))
