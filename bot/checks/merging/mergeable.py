"""Whether a branch can be merged, and whether that would do anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.checks.submission.changed_files import limit, printable
from bot.domain.finding import Finding
from bot.domain.rules import RULES
from bot.domain.submission import SUBMISSIONS_FOLDER


def check_merge_bases(bases: Sequence[str]) -> list[Finding]:
    """Return a finding when a branch has more than one latest commit in common with its target."""
    if len(bases) < 2:
        return []
    return [
        RULES["changes.several-merge-bases"].finding(
            SUBMISSIONS_FOLDER,
            message="the branch and the target branch were merged into each other",
            seen=f"merge bases {', '.join(base[:12] for base in bases[:5])}",
        )
    ]


def check_conflicts(paths: Iterable[bytes]) -> list[Finding]:
    """Return a finding for every path that keeps the branch from being merged."""
    rule = RULES["changes.merge-conflict"]
    return limit(
        rule.finding(printable(path), message="the target branch has another version of this file")
        for path in paths
    )


def check_nothing_new() -> list[Finding]:
    """Return the finding about a branch that would change nothing."""
    message = "the target branch has everything that is on this branch"
    return [RULES["changes.nothing-new"].finding(SUBMISSIONS_FOLDER, message=message)]
