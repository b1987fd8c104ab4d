"""`rexrank report`: the comment, the check and the labels of a pull request."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.options import catalog_option, dry_run, say
from bot.errors import Misconfigured, WrongUsage

if TYPE_CHECKING:
    from bot.domain.quota import Allowance
    from bot.pipeline.board.evidence import Tables
    from bot.ports import CodeHost, PullRequest

STAGES = {
    "inspect": "reading the pull request",
    "score": "scoring in the container",
    "record": "recording the scores in the ledger",
}
FINE = {"success", "skipped"}


@click.command()
@click.argument("number", type=int)
@click.option("--head", required=True, help="Commit that was inspected.")
@click.option(
    "--inspection",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder that `rexrank inspect` wrote; may be absent when it failed.",
)
@click.option(
    "--scores",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder that `rexrank score` wrote; may be absent.",
)
@click.option(
    "--stage",
    "stages",
    multiple=True,
    metavar="NAME=RESULT",
    help="How a stage of the run ended: success, failure, cancelled or skipped.",
)
@click.option(
    "--leaderboard",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("leaderboard/leaderboard.json"),
    show_default=True,
    help="The leaderboard as it is, for the rank preview.",
)
@click.option(
    "--remote",
    help="Address of the repository with the branch `ledger`, which says how sure the rank preview "
    "is and how much of a quota is used; without it the preview is by value.",
)
@catalog_option
@dry_run
def report(
    number: int,
    head: str,
    inspection: Path,
    scores: Path,
    stages: tuple[str, ...],
    leaderboard: Path,
    remote: str | None,
    catalog_folder: Path | None,
    dry_run: bool,
) -> None:
    """Answer a pull request: one comment, one check, the labels.

    Everything that was handed over is checked again. Says nothing when the pull request has moved
    on, because the run of the newer commit answers.
    """
    from bot.adapters.git.repository import scratch_repository
    from bot.adapters.github.actions import run_url
    from bot.cli.operate.quota import read_allowances
    from bot.jobs.installation import Installation, optional_token
    from bot.jobs.pull_request.handover import read_handover
    from bot.jobs.pull_request.send_report import send_report
    from bot.jobs.upstream import open_pulls
    from bot.pipeline.board.ranks import compared_scorecards
    from bot.pipeline.pull_request.report import (
        Surroundings,
        add_known,
        describe_report,
        missing_plans,
    )
    from bot.render.pull_request.comment import render_comment

    installation = Installation(catalog_folder)
    pulls = open_pulls(installation)
    pull, unread = read_pull(pulls, number)
    if pull is not None and pull.head != head:
        say(f"pull request {number} has moved on to {pull.head[:12]}; its own run answers")
        return
    handover = read_handover(inspection, scores, head, failed_stages(stages), installation.catalog)
    board = installation.published_leaderboard(leaderboard)
    tables: Tables = {}
    allowances: tuple[Allowance, ...] = ()
    if remote:
        with scratch_repository(optional_token()) as repository:
            ledger = installation.ledger(repository, remote)
            if missing_plans(handover):
                known = ledger.scorecards()
                handover = add_known(handover, known, installation.catalog, installation.scorer())
            tables = ledger.tables(
                compared_scorecards(board, installation.catalog) if board else ()
            )
            if pull is not None:
                allowances = read_allowances(
                    installation, handover.inspection, pull, repository, remote
                )
    submission = handover.inspection.submission if handover.inspection else None
    surroundings = Surroundings(
        catalog=installation.catalog,
        columns=installation.columns(),
        leaderboard=board,
        run_url=run_url(),
        tables=tables,
        allowances=allowances,
    )
    since = pull.opened if pull else "a day that could not be read"
    data = describe_report(handover, surroundings, submission, since)
    if dry_run:
        click.echo(render_comment(data) or "", nl=False)
        return
    sent = send_report(pulls, number, head, data)
    for part, what in sent.written.items():
        say(f"{part}: {what}")
    for part, why in sent.unwritten.items():
        say(f"{part}: not written: {why}")
    if error := sent.error or unread:
        raise error


def read_pull(pulls: CodeHost, number: int) -> tuple[PullRequest | None, Misconfigured | None]:
    """Return a pull request, or why the token may not read it.

    The check belongs to a commit, not to a pull request: it is written all the same.
    """
    try:
        return pulls.read(number), None
    except Misconfigured as error:
        say(f"pull request {number}: not read: {error}")
        return None, error


def failed_stages(stages: tuple[str, ...]) -> tuple[str, ...]:
    """Return in words which stages did not end well."""
    failed = []
    for stage in stages:
        name, equals, result = stage.partition("=")
        if not equals or name not in STAGES:
            raise WrongUsage(f"--stage {stage!r}: give one of {', '.join(STAGES)} and its result")
        if result not in FINE:
            failed.append(STAGES[name])
    return tuple(failed)
