"""The leaderboard's files, regenerated: on its branch, or in a folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from bot.adapters.disk.files import write_files
from bot.adapters.git.commits import push_on_tip
from bot.adapters.ledger.owners import Records
from bot.domain.owners import Person
from bot.errors import Misconfigured, ServiceUnavailable
from bot.jobs.board.local import read_local_state
from bot.jobs.board.state import read_board_state
from bot.jobs.comment_commands.command_context import PUBLISH_WORKFLOW
from bot.jobs.console import say
from bot.jobs.environment import REPOSITORY_VARIABLE, optional_token
from bot.jobs.installation import Installation
from bot.jobs.upstream import Upstream, pushing_upstream, reading_upstream
from bot.pipeline.merging.ownership import follow_manifests
from bot.pipeline.pull_request.entries import read_entries, replace_leaderboard
from bot.render.board.tables import leaderboard_files

MESSAGE = "Regenerate the leaderboard\n"


def start_workflow(installation: Installation, branch: str, *, dry_run: bool) -> None:
    """Start publish.yml: a push or merge with a workflow's own token starts no workflow.

    Raises:
        Misconfigured: The branch has no such workflow.
    """
    if dry_run:
        say(f"would start {PUBLISH_WORKFLOW} of {branch}")
        return
    if not installation.host().dispatch(PUBLISH_WORKFLOW, branch, {}):
        raise Misconfigured(f"{branch}: there is no workflow {PUBLISH_WORKFLOW} to start")
    say(f"{PUBLISH_WORKFLOW} of {branch} was started")


def publish_branch(
    installation: Installation, folder: Path | None, remote: str, branch: str, *, dry_run: bool
) -> None:
    """Commit and push the leaderboard of a branch."""
    if dry_run:
        with reading_upstream(installation, remote, branch, folder) as upstream:
            for path in sorted(regenerate(upstream, upstream.tip())):
                say(f"would write {path}")
        return
    with pushing_upstream(installation, remote, branch, folder) as upstream:

        def make_files(tip: str | None) -> Mapping[str, bytes | None]:
            return regenerate(upstream, upstream.there(tip))

        author = installation.author()
        commit = push_on_tip(upstream.git, remote, branch, make_files, MESSAGE, author)
        done = f"published as {commit}" if commit else "the leaderboard is up to date"
        say(f"{branch}: {done}")
        say(record_owners(upstream))


def regenerate(upstream: Upstream, tip: str) -> Mapping[str, bytes | None]:
    """Return what turns a commit's leaderboard into the one of now; None removes a file."""
    files = leaderboard_files(read_board_state(upstream, tip).leaderboard)
    return replace_leaderboard(upstream.git, tip, files)


def record_owners(upstream: Upstream) -> str:
    """Record whose the entries of a branch are, and return what came of it in a line.

    The leaderboard is published by then: whatever fails here waits for the next publication.
    """
    if not (os.environ.get(REPOSITORY_VARIABLE) and optional_token()):
        return "owners: not recorded; without a repository and a token nobody can be looked up"
    try:
        tip = upstream.git.remote_tip(upstream.remote, upstream.branch)
        entries = read_entries(upstream.git, tip) if tip else ()
        host = upstream.installation.host()
        asked: dict[str, Person | None] = {}

        def look_up(login: str) -> Person | None:
            if login not in asked:
                asked[login] = host.account(login)
                if asked[login] is None:
                    say(f"owners: there is no person with the login {login}")
            return asked[login]

        def make_records(present: Records) -> Records:
            return follow_manifests(entries, present, look_up)

        is_changed = upstream.owners.update(make_records)
    except (Misconfigured, ServiceUnavailable) as error:
        return f"owners: not recorded this time; the next publication asks again: {error}"
    return "owners: recorded" if is_changed else "owners: up to date"


def publish_folder(
    installation: Installation, submissions: Path, scores: Path, output: Path, *, dry_run: bool
) -> None:
    """Write the leaderboard of local entries and scores to a folder."""
    state = read_local_state(installation, submissions, scores)
    files = leaderboard_files(state.leaderboard)
    if dry_run:
        for name in files:
            say(f"would write {output / name}")
        return
    changed = write_files(output, files)
    for stale in sorted(set(output.iterdir()) - {output / name for name in files}):
        if stale.suffix in {".md", ".csv"}:
            stale.unlink()
            changed += 1
    say(f"{output}: {changed} of {len(files)} files changed")
