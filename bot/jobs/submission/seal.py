"""Predictions are encrypted to the leaderboard before they are committed."""

from __future__ import annotations

import gzip
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.disk.files import read_bytes, read_submission, write_atomic
from bot.adapters.github.calls import Patience
from bot.adapters.github.users import read_user_id
from bot.adapters.references.sealing import seal
from bot.checks.reports.content import check_content
from bot.checks.submission.manifest import parse_manifest
from bot.checks.submission.predictions import check_predictions, too_large
from bot.domain.dataset import list_studies
from bot.domain.finding import has_errors
from bot.domain.limits import MAX_FILE_BYTES
from bot.domain.manifest import MANIFEST_FILE, Manifest, PredictionsEntry
from bot.domain.seal_header import add_header
from bot.domain.submission import SubmissionFolder
from bot.domain.value import SLUG, sha256_of
from bot.errors import Misconfigured, RexrankError, SubmissionRejected, WrongUsage
from bot.jobs.console import say
from bot.jobs.environment import api_url, optional_token
from bot.jobs.installation import Installation
from bot.jobs.submission.package import add_entry
from bot.pipeline.scoring.sealed import seal_header
from bot.render.words.console import render_findings


@dataclass(frozen=True)
class SealedFile:
    """A predictions file that was encrypted, not written yet."""

    entry: PredictionsEntry
    """The plain file, as the manifest lists it."""
    data: bytes
    """The sealed one."""

    @property
    def name(self) -> str:
        """Return what the sealed file is called in the entry's folder."""
        return self.entry.file.removesuffix(".gz") + ".age"


def seal_submission(
    installation: Installation,
    folder: Path,
    boards: tuple[str, ...],
    user_id: int | None,
    login: str | None,
) -> list[SealedFile]:
    """Return the plain files of a submission, checked and encrypted; nothing is written.

    Args:
        installation: Has the catalog, and references where they are here.
        folder: The submission.
        boards: Boards whose files are sealed; all that are not public when empty.
        user_id: Numeric id of whoever opens the pull request; GitHub is asked when absent.
        login: Submitter who opens it; the manifest's first when absent.
    """
    files = read_submission(folder)
    path = folder / MANIFEST_FILE
    if MANIFEST_FILE not in files.files:
        raise Misconfigured(f"{path}: not there; make it with `rexrank init {folder.name}`")
    manifest = parse_manifest(files.files[MANIFEST_FILE], path=str(path))
    chosen = choose_entries(manifest, boards, installation)
    for entry in chosen:
        check_plain(files, entry, installation)
    author = user_id or find_user_id(manifest, login)
    return [SealedFile(entry, seal_file(files, entry, installation, author)) for entry in chosen]


def write_sealed(folder: Path, sealed: Sequence[SealedFile], *, remove: bool) -> None:
    """Write sealed files into a submission and its manifest, and remove the plain ones if asked."""
    path = folder / MANIFEST_FILE
    text = read_bytes(path)
    for each in sealed:
        plain = folder / each.entry.file
        row = {"dataset": each.entry.dataset, "section": each.entry.section, "file": each.name}
        text = add_entry(text, {**row, "sha256": sha256_of(each.data)}).encode()
        write_atomic(folder / each.name, each.data)
        write_atomic(path, text)
        say(f"sealed {plain} as {folder / each.name}")
        if remove:
            plain.unlink()
            say(f"removed {plain}")
        else:
            say(f"{plain} is still there: take it out of the folder before you commit")
    if remove:
        say("if a plain file was ever committed, rewrite the branch so that no commit holds it")


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
    if login and login.casefold() not in {name.casefold() for name in manifest.submitters}:
        raise WrongUsage(f"--login {login}: the manifest does not name it under submitters")
    author = login or manifest.submitters[0]
    try:
        # Somebody waits for the answer, and can give the number by hand.
        patience = Patience(retries=1)
        found = read_user_id(author, api_url=api_url(), token=optional_token(), patience=patience)
    except RexrankError as error:
        raise type(error)(
            f'{error}. Or give --user-id: the number after "id" at {api_url()}/users/{author}'
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
    if not re.search(SLUG, files.id):
        raise SubmissionRejected(
            f"{files.id}: the folder's name cannot be an entry's id, and is sealed with the file; "
            "rename it first"
        )
    header = seal_header(installation.catalog, files.id, entry, user_id)
    plain = add_header(header, unpacked(files.files[entry.file], entry))
    sealed = seal(plain, installation.catalog.card.recipients)
    if len(sealed) > MAX_FILE_BYTES:
        path = files.path(entry.file)
        hint = "Strip everything but the reports: rexrank package; what is sealed is not compressed"
        say(render_findings([too_large(path, hint=hint)], "text").rstrip("\n"))
        raise SubmissionRejected(f"{path}: not sealed; it would be larger than a file may be")
    return sealed


def unpacked(data: bytes, entry: PredictionsEntry) -> bytes:
    """Return a plain file's JSON, which is what is sealed."""
    return gzip.decompress(data) if entry.file.endswith(".gz") else data
