"""What a person should look at before readable reports are scored: never an error.

Every check is linear in the text, and no finding holds any of it: counts and study ids only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from bot.checks.findings import first_ids
from bot.checks.reports.marked_text import (
    CHAT_MARKS,
    IMPRESSION_MARK,
    JUDGE_MARKS,
    Mark,
    find_marks,
)
from bot.checks.reports.overlap import (
    LEAST_WORDS,
    find_copies,
    normalised,
    opening,
    sample_near_copies,
)
from bot.domain.finding import Finding
from bot.domain.rules import RULES
from bot.domain.submission import Predictions
from bot.domain.value import Section

LEAST_STUDIES = 10
"""Below this number of studies nothing is said about how alike reports are."""
LEAST_DISTINCT_SHARE = 0.05
MOST_COMMON_SHARE = 0.5
MOST_COPIED_SHARE = 0.05
LEAST_COPIES = 3
MOST_ENTRY_SHARE = 0.2
"""Two models can agree on some reports word for word; on more of the longer ones they do not."""
LANGUAGE_SAMPLE = 200
LANGUAGE_BYTES = 60
"""Shorter texts are judged together: alone, "Normal." passes for Romanian."""
LANGUAGE_WORDS = 60
"""Fewer different words than this say nothing."""

ENGLISH = frozenset({"and", "are", "has", "is", "of", "the", "there", "was", "with", "within"})
LEAST_ENGLISH = 3
"""A text with this many different words of ENGLISH is not asked about: asking is slow."""


@dataclass(frozen=True)
class _Reports:
    """The reports of one file, and what they are compared with."""

    path: str
    section: Section
    texts: Mapping[str, str]
    references: Mapping[str, str]
    entries: Iterable[tuple[str, Mapping[str, str]]]

    @cached_property
    def marked(self) -> dict[Mark, list[str]]:
        """Return the marks that occur, with the studies in whose report they do."""
        return find_marks(self.texts, (*CHAT_MARKS, *JUDGE_MARKS, IMPRESSION_MARK))

    def finding(self, slug: str, message: str, *, first: str | None = None) -> Finding:
        """Return a finding about these reports."""
        seen = f"first in study {first_ids([first])}" if first is not None else ""
        return RULES[f"content.{slug}"].finding(self.path, message=message, seen=seen)

    def share(self, ids: list[str]) -> str:
        """Return how many of the reports these are, and the first of them."""
        percent = 100 * len(ids) / len(self.texts)
        return f"{len(ids):,} of {len(self.texts):,} ({percent:.3g} %), {first_ids(ids)}"


def check_content(
    predictions: Predictions,
    *,
    path: str,
    references: Mapping[str, str] | None = None,
    entries: Iterable[tuple[str, Mapping[str, str]]] = (),
) -> tuple[Finding, ...]:
    """Return the doubts about the reports of one file, in the order of `CHECKS`.

    Args:
        predictions: The reports.
        path: Their file, from the root of the repository.
        references: Reference text of each study, where they are here and may be used.
        entries: Name and reports of other entries on the same board.

    Example:
        >>> from bot.domain.manifest import PredictionsEntry
        >>> entry = PredictionsEntry(dataset="mini", section="findings",
        ...                          file="predictions/p.json", sha256="0" * 64)
        >>> texts = {str(study): "Clear." for study in range(590)}
        >>> check_content(Predictions(entry, texts), path="p.json")[0].message
        '1 distinct report for 590 studies: the most common one stands for 590 (100 %)'
    """
    section = predictions.entry.section
    reports = _Reports(path, section, predictions.texts, references or {}, entries)
    return tuple(finding for check in CHECKS for finding in check(reports)) if reports.texts else ()


def check_empty(reports: _Reports) -> Iterator[Finding]:
    """Yield a finding when some reports are empty."""
    empty = [study_id for study_id, text in reports.texts.items() if not text.strip()]
    if empty:
        yield reports.finding("empty-reports", f"reports are empty: {reports.share(empty)}")


def check_distinct(reports: _Reports) -> Iterator[Finding]:
    """Yield a finding when a few texts stand for most studies."""
    n = len(reports.texts)
    if n < LEAST_STUDIES or not _are_few(Counter(map(opening, reports.texts.values())), n):
        return
    counts = Counter(map(normalised, reports.texts.values()))
    if _are_few(counts, n):
        most = counts.most_common(1)[0][1]
        noun = "report" if len(counts) == 1 else "reports"
        yield reports.finding(
            "few-distinct",
            f"{len(counts):,} distinct {noun} for {n:,} studies: the most common one stands for "
            f"{most:,} ({100 * most / n:.3g} %)",
        )


def _are_few(counts: Counter[str], n: int) -> bool:
    most = max(counts.values())
    return len(counts) / n < LEAST_DISTINCT_SHARE or most / n > MOST_COMMON_SHARE


def check_copies(reports: _Reports) -> Iterator[Finding]:
    """Yield a finding when reports equal their own, otherwise unshared, references."""
    copied = find_copies(
        reports.texts, reports.references, least=LEAST_COPIES, least_share=MOST_COPIED_SHARE
    )
    if copied:
        message = f"reports equal their study's reference word for word: {reports.share(copied)}"
        yield reports.finding("reference-copies", message)
        return
    near, sampled = sample_near_copies(reports.texts, reports.references)
    if len(near) >= LEAST_COPIES and len(near) > MOST_COPIED_SHARE * sampled:
        message = f"{len(near):,} of {sampled:,} sampled reports are nearly their reference"
        yield reports.finding("reference-overlap", message, first=near[0])


def check_entries(reports: _Reports) -> Iterator[Finding]:
    """Yield a finding for each other entry whose reports these are."""
    for entry, texts in reports.entries:
        copied = find_copies(
            reports.texts,
            texts,
            least=LEAST_COPIES,
            least_share=MOST_ENTRY_SHARE,
            least_words=LEAST_WORDS,
        )
        if copied:
            message = f"reports equal those of the entry {entry}: {reports.share(copied)}"
            yield reports.finding("entry-copies", message)
            continue
        near, sampled = sample_near_copies(reports.texts, texts)
        if len(near) >= LEAST_COPIES and len(near) > MOST_ENTRY_SHARE * sampled:
            message = f"{len(near):,} of {sampled:,} sampled reports are nearly those of {entry}"
            yield reports.finding("entry-copies", message, first=near[0])


def check_language(reports: _Reports) -> Iterator[Finding]:
    """Yield a finding when a sample of the reports reads like another language than English."""
    first: dict[str, str] = {}
    for study_id, text in reports.texts.items():
        first.setdefault(text, study_id)
    ids = list(first.values())
    step = max(1, len(ids) // LANGUAGE_SAMPLE)
    samples = [(study_id, reports.texts[study_id][:2000]) for study_id in ids[::step]]
    long = [(study_id, text) for study_id, text in samples if _is_telling(text)]
    if not long and samples:
        words = dict.fromkeys(word for _, text in samples for word in text.split())
        long = [(samples[0][0], " ".join(words))] if len(words) >= LANGUAGE_WORDS else []
    doubtful = [(study_id, text) for study_id, text in long if not _is_plainly_english(text)]
    foreign = list(_not_english(doubtful))
    if foreign and len(foreign) / len(long) >= 0.02:
        names = ", ".join(sorted({language for _, language in foreign})[:5])
        message = f"{len(foreign):,} of {len(long):,} sampled reports do not read like English: "
        yield reports.finding("language", message + names, first=foreign[0][0])


def _is_telling(text: str) -> bool:
    return len(text.encode()) >= LANGUAGE_BYTES


def _is_plainly_english(text: str) -> bool:
    return len(ENGLISH.intersection(text.lower().split())) >= LEAST_ENGLISH


def _not_english(texts: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the study and the language of each text that does not read like English."""
    if not texts:
        return
    from py3langid import classify  # reads its model, which takes longer than all other checks

    for study_id, text in texts:
        language = classify(text)[0]
        if language != "en":
            yield study_id, language


