"""`rexrank compare`: entries head to head."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.cli.options import catalog_option, output_format
from bot.errors import WrongUsage
from bot.jobs.board.compare import ask, compare_local, compare_published
from bot.jobs.board.leaderboard_file import LEADERBOARD_FILE
from bot.jobs.installation import Installation
from bot.render.board.head_to_head import plain_comparisons, render_comparisons


@click.command()
@click.argument("entries", nargs=-1, required=True, metavar="ENTRY OTHER...")
@click.option(
    "--board",
    "boards",
    multiple=True,
    metavar="ID",
    help="Compare on this board only, as mini.findings; may be repeated.",
)
@click.option("--metric", metavar="ID", help="Compare by this metric, not by the main one.")
@click.option(
    "--leaderboard",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path(LEADERBOARD_FILE),
    show_default=True,
    help="The leaderboard whose rows are compared.",
)
@click.option("--remote", help="Address of the repository whose ledger has the per-study scores.")
@click.option(
    "--scores",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder that `rexrank score` wrote: its entries are compared, and published rows.",
)
@click.option(
    "--submissions",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("submissions"),
    show_default=True,
    help="With --scores: folder of the entries.",
)
@output_format("text", "json")
@catalog_option
def compare(
    entries: tuple[str, ...],
    boards: tuple[str, ...],
    metric: str | None,
    leaderboard: Path,
    remote: str | None,
    scores: Path | None,
    submissions: Path,
    format_: str,
    catalog_folder: Path | None,
) -> None:
    """Compare entries head to head, every two of them on every board that they share.

    Says the difference with its 95 % interval, whether a paired test tells the two apart, and on
    how many studies each is better. That needs per-study scores, from --remote or --scores. Of a
    published row there are none: then only the values are compared. P-values are adjusted by Holm
    over all tests of the answer.
    """
    if len(entries) < 2:
        raise WrongUsage("give two entries or more")
    if remote and scores:
        raise WrongUsage("--remote and --scores do not go together")
    question = ask(entries, boards, metric)
    installation = Installation(catalog_folder)
    if scores:
        compared = compare_local(installation, question, submissions, scores)
    else:
        compared = compare_published(installation, question, leaderboard, remote)
    if format_ == "json":
        click.echo(json.dumps(plain_comparisons(compared), sort_keys=True, indent=2))
    else:
        click.echo(render_comparisons(compared))
