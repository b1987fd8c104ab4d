"""Findings of one file in bounded number, so that ten thousand equal faults read like one."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.finding import Finding, first_of_each
from bot.domain.rules import RULES

FINDINGS_PER_CODE = 20


def cap_findings(findings: Iterable[Finding], *, most: int = FINDINGS_PER_CODE) -> list[Finding]:
    """Return the first findings of each code and file, then one that counts the others.

    Example:
        >>> rule = RULES["predictions.text-type"]
        >>> many = [rule.finding("p.json", message=f"study {n}") for n in range(500)]
        >>> [finding.message for finding in cap_findings(many, most=1)]
        ['study 0', '499 more of this kind in this file']
    """
    first, more = first_of_each(findings, lambda each: (each.code, each.path), most)
    return [*first, *(count_more(code, path, number) for (code, path), number in more.items())]


def count_more(code: str, path: str, number: int) -> Finding:
    """Return the finding that stands for others of its code and file."""
    return RULES[code].finding(path, message=f"{number:,} more of this kind in this file")


def first_ids(ids: Iterable[str], *, most: int = 5) -> str:
    """Return the first of some study ids in quotes, each shortened, with an ellipsis after them.

    Example:
        >>> first_ids(["a", "b", "c"], most=2)
        '"a", "b", …'
    """
    shown: list[str] = []
    for study_id in ids:
        if len(shown) == most:
            shown.append("…")
            break
        shown.append(f'"{study_id if len(study_id) <= 40 else study_id[:39] + "…"}"')
    return ", ".join(shown)
