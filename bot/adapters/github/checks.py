"""Check runs of a commit: the one that the bot writes, and those that anybody wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.finding import Finding
from bot.domain.value import canonical_json, sha256_of
from bot.ports import CheckRun, WrittenCheck

if TYPE_CHECKING:
    from github.Repository import Repository

MAX_ANNOTATIONS = 50
MAX_ANNOTATION_CHARS = 4_000
MAX_ANNOTATION_TITLE_CHARS = 255
MAX_CHECK_CHARS = 60_000
ANNOTATION_LEVELS = {"error": "failure", "warning": "warning", "notice": "notice"}


def write_check(repository: Repository, head: str, check: CheckRun) -> None:
    """Create the check of this name on a commit, unless it says the same already."""
    output: dict[str, str | list[dict[str, str | int]]] = {
        "title": check.title,
        "summary": check.summary[:MAX_CHECK_CHARS],
        "annotations": [annotate(f) for f in check.findings[:MAX_ANNOTATIONS]],
    }
    digest = sha256_of(canonical_json([check.name, check.conclusion, output]))
    commit = repository.get_commit(head)
    latest = commit.get_check_runs(check_name=check.name, filter="latest")
    if any(run.external_id == digest for run in latest):
        return
    repository.create_check_run(
        name=check.name,
        head_sha=head,
        status="completed",
        conclusion=check.conclusion,
        external_id=digest,
        output=output,
    )


def read_checks(repository: Repository, head: str, name: str) -> tuple[WrittenCheck, ...]:
    """Return every check of this name on a commit, of every app."""
    # "latest" would hide the bot's check behind a later one of the same app.
    runs = repository.get_commit(head).get_check_runs(check_name=name, filter="all")
    return tuple(
        WrittenCheck(run.id, run.app.id if run.app else None, run.external_id or "", run.conclusion)
        for run in runs
    )


def annotate(finding: Finding) -> dict[str, str | int]:
    """Return a finding as GitHub's check-run annotation."""
    line = finding.line or 1
    seen = f"\nSeen: {finding.seen}" if finding.seen else ""
    text = f"{finding.message}{seen}\nFix: {finding.hint}"
    return {
        "path": finding.path,
        "start_line": line,
        "end_line": line,
        "annotation_level": ANNOTATION_LEVELS[finding.level],
        "title": f"{finding.code} {finding.pointer}".strip()[:MAX_ANNOTATION_TITLE_CHARS],
        "message": text[:MAX_ANNOTATION_CHARS],
    }
