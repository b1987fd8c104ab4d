"""What came to a halt, or no longer follows from its sources; and the bot's one issue about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.adapters.github.actions import write_outputs
from bot.adapters.ledger.quota import read_book
from bot.adapters.ledger.verify import verify_ledger
from bot.domain.trouble import Trouble
from bot.jobs.board.rescore import make_plan
from bot.jobs.board.state import read_board_state
from bot.jobs.console import say
from bot.jobs.installation import Installation
from bot.jobs.upstream import Upstream, reading_upstream
from bot.pipeline.pull_request.entries import replace_leaderboard
from bot.pipeline.pull_request.hygiene import (
    Patience,
    find_drift,
    find_faults,
    find_halted,
    find_reserved,
    find_unscored,
)
from bot.ports import CodeHost
from bot.render.board.hygiene import MARKER, TITLE, render_issue
from bot.render.board.tables import leaderboard_files


def find_troubles(
    installation: Installation,
    host: CodeHost,
    remote: str,
    branch: str,
    app_id: int,
    patience: Patience,
) -> Sequence[Trouble]:
    """Return what needs a maintainer, and tell a workflow whether something is to be published.

    Args:
        installation: Has the catalog.
        host: The code host.
        remote: Address of the leaderboard's repository.
        branch: Branch with the entries.
        app_id: App whose check counts.
        patience: How long things may take.
    """
    with reading_upstream(installation, remote, branch) as upstream:
        in_repository = find_in_repository(upstream)
    drifted = any(each.kind == "drift" for each in in_repository)
    # Before the host is asked: what was lost is published although the host does not answer.
    write_outputs({"publish": "true" if drifted else "false"})
    halted = find_halted(host, branch, app_id, datetime.now(tz=UTC), patience)
    return [*halted, *in_repository]


def find_in_repository(upstream: Upstream) -> list[Trouble]:
    """Return what is wrong between the branch, the ledger and the leaderboard."""
    git = upstream.git
    ledger = upstream.records.tip()
    faults = list(find_faults(verify_ledger(git, ledger) if ledger else ()))
    if faults:  # what cannot be read cannot be compared
        return faults
    tip = upstream.tip()
    state = read_board_state(upstream, tip)
    return [
        *find_unscored(make_plan(state, tip)),
        *find_reserved(read_book(git, ledger).held, datetime.now(tz=UTC).date()),
        *find_drift(git, tip, replace_leaderboard(git, tip, leaderboard_files(state.leaderboard))),
    ]


def keep_issue(host: CodeHost, troubles: Sequence[Trouble]) -> None:
    """Write, close or open again the bot's one issue."""
    body = render_issue(troubles)
    address = host.write_issue(MARKER, TITLE, body, is_open=bool(troubles))
    say(f"issue: {address}" if address else "no issue is needed")
