"""`rexrank seal`: predictions are encrypted to the leaderboard before they are committed."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bot.cli.options import catalog_option, dry_run, folder_argument
from bot.errors import WrongUsage
from bot.jobs.console import say
from bot.jobs.environment import USER_VARIABLE
from bot.jobs.installation import Installation
from bot.jobs.submission.seal import seal_submission, write_sealed


@click.command()
@folder_argument
@click.option(
    "--board",
    "boards",
    multiple=True,
    metavar="DATASET.SECTION",
    help="Seal this board's file only; may be repeated. All that are not public when absent.",
)
@click.option(
    "--user-id",
    type=click.IntRange(min=1),
    envvar=USER_VARIABLE,
    help="Numeric id of whoever opens the pull request; GitHub is asked when absent.",
)
@click.option(
    "--login", help="Submitter who opens the pull request; the manifest's first when absent."
)
@click.option("--keep", is_flag=True, help="Leave the plain file where it is.")
@click.option("--yes", is_flag=True, help="Remove the plain file without asking.")
@catalog_option
@dry_run
def seal(
    folder: Path,
    boards: tuple[str, ...],
    user_id: int | None,
    login: str | None,
    keep: bool,
    yes: bool,
    catalog_folder: Path | None,
    dry_run: bool,
) -> None:
    """Encrypt predictions of datasets that are not public, for the leaderboard alone.

    Checks the plain file first, since nobody can help with what is in it afterwards; writes
    <name>.json.age and its sha256 into manifest.yaml, and removes the plain file.

    What is sealed begins with a line that says whose it is and for what: the leaderboard, the
    folder's name, the board, and the numeric id of the account that opens the pull request. It is
    scored for them alone. Seal again after a rename, or for another account.
    """
    sealed = seal_submission(Installation(catalog_folder), folder, boards, user_id, login)
    plain = [folder / each.entry.file for each in sealed]
    if dry_run:
        for path, each in zip(plain, sealed, strict=True):
            say(f"would seal {path} as {folder / each.name}")
    else:
        write_sealed(folder, sealed, remove=decide_removal(plain, keep=keep, yes=yes))
    say(f"next: rexrank validate {folder}")


def decide_removal(plain: list[Path], *, keep: bool, yes: bool) -> bool:
    """Return whether the plain files go, asking where nothing was said about it.

    Raises:
        WrongUsage: Nothing was said, and nobody is there to be asked.
    """
    if keep or yes:
        return not keep
    if not sys.stdin.isatty():
        raise WrongUsage("give --yes to remove the plain file, or --keep to leave it")
    return click.confirm(f"remove {', '.join(map(str, plain))}?", default=True, err=True)