def check_chat(reports: _Reports) -> Iterator[Finding]:
    """Yield a finding for each mark of a conversation with a language model."""
    yield from _marked(reports, CHAT_MARKS, "prompt-text")


def check_judge(reports: _Reports) -> Iterator[Finding]:
    """Yield a finding for each phrase that is aimed at a language model that judges reports."""
    yield from _marked(reports, JUDGE_MARKS, "judge-instructions")


def _marked(reports: _Reports, marks: tuple[Mark, ...], slug: str) -> Iterator[Finding]:
    for mark in marks:
        ids = reports.marked.get(mark)
        if ids:
            message = f'reports hold "{mark.shown}": {reports.share(ids)}'
            yield reports.finding(slug, message, first=ids[0])


def check_section(reports: _Reports) -> Iterator[Finding]:
    """Yield a finding when the reports look like those of the other section."""
    labelled = reports.marked.get(IMPRESSION_MARK, [])
    if reports.section == "findings":
        if labelled:
            message = f'reports hold an "Impression:" label: {reports.share(labelled)}'
            yield reports.finding("impression-in-findings", message)
    elif not labelled and any(text.strip() for text in reports.texts.values()):
        message = f'none of {len(reports.texts):,} reports holds an "Impression:" label'
        yield reports.finding("no-impression", message)


CHECKS: tuple[Callable[[_Reports], Iterable[Finding]], ...] = (
    check_empty,
    check_distinct,
    check_copies,
    check_entries,
    check_language,
    check_chat,
    check_judge,
    check_section,
)
