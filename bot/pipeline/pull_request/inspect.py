"""Inspect: everything that can be said about a pull request's head without trusting it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.checks.merging.ownership import check_owner
from bot.domain.catalog import Catalog
from bot.domain.finding import Finding, has_errors
from bot.domain.inspection import BoardPlan, Inspection, Readiness
from bot.domain.manifest import MANIFEST_FILE, PredictionsEntry
from bot.domain.owners import EntryOwners
from bot.domain.rules import RULES
from bot.domain.submission import SUBMISSIONS_FOLDER, SubmissionFolder
from bot.pipeline.merging.merge_review import review_merge
from bot.pipeline.merging.ownership import Asker, check_people, find_claim
from bot.pipeline.pull_request.claims import check_claims
from bot.pipeline.pull_request.entries import read_entries, read_manifest, read_reports
from bot.pipeline.pull_request.validate import ReadTexts, validate_submission
from bot.ports import GitObjects, TreeEntry


@dataclass(frozen=True)
class Inspected:
    """The outcome, and the bytes that may go on to scoring."""

    inspection: Inspection
    """What is handed over."""
    folder: SubmissionFolder | None
    """The entry's files after a merge, None when they must not or need not be read."""


def inspect_pull_request(
    git: GitObjects,
    base: str,
    head: str,
    catalog: Catalog,
    read_texts: ReadTexts,
    *,
    asker: Asker | None = None,
    owners: Mapping[str, EntryOwners] | None = None,
) -> Inspected:
    """Return what merging a head would change and whether it is in order.

    Everything is read from the tree that the merge makes, which is not always the head's.

    Args:
        git: Repository that has both commits.
        base: Tip of the target branch.
        head: Tip of the pull request.
        catalog: What this leaderboard is.
        read_texts: Reference texts of a board that may be used here, None where there are none.
        asker: Who opened the pull request and who takes part; None skips the question whose entry
            it is.
        owners: The ledger's records, by the entry's name.

    Raises:
        Misconfigured: The repository does not have the commits.
    """
    base, head = git.resolve(base), git.resolve(head)
    merge = review_merge(git, base, head)
    review, tree = merge.review, merge.tree
    findings = list(review.findings)
    if review.kind == "withdrawal" and review.submission and tree:
        findings += check_nothing_stays(git, tree, review.submission)
    claim = None
    if asker is not None and review.submission:
        record = (owners or {}).get(review.submission)
        claim = find_claim(git, base, review.submission, asker, catalog, record)
        findings += check_owner(claim)
    inspection = Inspection(
        base=base,
        head=head,
        merge_base=merge.base,
        merged_tree=tree,
        kind=review.kind,
        submission=review.submission,
        findings=tuple(findings),
    )
    if (
        review.kind != "submission"
        or review.submission is None
        or tree is None
        or has_errors(findings)
    ):
        return Inspected(inspection, None)
    entries = git.entries(tree, f"{SUBMISSIONS_FOLDER}/{review.submission}")
    folder = read_folder(git, review.submission, entries)
    validation = validate_submission(
        folder,
        catalog,
        references=read_texts,
        entries=lambda board: read_reports(git, base, board, without=folder.id),
        manifests=lambda: read_entries(git, base),
    )
    submission = validation.submission
    if claim is not None and asker is not None and submission is not None:
        findings += check_people(claim, asker, submission.manifest)
    blobs = {entry.path.decode(): entry.oid for entry in entries}
    plans = [] if submission is None else list(submission.manifest.predictions)
    readable = set() if submission is None else {p.entry.board for p in submission.predictions}
    return Inspected(
        inspection.model_copy(
            update={
                "manifest": submission.manifest if submission else None,
                "plans": tuple(
                    plan_board(folder.path(entry.file), entry, blobs, catalog)
                    for entry in plans
                    if entry.board in readable or entry.is_sealed
                ),
                "findings": (
                    *findings,
                    *validation.findings,
                    *check_sealed_copies(git, base, folder, plans),
                    *check_first(git, base, folder, plans, asker),
                ),
            }
        ),
        folder,
    )


def check_nothing_stays(git: GitObjects, tree: str, submission: str) -> list[Finding]:
    """Return a finding when files of an entry stay that loses its manifest."""
    folder = f"{SUBMISSIONS_FOLDER}/{submission}"
    left = git.entries(tree, folder)
    if not left:
        return []
    message = f"the manifest is removed while {len(left)} files of the entry stay"
    return [RULES["changes.no-manifest"].finding(f"{folder}/{MANIFEST_FILE}", message=message)]


def check_sealed_copies(
    git: GitObjects, base: str, folder: SubmissionFolder, entries: Sequence[PredictionsEntry]
) -> Iterator[Finding]:
    """Yield a finding for each sealed file that another entry on the target branch has too.

    Nobody but the leaderboard can open it, and everybody can hand it in again: sealing the same
    reports twice never gives the same bytes.
    """
    sealed = [entry for entry in entries if entry.is_sealed]
    if not sealed:
        return
    owners = {
        listed.sha256: name
        for name, manifest in read_entries(git, base)
        for listed in manifest.predictions
        if name != folder.id
    }
    for entry in sealed:
        if entry.sha256 in owners:
            message = f"the sealed file is that of the entry {owners[entry.sha256]}, byte by byte"
            rule = RULES["content.entry-copies"]
            yield rule.finding(folder.path(entry.file), message=message)


def check_first(
    git: GitObjects,
    base: str,
    folder: SubmissionFolder,
    entries: Sequence[PredictionsEntry],
    asker: Asker | None,
) -> Iterator[Finding]:
    """Yield a finding for each file that another account handed in first."""
    if asker is None or asker.author_id is None:
        return
    # Whoever may not change an entry that is on the target branch was told so before.
    merged = read_manifest(git, base, folder.id)
    kept = None if merged is None else {entry.sha256 for entry in merged.predictions}
    yield from check_claims(git, folder, entries, user_id=asker.author_id, kept=kept)


def read_folder(
    git: GitObjects, submission: str, entries: tuple[TreeEntry, ...]
) -> SubmissionFolder:
    """Return the files of an entry whose paths and modes were found in order."""
    prefix = f"{SUBMISSIONS_FOLDER}/{submission}/"
    contents = git.read([entry.oid for entry in entries])
    files = {entry.path.decode().removeprefix(prefix): contents[entry.oid] for entry in entries}
    return SubmissionFolder(submission, files)


def plan_board(
    path: str, entry: PredictionsEntry, blobs: Mapping[str, str], catalog: Catalog
) -> BoardPlan:
    """Return how a predictions file can be scored."""
    readiness: Readiness = "ready"
    if entry.is_sealed:
        readiness = "sealed"
    elif catalog.datasets[entry.dataset].access != "public":
        readiness = "private"
    return BoardPlan(
        dataset=entry.dataset,
        section=entry.section,
        path=path,
        blob=blobs[path],
        sha256=entry.sha256,
        readiness=readiness,
    )
