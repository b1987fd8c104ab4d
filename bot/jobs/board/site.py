"""The leaderboard as a web site, in a folder."""

from __future__ import annotations

from pathlib import Path

from bot.adapters.disk.site_folder import find_stale, write_site
from bot.domain.leaderboard import Leaderboard
from bot.jobs.console import say
from bot.jobs.installation import Installation
from bot.metrics.registry import BY_ID
from bot.render.site.build import site_files
from bot.render.site.facts import SiteFacts


def build_site(
    installation: Installation,
    leaderboard: Leaderboard,
    output: Path,
    address: str | None,
    *,
    dry_run: bool,
) -> None:
    """Write the site of a leaderboard to a folder.

    Args:
        installation: Has the catalog.
        leaderboard: What is shown.
        output: Folder that gets the site.
        address: Where it will be served, for the feed's links.
        dry_run: Say what would change instead.
    """
    place = address.rstrip("/") if address else None
    files = site_files(SiteFacts(leaderboard, installation.catalog.card, BY_ID, place))
    if dry_run:
        for path in files:
            say(f"would write {output / path}")
        for path in find_stale(output, files):
            say(f"would remove {output / path}")
        return
    changed, removed = write_site(output, files)
    say(f"{output}: {changed} of {len(files)} files changed, {removed} removed")
