"""`rexrank hygiene`: what came to a halt, or no longer follows from its sources."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.options import (
    branch_option,
    catalog_option,
    exit_status,
    output_format,
    remote_option,
    say,
)
from bot.jobs.upstream import app_option

if TYPE_CHECKING:
    from bot.domain.trouble import Trouble
    from bot.jobs.installation import Installation


@click.command()
@remote_option
@branch_option
@app_option
@click.option(
    "--hours",
    type=click.IntRange(min=1),
    default=6,
    show_default=True,
    help="Hours after which the head of a pull request should have a verdict.",
)
@click.option(
    "--days",
    type=click.IntRange(min=1),
    default=30,
    show_default=True,
    help="Days after which a pull request should have been moved on.",
)
@click.option(
    "--issue", is_flag=True, help="Keep the bot's one issue: written, closed and opened again."
)
@output_format("text", "json", "markdown")
@catalog_option
def hygiene(
    remote: str,
    branch: str,
    app_id: int,
    hours: int,
    days: int,
    issue: bool,
    format_: str,
    catalog_folder: Path | None,
) -> int:
    """List what needs a maintainer; the exit status is 1 when there is anything.

    Pull requests whose run got stuck or that nobody moves, faults of the ledger, entries without a
    present score, reservations of a quota that no score followed, and files of the leaderboard that
    do not follow from main and the ledger.

    In a job of a workflow the output `publish` is `true` when `rexrank publish` would change
    something, whatever became of the event that should have started it.
    """
    import json
    from dataclasses import asdict

    from bot.adapters.github.actions import write_outputs
    from bot.domain.text import counted
    from bot.jobs.installation import Installation
    from bot.jobs.upstream import open_pulls
    from bot.pipeline.pull_request.hygiene import Patience, find_halted
    from bot.render.board.hygiene import MARKER, TITLE, render_issue, render_troubles

    installation = Installation(catalog_folder)
    host = open_pulls(installation)
    patience = Patience(stuck=timedelta(hours=hours), stale=timedelta(days=days))
    in_repository = find_in_repository(installation, remote, branch)
    drifted = any(each.kind == "drift" for each in in_repository)
    # Before the host is asked: what was lost is published although the host does not answer.
    write_outputs({"publish": "true" if drifted else "false"})
    halted = find_halted(host, branch, app_id, datetime.now(tz=UTC), patience)
    troubles = [*halted, *in_repository]
    if format_ == "json":
        click.echo(json.dumps([asdict(each) for each in troubles], sort_keys=True, indent=2))
    elif format_ == "markdown":
        click.echo(render_troubles(troubles), nl=False)
    else:
        for each in troubles:
            click.echo(f"{each.kind}: {each.where}: {each.what}")
    say(f"{counted(len(troubles), 'thing')} for a maintainer")
    if issue:  # last: what was found is told although the issue cannot be written
        body = render_issue(troubles)
        address = host.write_issue(MARKER, TITLE, body, is_open=bool(troubles))
        say(f"issue: {address}" if address else "no issue is needed")
    return exit_status(bool(troubles))


def find_in_repository(installation: Installation, remote: str, branch: str) -> list[Trouble]:
    """Return what is wrong between the branch, the ledger and the leaderboard."""
    from bot.adapters.git.repository import scratch_repository
    from bot.adapters.ledger.quota import read_book
    from bot.adapters.ledger.scores import BRANCH
    from bot.adapters.ledger.verify import verify_ledger
    from bot.cli.operate.publish import leaderboard_of
    from bot.cli.operate.rescore import make_plan, read_state
    from bot.jobs.installation import optional_token
    from bot.pipeline.pull_request.hygiene import (
        find_drift,
        find_faults,
        find_reserved,
        find_unscored,
    )

    with scratch_repository(optional_token()) as repository:
        ledger = repository.remote_tip(remote, BRANCH)
        faults = list(find_faults(verify_ledger(repository, ledger) if ledger else ()))
        if faults:  # what cannot be read cannot be compared
            return faults
        state = read_state(installation, repository, remote, branch)
        plan = make_plan(installation, state)
        files = leaderboard_of(installation, repository, remote, state.tip, state.leaderboard)
        held = read_book(repository, ledger).held
        return [
            *find_unscored(plan),
            *find_reserved(held, datetime.now(tz=UTC).date()),
            *find_drift(repository, state.tip, files),
        ]
