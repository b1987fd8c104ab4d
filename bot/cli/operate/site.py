"""`rexrank site`: the leaderboard as a web site."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import branch_option, catalog_option, dry_run, say
from bot.errors import Misconfigured, WrongUsage

LEADERBOARD = Path("leaderboard/leaderboard.json")


@click.group()
def site() -> None:
    """Make the leaderboard's web site."""


@site.command()
@click.option(
    "--leaderboard",
    "leaderboard_file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=LEADERBOARD,
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
    from bot.adapters.disk.site_folder import find_stale, write_site
    from bot.jobs.installation import Installation
    from bot.metrics.registry import BY_ID
    from bot.render.site.build import site_files
    from bot.render.site.facts import Facts
    from bot.render.words.markdown import host_of

    if address is not None and host_of(address) is None:
        raise WrongUsage(f"--address {address}: give an absolute https address")
    installation = Installation(catalog_folder)
    if remote:
        leaderboard = installation.remote_leaderboard(remote, branch)
        source = f"{remote}, {branch}: {LEADERBOARD}"
    else:
        leaderboard = installation.published_leaderboard(leaderboard_file)
        source = str(leaderboard_file)
    if leaderboard is None:
        raise Misconfigured(f"{source}: no such file; make it with `rexrank publish`")
    place = address.rstrip("/") if address else None
    files = site_files(Facts(leaderboard, installation.catalog.card, BY_ID, place))
    if dry_run:
        for path in files:
            say(f"would write {output / path}")
        for path in find_stale(output, files):
            say(f"would remove {output / path}")
        return
    changed, removed = write_site(output, files)
    say(f"{output}: {changed} of {len(files)} files changed, {removed} removed")
