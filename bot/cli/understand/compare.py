"""`rexrank compare`: entries head to head."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.cli.options import catalog_option, output_format
from bot.errors import Misconfigured, WrongUsage


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
    default=Path("leaderboard/leaderboard.json"),
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
    from bot.jobs.board.local import rank_local
    from bot.jobs.installation import Installation
    from bot.metrics.registry import columns_for
    from bot.pipeline.board.head_to_head import Question, answer, wanted_scorecards
    from bot.render.board.head_to_head import plain_comparisons, render_comparisons

    if len(entries) < 2:
        raise WrongUsage("give two entries or more")
    if remote and scores:
        raise WrongUsage("--remote and --scores do not go together")
    column = columns_for([metric])[0] if metric else None
    question = Question(entries, boards, column)
    installation = Installation(catalog_folder)
    if scores:
        board, tables = rank_local(installation, submissions, scores)
    else:
        found = installation.published_leaderboard(leaderboard)
        if found is None:
            raise Misconfigured(f"{leaderboard}: no such file; run `rexrank publish`, or --scores")
        board, tables = found, {}
        if remote:
            tables = installation.ledger_tables(remote, wanted_scorecards(question, board))
    compared = answer(question, board, tables, installation.catalog)
    if format_ == "json":
        click.echo(json.dumps(plain_comparisons(compared), sort_keys=True, indent=2))
    else:
        click.echo(render_comparisons(compared))
