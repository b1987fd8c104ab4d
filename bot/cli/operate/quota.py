"""`rexrank quota`: how much of its quota a team has used, and what it reserves before scoring."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.options import catalog_option, inspection_option, ledger_option
from bot.domain.quota import demand
from bot.jobs.console import say
from bot.jobs.installation import Installation
from bot.jobs.pull_request.quota import ask_quota, release_quota, reserve_quota

head_option = click.option("--head", required=True, help="Commit that was inspected.")


class AskingGroup(click.Group):
    """A group that takes a number for `ask NUMBER`, as it was called before."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `ask` in front of what begins with no command and no option of the group."""
        if args and args[0] not in (*self.commands, "-h", "--help"):
            args = ["ask", *args]
        return super().parse_args(ctx, args)


@click.group(cls=AskingGroup)
def quota() -> None:
    """Ask how much of a quota is used, reserve before scoring, and release.

    `rexrank quota NUMBER` is short for `rexrank quota ask NUMBER`.
    """


@quota.command()
@click.argument("number", type=int)
@head_option
@inspection_option
@ledger_option
@catalog_option
def ask(
    number: int, head: str, inspection_folder: Path, remote: str, catalog_folder: Path | None
) -> None:
    """Say how much of its quota a pull request's team has used; fail when it is used up.

    For the start of a job that scores on private references. Nothing is recorded.
    """
    allowances = ask_quota(Installation(catalog_folder), number, head, inspection_folder, remote)
    for each in allowances:
        click.echo(f"{each.dataset}: {each.used} of {each.limit} this month, {each.wanted} asked")
    if not allowances:
        say("no quota counts here")
    demand(allowances)


@quota.command()
@click.argument("number", type=int)
@head_option
@inspection_option
@ledger_option
@catalog_option
def reserve(
    number: int, head: str, inspection_folder: Path, remote: str, catalog_folder: Path | None
) -> None:
    """Reserve what scoring a pull request will cost; fail, reserving nothing, when too much.

    Comes after the approval and before the scoring, and counts at once, so that runs at once cannot
    show more than a month has. Again for the same head it changes nothing. `rexrank ledger add`
    turns it into the charge. The step's output `reserved` is true or false.
    """
    reserve_quota(Installation(catalog_folder), number, head, inspection_folder, remote)


@quota.command()
@click.argument("number", type=int)
@click.option("--head", required=True, help="Commit that was to be scored.")
@click.option(
    "--inspection",
    "inspection_folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder that `rexrank inspect` wrote; checked to be about this commit where it is given.",
)
@ledger_option
@catalog_option
def release(
    number: int,
    head: str,
    inspection_folder: Path | None,
    remote: str,
    catalog_folder: Path | None,
) -> None:
    """Give back what a head of a pull request has reserved and was not charged.

    For a run that failed for a reason of ours, or was cancelled, and for a maintainer who finds a
    reservation that a lost run left behind. What was charged stays.
    """
    release_quota(Installation(catalog_folder), number, head, inspection_folder, remote)
