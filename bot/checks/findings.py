"""Findings of one file in bounded number, so that ten thousand equal faults read like one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from bot.domain.finding import Finding
from bot.domain.rules import RULES

FINDINGS_PER_CODE = 20


def cap_findings(
    findings: Iterable[Finding], *, per_code: int = FINDINGS_PER_CODE
) -> Iterator[Finding]:
    """Yield the first findings of each code and file, then one that counts the others.

    Example:
        >>> rule = RULES["predictions.text-type"]
        >>> many = [rule.finding("p.json", message=f"study {n}") for n in range(500)]
        >>> [finding.message for finding in cap_findings(many, per_code=1)]
        ['study 0', '499 more of this kind in this file']
    """
    counts: Counter[tuple[str, str]] = Counter()
    for finding in findings:
        place = (finding.code, finding.path)
        counts[place] += 1
        if counts[place] <= per_code:
            yield finding
    for (code, path), count in counts.items():
        if count > per_code:
            yield RULES[code].finding(
                path, message=f"{count - per_code:,} more of this kind in this file"
            )


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
