"""`rexrank site`: the leaderboard as a web site."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import branch_option, catalog_option, dry_run
from bot.errors import Misconfigured, WrongUsage
from bot.jobs.board.leaderboard_file import (
    LEADERBOARD_FILE,
    fetch_leaderboard,
    read_leaderboard,
)
from bot.jobs.board.site import build_site
from bot.jobs.installation import Installation
from bot.render.words.markdown import host_of


@click.group()
def site() -> None:
    """Make the leaderboard's web site."""


@site.command()
@click.option(
    "--leaderboard",
    "leaderboard_file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path(LEADERBOARD_FILE),
    show_default=True,
    help="File that `rexrank publish` wrote.",
)
@click.option("--remote", help="Take that file from this repository instead, as it is there now.")
@branch_option
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("site"),
    show_default=True,
    help="Folder that gets the site.",
)
@click.option("--address", help="Where it will be served, https://...; for the feed's links.")
@catalog_option
@dry_run
def build(
    leaderboard_file: Path,
    remote: str | None,
    branch: str,
    output: Path,
    address: str | None,
    catalog_folder: Path | None,
    dry_run: bool,
) -> None:
    """Write the site: pages, data files and a feed, from the leaderboard's file alone.

    With --remote it is the file at the tip of a branch; a private repository needs REXRANK_TOKEN.
    The same file gives the same bytes. A second run changes nothing; a page that is no longer made
    is removed. Serve the folder as it is, from any address.
    """
    if address is not None and host_of(address) is None:
        raise WrongUsage(f"--address {address}: give an absolute https address")
    installation = Installation(catalog_folder)
    if remote:
        leaderboard = fetch_leaderboard(remote, branch)
        source = f"{remote}, {branch}: {LEADERBOARD_FILE}"
    else:
        leaderboard = read_leaderboard(leaderboard_file)
        source = str(leaderboard_file)
    if leaderboard is None:
        raise Misconfigured(f"{source}: no such file; make it with `rexrank publish`")
    build_site(installation, leaderboard, output, address, dry_run=dry_run)
