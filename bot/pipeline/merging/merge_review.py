"""What merging a head would change, which is what a pull request is judged by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.checks.merging.mergeable import check_conflicts, check_merge_bases, check_nothing_new
from bot.checks.submission.changed_files import ChangesReview, check_changes, is_inside
from bot.domain.finding import Finding, has_errors
from bot.errors import Misconfigured
from bot.ports import Change, GitObjects


@dataclass(frozen=True)
class MergeReview:
    """A head compared with the target branch."""

    base: str | None
    """Best common ancestor, the first where there are several; None where there is none."""
    tree: str | None
    """Tree that merging makes; None where it makes none."""
    review: ChangesReview
    """What the merge changes, and what is wrong with it."""


def review_merge(git: GitObjects, target: str, head: str) -> MergeReview:
    """Return what merging a head into the tip of the target branch would change there.

    The difference is taken from the target's tip to the tree that the merge makes. The difference
    from a merge base to the head can hide what the merge does, where there are several bases.

    Raises:
        Misconfigured: git cannot merge the two, and the head alone does not say why.
    """
    bases = git.merge_bases(target, head)
    if not bases:
        return MergeReview(None, None, check_changes(None))
    base = bases[0]
    proposed = git.changes(base, head)
    try:
        merged = git.merge_tree(target, head)
    except Misconfigured:
        review = check_changes(proposed)
        if not has_errors(review.findings):
            raise
        return MergeReview(base, None, review)
    several = check_merge_bases(bases)
    conflicts = merged.conflicts or removed_and_changed(git.changes(base, target), proposed)
    if merged.tree is None or conflicts:
        review = check_changes(proposed)
        touched = review.kind != "other" or any(map(is_inside, conflicts))
        if several or touched:
            review = complain(review, [*several, *check_conflicts(conflicts)])
        return MergeReview(base, None, review)
    made = git.changes(target, merged.tree)
    review = check_changes(made)
    if several:
        review = complain(review, several)
    elif not made and (base == head or touches_entry(proposed)):
        review = complain(review, check_nothing_new())
    return MergeReview(base, merged.tree, review)


def removed_and_changed(theirs: Iterable[Change], ours: Iterable[Change]) -> tuple[bytes, ...]:
    """Return the paths that one side removes and the other changes.

    git asks whether such a file was renamed, and then takes the change to its new place. GitHub
    does not, or not everywhere, and is in conflict. So it is a conflict, for a person to resolve.
    """
    there = {change.path: change.after for change in theirs}
    return tuple(
        change.path
        for change in ours
        if change.path in there and (change.after is None) != (there[change.path] is None)
    )


def complain(review: ChangesReview, findings: list[Finding]) -> ChangesReview:
    """Return a review with findings before its own; it is the bot's business then."""
    kind = "submission" if review.kind == "other" else review.kind
    return replace(review, kind=kind, findings=(*findings, *review.findings))


def touches_entry(changes: Iterable[Change]) -> bool:
    """Return whether some of the paths are below `submissions/`."""
    return any(is_inside(change.path) for change in changes)
