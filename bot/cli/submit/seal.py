"""`rexrank seal`: predictions are encrypted to the leaderboard before they are committed."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.options import catalog_option, dry_run, folder_argument, say
from bot.errors import Misconfigured, RexrankError, SubmissionRejected, WrongUsage

if TYPE_CHECKING:
    from bot.domain.manifest import Manifest, PredictionsEntry
    from bot.domain.submission import SubmissionFolder
    from bot.jobs.installation import Installation


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
    envvar="REXRANK_USER_ID",
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
    from bot.adapters.disk.files import read_bytes, read_submission, write_atomic
    from bot.checks.submission.manifest import parse_manifest
    from bot.cli.submit.package import add_entry
    from bot.domain.manifest import MANIFEST_FILE
    from bot.domain.value import sha256_of
    from bot.jobs.installation import Installation

    installation = Installation(catalog_folder)
    files = read_submission(folder)
    path = folder / MANIFEST_FILE
    if MANIFEST_FILE not in files.files:
        raise Misconfigured(f"{path}: not there; make it with `rexrank init {folder.name}`")
    manifest = parse_manifest(files.files[MANIFEST_FILE], path=str(path))
    chosen = choose_entries(manifest, boards, installation)
    for entry in chosen:
        check_plain(files, entry, installation)
    author = user_id or find_user_id(manifest, login)
    sealed_files = {entry.file: seal_file(files, entry, installation, author) for entry in chosen}
    remove = not dry_run and decide_removal([folder / e.file for e in chosen], keep=keep, yes=yes)
    text = read_bytes(path)
    for entry in chosen:
        plain = folder / entry.file
        name = entry.file.removesuffix(".gz") + ".age"
        sealed = sealed_files[entry.file]
        row = {"dataset": entry.dataset, "section": entry.section, "file": name}
        text = add_entry(text, {**row, "sha256": sha256_of(sealed)}).encode()
        if dry_run:
            say(f"would seal {plain} as {folder / name}")
            continue
        write_atomic(folder / name, sealed)
        write_atomic(path, text)
        say(f"sealed {plain} as {folder / name}")
        if remove:
            plain.unlink()
            say(f"removed {plain}")
        else:
            say(f"{plain} is still there: take it out of the folder before you commit")
    if remove:
        say("if a plain file was ever committed, rewrite the branch so that no commit holds it")
    say(f"next: rexrank validate {folder}")


def choose_entries(
    manifest: Manifest, boards: tuple[str, ...], installation: Installation
) -> list[PredictionsEntry]:
    """Return the entries that are to be sealed.

    Raises:
        WrongUsage: A board was named that has no plain file, or is public.
        SubmissionRejected: There is nothing to seal.
    """
    datasets = installation.catalog.datasets
    plain = {str(entry.board): entry for entry in manifest.predictions if not entry.is_sealed}
    for board in boards:
        if board not in plain:
            raise WrongUsage(f"--board {board}: the manifest lists no plain file for it")
        card = datasets.get(plain[board].dataset)
        if card is not None and card.access == "public":
            raise WrongUsage(f"--board {board}: {card.id} is public and must not be sealed")
    chosen = [
        entry
        for board, entry in plain.items()
        if entry.dataset in datasets
        and datasets[entry.dataset].access != "public"
        and (not boards or board in boards)
    ]
    if not chosen:
        raise SubmissionRejected(
            "nothing to seal: the manifest lists no plain file of a dataset that is not public"
        )
    return chosen


def check_plain(
    files: SubmissionFolder, entry: PredictionsEntry, installation: Installation
) -> None:
    """Raise SubmissionRejected, after printing why, unless a plain file can be scored.

    Which studies it must have is known where the references or a study list are on this machine;
    elsewhere only their number is.
    """
    from bot.checks.reports.content import check_content
    from bot.checks.submission.predictions import check_predictions
    from bot.domain.dataset import list_studies
    from bot.domain.finding import has_errors
    from bot.render.words.console import render_findings

    path = files.path(entry.file)
    if entry.file not in files.files:
        raise SubmissionRejected(f"{path}: the manifest lists it and it is not there")
    studies = installation.catalog.board_studies(entry.board)
    texts = None
    if installation.references.has(entry.dataset):
        references = installation.references.read(entry.dataset)
        texts = references.texts(entry.section)
        studies = list_studies(references).boards.get(entry.section)
    predictions, findings = check_predictions(
        files.files[entry.file],
        path=path,
        entry=entry,
        card=installation.catalog.datasets[entry.dataset],
        board_studies=studies,
    )
    if predictions is not None:
        findings = (*findings, *check_content(predictions, path=path, references=texts))
    if findings:
        say(render_findings(findings, "text").rstrip("\n"))
    if predictions is None or has_errors(findings):
        raise SubmissionRejected(f"{path}: not sealed; mend the errors first")
    if studies is None:
        say(f"{path}: only the number of studies was checked; there is no list of them here")


def find_user_id(manifest: Manifest, login: str | None) -> int:
    """Return the numeric id of a submitter, asked of GitHub.

    Raises:
        WrongUsage: The manifest does not name this login.
        RexrankError: GitHub could not be asked, or knows no such user; says what to do instead.
    """
    from bot.adapters.github.calls import Patience
    from bot.adapters.github.connection import API_URL
    from bot.adapters.github.users import read_user_id
    from bot.jobs.installation import API_VARIABLE, optional_token

    if login and login.casefold() not in {name.casefold() for name in manifest.submitters}:
        raise WrongUsage(f"--login {login}: the manifest does not name it under submitters")
    author = login or manifest.submitters[0]
    api_url = os.environ.get(API_VARIABLE) or API_URL
    try:
        # Somebody waits for the answer, and can give the number by hand.
        patience = Patience(retries=1)
        found = read_user_id(author, api_url=api_url, token=optional_token(), patience=patience)
    except RexrankError as error:
        raise type(error)(
            f'{error}. Or give --user-id: the number after "id" at {api_url}/users/{author}'
        ) from error
    say(f"sealing for {author}, user {found}, who must open the pull request")
    return found


def seal_file(
    files: SubmissionFolder, entry: PredictionsEntry, installation: Installation, user_id: int
) -> bytes:
    """Return a plain file with its header, encrypted.

    Raises:
        SubmissionRejected: The folder cannot be an entry, or the sealed file is too large.
    """
    from bot.adapters.references.sealing import seal as encrypt
    from bot.checks.submission.predictions import too_large
    from bot.domain.limits import MAX_FILE_BYTES
    from bot.domain.seal_header import add_header
    from bot.domain.value import SLUG
    from bot.pipeline.scoring.sealed import seal_header
    from bot.render.words.console import render_findings

    if not re.search(SLUG, files.id):
        raise SubmissionRejected(
            f"{files.id}: the folder's name cannot be an entry's id, and is sealed with the file; "
            "rename it first"
        )
    header = seal_header(installation.catalog, files.id, entry, user_id)
    plain = add_header(header, unpacked(files.files[entry.file], entry))
    sealed = encrypt(plain, installation.catalog.card.recipients)
    if len(sealed) > MAX_FILE_BYTES:
        path = files.path(entry.file)
        hint = "Strip everything but the reports: rexrank package; what is sealed is not compressed"
        say(render_findings([too_large(path, hint=hint)], "text").rstrip("\n"))
        raise SubmissionRejected(f"{path}: not sealed; it would be larger than a file may be")
    return sealed


def unpacked(data: bytes, entry: PredictionsEntry) -> bytes:
    """Return a plain file's JSON, which is what is sealed."""
    import gzip

    return gzip.decompress(data) if entry.file.endswith(".gz") else data


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
