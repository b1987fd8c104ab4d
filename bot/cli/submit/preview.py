"""`rexrank preview`: the comment and the leaderboard that a submission would get."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import catalog_option, exit_status, folder_argument


@click.command()
@folder_argument
@click.option(
    "--scores",
    required=True,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder that `rexrank score` wrote.",
)
@click.option(
    "--submissions",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of all entries; the one the submission is in when absent.",
)
@catalog_option
def preview(
    folder: Path, scores: Path, submissions: Path | None, catalog_folder: Path | None
) -> int:
    """Show the bot's comment, and the boards with the submission on them, as Markdown."""
    from bot.adapters.disk.files import read_submission
    from bot.adapters.disk.score_folder import read_scores
    from bot.domain.finding import has_errors
    from bot.jobs.board.local import describe_local, rank_local
    from bot.jobs.installation import Installation, today
    from bot.pipeline.board.ranks import compare_boards
    from bot.pipeline.pull_request.report import Handover, Surroundings, describe_report
    from bot.pipeline.pull_request.validate import validate_submission
    from bot.render.board.board_page import render_board_markdown
    from bot.render.pull_request.comment import render_comment

    installation = Installation(catalog_folder)
    entry = read_submission(folder)
    validation = validate_submission(
        entry, installation.catalog, references=installation.public_texts
    )
    manifest = validation.submission.manifest if validation.submission else None
    inspection = describe_local(installation, entry.id, manifest, tuple(validation.findings))
    failed = has_errors(validation.findings)
    here = scores / entry.id
    scored = [] if failed or not here.is_dir() else read_scores(here)
    cards = tuple(card for card, _ in scored)
    by_value, tables = rank_local(installation, submissions or folder.parent, scores)
    leaderboard = compare_boards(by_value, tables, installation.catalog)
    surroundings = Surroundings(
        installation.catalog, installation.columns(), leaderboard, None, tables
    )
    data = describe_report(Handover(inspection, cards, "", tables), surroundings, entry.id, today())
    click.echo(render_comment(data) or "", nl=False)
    boards = {card.board for card in cards}
    for board in leaderboard.boards:
        if board.id in boards:
            card = installation.catalog.datasets[board.dataset]
            click.echo("\n" + render_board_markdown(board, card, ()), nl=False)
    return exit_status(failed)
