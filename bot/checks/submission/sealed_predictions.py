"""What is wrong with predictions that were sealed, in codes and counts alone.

An id of a study is no reference, and yet belongs to somebody who signed for it. So what the open
road says with ids and places is said here with a rule and a number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from bot.checks.findings import FINDINGS_PER_CODE
from bot.checks.reading.strict_json import load_json
from bot.checks.reports.content import check_content
from bot.checks.submission.predictions import check_predictions
from bot.domain.dataset import BoardStudies, DatasetCard, commit_texts
from bot.domain.finding import Finding
from bot.domain.manifest import PredictionsEntry
from bot.domain.rules import RULES
from bot.domain.seal_header import SealHeader
from bot.domain.submission import Predictions
from bot.domain.text import counted

BOUND = {
    "leaderboard": "sealed.other-leaderboard",
    "entry": "sealed.other-entry",
    "dataset": "sealed.other-board",
    "section": "sealed.other-board",
    "user_id": "sealed.other-author",
}
"""Code for each field of a header that does not fit."""
MISSING, UNKNOWN = "predictions.study-missing", "predictions.study-unknown"


def check_header(found: SealHeader | None, expected: SealHeader, *, path: str) -> list[Finding]:
    """Return what of a sealed file's header does not fit; of what it says instead nothing is told.

    Args:
        found: The header, None when there is none.
        expected: What it must say in this pull request.
        path: File, from the root of the repository.
    """
    if found is None:
        message = "what is sealed does not begin with the header that rexrank seal writes"
        return [RULES["sealed.no-header"].finding(path, message=message)]
    codes = [
        code for field, code in BOUND.items() if getattr(found, field) != getattr(expected, field)
    ]
    return [
        RULES[code].finding(path, message=f"the sealed header has {RULES[code].title.lower()}")
        for code in dict.fromkeys(codes)
    ]


def check_opened(
    data: bytes,
    *,
    path: str,
    entry: PredictionsEntry,
    card: DatasetCard,
    references: Mapping[str, str],
) -> tuple[Predictions | None, tuple[Finding, ...]]:
    """Return the reports of an opened file and what is wrong with it, in codes and counts.

    Args:
        data: What was sealed, or a plain file of a private dataset.
        path: File as it is committed, from the root of the repository.
        entry: What the manifest says about it.
        card: The dataset.
        references: Reference text of every study of the board.

    Returns:
        The reports, None when there is an error; and the findings.
    """
    predictions, findings = check_predictions(
        data,
        path=path.removesuffix(".age"),
        entry=entry,
        card=card,
        board_studies=BoardStudies(ids=tuple(references), commitment=commit_texts(references)),
    )
    if predictions is not None:
        content = check_content(predictions, path=path, references=references)
        return predictions, tuple(reduce_findings((*findings, *content), path=path))
    counts = count_studies(data, path.removesuffix(".age"), references)
    return None, tuple(reduce_findings(findings, path=path, counts=counts))


def count_studies(data: bytes, path: str, references: Mapping[str, str]) -> Mapping[str, int]:
    """Return how many studies a predictions file lacks, and how many it has too many."""
    value = load_json(data, path=path).value
    given = set(value) if isinstance(value, dict) else set()
    return {MISSING: len(references.keys() - given), UNKNOWN: len(given - references.keys())}


def reduce_findings(
    findings: Iterable[Finding], *, path: str, counts: Mapping[str, int] | None = None
) -> Iterator[Finding]:
    """Yield one finding for each rule, with a number and nothing of what was found.

    Args:
        findings: Everything that was found.
        path: File that they are about.
        counts: Numbers that are known better than by counting findings.

    Example:
        >>> rule = RULES["predictions.text-type"]
        >>> many = [rule.finding("p.json", message=f"study {n}: null", line=n + 1) for n in (0, 1)]
        >>> [(f.message, f.line) for f in reduce_findings(many, path="p.json.age")]
        [('No text, no id and no place is shown of a sealed file: 2 cases', None)]
    """
    known = counts or {}
    for code, found in Counter(finding.code for finding in findings).items():
        number = known.get(code, found)
        more = "more than " if code not in known and found > FINDINGS_PER_CODE else ""
        number -= bool(more)
        cases = f"{more}{counted(number, 'case', 'cases')}"
        message = f"No text, no id and no place is shown of a sealed file: {cases}"
        yield RULES[code].finding(path, message=message)
