"""What GREEN's model answers, read into counts and a score."""

from __future__ import annotations

import re
from dataclasses import dataclass

SIGNIFICANT = "Clinically Significant Errors"
MATCHED = "Matched Findings"
EXPLANATION = "[Explanation]:"
KINDS = (
    "false report of a finding",
    "missing a finding",
    "misidentified location",
    "misassessed severity",
    "comparison that is not in the reference",
    "omitted comparison with a prior study",
)
"""The six kinds of errors, (a) to (f)."""

_ERROR = re.compile(r"\([a-f]\) .*")
_NUMBERED = re.compile(r"\([1-6]\) .*")
_ERROR_COUNT = re.compile(r"(?<=: )\b\d+\b(?=\.)")
_MATCHED_COUNT = re.compile(r"^\b\d+\b(?=\.)")
_MAX_DIGITS = 4


@dataclass(frozen=True)
class Answer:
    """What the model counted in one pair of reports."""

    matched: int
    """Findings that both reports have."""
    errors: tuple[int, int, int, int, int, int]
    """Clinically significant errors by `KINDS`."""
    doubts: tuple[str, ...] = ()
    """What is odd about the answer; the score stands."""

    @property
    def score(self) -> float:
        """Matched findings as a part of them and the significant errors; 0 when none matched.

        Example:
            >>> Answer(matched=3, errors=(1, 0, 0, 0, 0, 0)).score
            0.75
        """
        return self.matched / (self.matched + sum(self.errors)) if self.matched else 0.0


def parse_answer(text: str) -> Answer:
    """Return the counts in an answer, read as the published code reads them.

    A section reaches to the next empty line. One that is not there, or begins with "No", counts
    nothing. A count stands behind ": " and before "."; of two lines of a kind the one that sorts
    last counts. So an answer that was cut before its matched findings scores 0.

    Example:
        >>> parse_answer('''[Clinically Significant Errors]:
        ... (b) Missing a finding present in the reference: 1. Effusion.
        ...
        ... [Matched Findings]:
        ... 2. Clear lungs; normal heart.''').score
        0.6666666666666666
    """
    # Behind the last explanation: what stands before may quote the task.
    answer = text.rsplit(EXPLANATION, 1)[-1]
    significant, matched = find_section(answer, SIGNIFICANT), find_section(answer, MATCHED)
    return Answer(
        matched=count_matched(matched or ""),
        errors=count_errors(significant or ""),
        doubts=tuple(find_doubts(answer, significant, matched)),
    )


def find_section(answer: str, name: str) -> str | None:
    """Return the text of the first section of a name, None where there is none."""
    _, heading, rest = answer.partition(f"[{name}]:")
    return re.split(r"\n\s*\n", rest.lstrip(), maxsplit=1)[0] if heading else None


def count_matched(section: str) -> int:
    """Return how many findings matched.

    Example:
        >>> count_matched("2. Clear lungs; normal heart."), count_matched("None.")
        (2, 0)
    """
    found = _MATCHED_COUNT.search(section)
    return _as_count(found.group()) if found else 0


def count_errors(section: str) -> tuple[int, int, int, int, int, int]:
    """Return the number of errors of each kind."""
    counts = [0] * len(KINDS)
    if section.startswith("No"):
        section = ""
    lines, marks = sorted(_ERROR.findall(section)), "abcdef"
    if not lines:
        lines, marks = sorted(_NUMBERED.findall(section)), "123456"
    for line in lines:
        found = _ERROR_COUNT.search(line)
        if found:
            counts[marks.index(line[1])] = _as_count(found.group())
    a, b, c, d, e, f = counts
    return a, b, c, d, e, f


def _as_count(digits: str) -> int:
    # A number that no report can reach; longer ones would cost time to read.
    return int(digits) if len(digits) <= _MAX_DIGITS else 10**_MAX_DIGITS


def find_doubts(answer: str, significant: str | None, matched: str | None) -> list[str]:
    """Return what is odd about an answer, in words."""
    doubts = [
        f"no section {name}"
        for name, section in ((SIGNIFICANT, significant), (MATCHED, matched))
        if section is None
    ]
    doubts += [
        f"section {name} more than once"
        for name in (SIGNIFICANT, MATCHED)
        if answer.count(f"[{name}]") > 1
    ]
    if matched and not matched.startswith("No") and not _MATCHED_COUNT.search(matched):
        doubts.append("matched findings without a number")
    return doubts
