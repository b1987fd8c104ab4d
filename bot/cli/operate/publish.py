"""`rexrank publish`: the leaderboard's files, regenerated."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.options import catalog_option, dry_run, say
from bot.errors import Misconfigured, ServiceUnavailable, WrongUsage
from bot.jobs.installation import Installation

if TYPE_CHECKING:
    from bot.adapters.git.repository import GitRepository
    from bot.domain.leaderboard import Leaderboard

MESSAGE = "Regenerate the leaderboard\n"


@click.command()
@click.option(
    "--repo",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Bare repository in which the commit is made; one that is removed when absent.",
)
@click.option("--remote", help="Address of the leaderboard's repository, which is pushed to.")
@click.option("--branch", default="main", show_default=True, help="Branch that is published.")
@click.option(
    "--submissions",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Without --remote: folder of the entries.",
)
@click.option(
    "--scores",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Without --remote: folder that `rexrank score` wrote.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Without --remote: folder that gets the leaderboard's files.",
)
@click.option(
    "--dispatch",
    is_flag=True,
    help="Start the repository's workflow publish.yml instead, which does it and deploys the site.",
)
@catalog_option
@dry_run
def publish(
    repo: Path | None,
    remote: str | None,
    branch: str,
    submissions: Path | None,
    scores: Path | None,
    output: Path | None,
    dispatch: bool,
    catalog_folder: Path | None,
    dry_run: bool,
) -> None:
    """Regenerate the leaderboard from the entries and the scorecards.

    With --remote: from the branch and the ledger of a repository, committed and pushed;
    whoever is faster is waited for, and nothing is pushed when nothing changed. With --submissions,
    --scores and --output: from folders, to a folder.
    """
    installation = Installation(catalog_folder)
    if dispatch:
        start_workflow(installation, branch, dry_run=dry_run)
    elif remote and not (submissions or scores or output):
        publish_branch(installation, repo, remote, branch, dry_run=dry_run)
    elif submissions and scores and output and not (remote or repo):
        publish_folder(installation, submissions, scores, output, dry_run=dry_run)
    else:
        raise WrongUsage("give --remote, or --submissions, --scores and --output")


def start_workflow(installation: Installation, branch: str, *, dry_run: bool) -> None:
    """Start publish.yml: a push or merge with a workflow's own token starts no workflow.

    Raises:
        Misconfigured: The branch has no such workflow.
    """
    from bot.jobs.comment_commands.command_desk import PUBLISH_WORKFLOW
    from bot.jobs.upstream import open_pulls

    if dry_run:
        say(f"would start {PUBLISH_WORKFLOW} of {branch}")
        return
    if not open_pulls(installation).dispatch(PUBLISH_WORKFLOW, branch, {}):
        raise Misconfigured(f"{branch}: there is no workflow {PUBLISH_WORKFLOW} to start")
    say(f"{PUBLISH_WORKFLOW} of {branch} was started")


def leaderboard_maker(
    installation: Installation, repository: GitRepository, remote: str, branch: str
) -> Callable[[str | None], Mapping[str, bytes | None]]:
    """Return what takes a branch's tip and returns the leaderboard's files; None removes one."""
    from bot.adapters.ledger.withdrawals import BranchTombstones
    from bot.pipeline.board.build import build_leaderboard
    from bot.pipeline.pull_request.entries import read_entries, shown_entries

    ledger = installation.ledger(repository, remote)
    tombstones = BranchTombstones(repository, remote=remote, author=installation.author())

    def make_files(tip: str | None) -> Mapping[str, bytes | None]:
        if tip is None:
            raise Misconfigured(f"{remote}: no branch {branch}")
        scorecards = tuple(ledger.scorecards())
        by_value = build_leaderboard(
            installation.catalog,
            installation.columns(),
            shown_entries(read_entries(repository, tip), tombstones.read()),
            scorecards,
            installation.scorer(scorecards),
        )
        return leaderboard_of(installation, repository, remote, tip, by_value)

    return make_files


def leaderboard_of(
    installation: Installation,
    repository: GitRepository,
    remote: str,
    tip: str,
    by_value: Leaderboard,
) -> Mapping[str, bytes | None]:
    """Return the files of a leaderboard of which only the values are known yet."""
    from bot.pipeline.board.ranks import compare_boards, compared_scorecards
    from bot.pipeline.pull_request.entries import replace_leaderboard
    from bot.render.board.tables import leaderboard_files

    ledger = installation.ledger(repository, remote)
    tables = ledger.tables(compared_scorecards(by_value, installation.catalog))
    leaderboard = compare_boards(by_value, tables, installation.catalog)
    return replace_leaderboard(repository, tip, leaderboard_files(leaderboard))


def publish_branch(
    installation: Installation, repo: Path | None, remote: str, branch: str, *, dry_run: bool
) -> None:
    """Commit and push the leaderboard of a branch."""
    from bot.adapters.git.commits import push_on_tip
    from bot.jobs.remotes import pushing_repository, reading_repository

    if dry_run:
        with reading_repository(repo) as repository:
            make_files = leaderboard_maker(installation, repository, remote, branch)
            for path in sorted(make_files(repository.remote_tip(remote, branch))):
                say(f"would write {path}")
        return
    with pushing_repository(remote, repo) as repository:
        make_files = leaderboard_maker(installation, repository, remote, branch)
        commit = push_on_tip(repository, remote, branch, make_files, MESSAGE, installation.author())
        done = f"published as {commit}" if commit else "the leaderboard is up to date"
        say(f"{branch}: {done}")
        say(record_owners(installation, repository, remote, branch))


def record_owners(
    installation: Installation, repository: GitRepository, remote: str, branch: str
) -> str:
    """Record whose the entries of a branch are, and return what came of it in a line.

    The leaderboard is published by then: whatever fails here waits for the next publication.
    """
    from bot.adapters.ledger.owners import BranchOwners, Records
    from bot.domain.owners import Person
    from bot.jobs.installation import REPOSITORY_VARIABLE, optional_token
    from bot.jobs.upstream import open_pulls
    from bot.pipeline.merging.ownership import follow_manifests
    from bot.pipeline.pull_request.entries import read_entries

    if not (os.environ.get(REPOSITORY_VARIABLE) and optional_token()):
        return "owners: not recorded; without a repository and a token nobody can be looked up"
    try:
        tip = repository.remote_tip(remote, branch)
        entries = read_entries(repository, tip) if tip else ()
        pulls = open_pulls(installation)
        asked: dict[str, Person | None] = {}

        def look_up(login: str) -> Person | None:
            if login not in asked:
                asked[login] = pulls.account(login)
                if asked[login] is None:
                    say(f"owners: there is no person with the login {login}")
            return asked[login]

        def make_records(present: Records) -> Records:
            return follow_manifests(entries, present, look_up)

        owners = BranchOwners(repository, remote=remote, author=installation.author())
        is_changed = owners.update(make_records)
    except (Misconfigured, ServiceUnavailable) as error:
        return f"owners: not recorded this time; the next publication asks again: {error}"
    return "owners: recorded" if is_changed else "owners: up to date"


def publish_folder(
    installation: Installation, submissions: Path, scores: Path, output: Path, *, dry_run: bool
) -> None:
    """Write the leaderboard of local entries and scores to a folder."""
    from bot.adapters.disk.files import write_files
    from bot.jobs.board.local import local_leaderboard
    from bot.render.board.tables import leaderboard_files

    files = leaderboard_files(local_leaderboard(installation, submissions, scores))
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
