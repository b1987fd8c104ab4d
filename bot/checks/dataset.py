"""A test set in ReXrank's own format, as its real files are: with NaN and both spellings."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.checks.findings import cap_findings, first_ids
from bot.checks.reading.strict_json import DATASET_LIMITS, load_json
from bot.domain.dataset import SECTIONS, DatasetCard, References, Study, StudyList, list_studies
from bot.domain.finding import Finding, has_errors
from bot.domain.predictions_file import MOST_STUDY_ID_CHARACTERS
from bot.domain.rules import RULES
from bot.domain.text import CONTROL

FIELDS = frozenset(
    {
        "context",
        "frontal_lateral",
        "image_path",
        "key_image_path",
        "model_prediction",
        "report",
        "reports",
        "section_findings",
        "section_impression",
        "split",
    }
)
"""Keys of a study in the official files and their documentation."""

STUDY_ID = re.compile(rf"[^{CONTROL}]{{1,{MOST_STUDY_ID_CHARACTERS}}}")
SAID_NONE = re.compile(r"(Findings|Impression): None\b")


@dataclass(frozen=True)
class Imported:
    """What a test file holds."""

    references: References | None
    """Its reference texts, None when it cannot be used."""
    findings: tuple[Finding, ...]
    """Everything that was noticed."""


def read_official(
    data: bytes, *, path: str, card: DatasetCard, known: StudyList | None = None
) -> Imported:
    """Return the references of a test file, and what is wrong or odd with it.

    Args:
        data: Content of the file, gzip when `path` ends in `.gz`.
        path: Name for the findings.
        card: Dataset that it is to be.
        known: Study list that earlier scores were made with.
    """
    document = load_json(data, path=path, limits=DATASET_LIMITS)
    findings = list(document.findings)
    if not document.is_read or has_errors(findings):
        return Imported(None, tuple(findings))
    if not isinstance(document.value, dict):
        message = "the file is not an object keyed by study id"
        seen = type(document.value).__name__
        rule = RULES["dataset.not-an-object"]
        return Imported(None, (*findings, rule.finding(path, message=message, seen=seen)))
    studies = document.value
    findings += cap_findings(check_studies(studies, path))
    if has_errors(findings):
        return Imported(None, tuple(findings))
    references = References(
        dataset=card.id,
        studies={
            study_id: Study(
                findings=part_of(study, "section_findings"),
                impression=part_of(study, "section_impression"),
            )
            for study_id, study in studies.items()
        },
    )
    findings += check_counts(references, path, card)
    findings += check_oddities(studies, path)
    if known is not None:
        findings += check_same_studies(references, path, known)
    return Imported(None if has_errors(findings) else references, tuple(findings))


def check_studies(studies: Mapping[str, Any], path: str) -> Iterator[Finding]:
    """Yield a finding for every study whose parts cannot be read."""
    for study_id, study in studies.items():
        pointer = f"/{study_id.replace('~', '~0').replace('/', '~1')}"
        if not STUDY_ID.fullmatch(study_id):
            message = "the study id is empty, too long or holds a control character"
            yield RULES["dataset.study-id"].finding(path, message=message, pointer=pointer)
        if not isinstance(study, dict):
            message = f'study "{study_id}" is not an object'
            seen = type(study).__name__
            rule = RULES["dataset.study-type"]
            yield rule.finding(path, message=message, pointer=pointer, seen=seen)
            continue
        for field in ("section_findings", "section_impression", "report", "reports"):
            value = study.get(field)
            if not (value is None or isinstance(value, str) or is_nan(value)):
                yield RULES["dataset.field-type"].finding(
                    path,
                    message=f'study "{study_id}": {field} is neither text, null nor NaN',
                    pointer=f"{pointer}/{field}",
                    seen=type(value).__name__,
                )


def check_counts(references: References, path: str, card: DatasetCard) -> list[Finding]:
    """Return findings where the number of studies is not what the card says."""
    rule = RULES["dataset.count"]
    findings = []
    n = len(references.studies)
    if n != card.n:
        message = f"the card of {card.id} says {card.n:,} studies"
        findings.append(rule.finding(path, message=message, seen=f"{n:,} studies"))
    boards = {section: len(references.texts(section)) for section in SECTIONS}
    if not any(boards.values()):
        message = "no study has a findings section or an impression"
        findings.append(RULES["dataset.no-reference"].finding(path, message=message))
    for section, amount in boards.items():
        expected = card.sections.get(section, 0)
        if section in card.sections and amount != expected:
            message = f"the card of {card.id} says {expected:,} studies with a {section} reference"
            findings.append(rule.finding(path, message=message, seen=f"{amount:,} studies"))
    return findings


def check_oddities(studies: Mapping[str, Mapping[str, Any]], path: str) -> list[Finding]:
    """Return what does not stop an import and is worth knowing."""
    unknown = sorted({key for study in studies.values() for key in study} - FIELDS)
    differing, views, lacking = [], [], []
    for study_id, study in studies.items():
        findings, impression = (part_of(study, f"section_{p}") for p in ("findings", "impression"))
        report = text_of(study.get("report", study.get("reports")))
        if report is not None and fold(report) != fold(whole_report(findings, impression)):
            differing.append(study_id)
        images, sides = study.get("image_path"), study.get("frontal_lateral")
        if isinstance(images, list) and isinstance(sides, list) and len(images) != len(sides):
            views.append(study_id)
        if findings is None or impression is None:
            lacking.append(study_id)
    odd = []
    for code, ids, what in (
        ("dataset.report-differs", differing, "whose report differs from its two sections"),
        ("dataset.views-differ", views, "with another number of images than of views"),
        ("dataset.part-missing", lacking, "without a findings section or an impression"),
    ):
        if ids:
            message = f"{len(ids):,} of {len(studies):,} studies {what}"
            odd.append(RULES[code].finding(path, message=message, seen=first_ids(ids)))
    if unknown:
        message = "fields that are not part of the official format are left out"
        seen = ", ".join(unknown[:8])
        odd.append(RULES["dataset.unknown-key"].finding(path, message=message, seen=seen))
    return odd


def check_same_studies(references: References, path: str, known: StudyList) -> list[Finding]:
    """Return findings where studies or texts are not those that earlier scores were made with."""
    present = list_studies(references)
    rule = RULES["dataset.studies-differ"]
    findings = []
    for section, board in known.boards.items():
        mine = present.boards.get(section)
        if mine is None or mine.commitment != board.commitment:
            n = len(mine.ids) if mine else 0
            message = f"the {section} references differ from those in the study list"
            seen = f"{n:,} studies now, {len(board.ids):,} in the list"
            findings.append(rule.finding(path, message=message, seen=seen))
    return findings


def part_of(study: Mapping[str, Any], field: str) -> str | None:
    """Return a reference part, None when it is absent, null, NaN or only white space."""
    return text_of(study.get(field))


def text_of(value: Any) -> str | None:
    """Return a text that says something, else None."""
    return value if isinstance(value, str) and value.strip() else None


def is_nan(value: Any) -> bool:
    """Return whether a value is what pandas writes for an empty cell."""
    return isinstance(value, float) and math.isnan(value)


def whole_report(findings: str | None, impression: str | None) -> str:
    """Return the report that the two parts make, labels of missing parts left out."""
    labelled = (("Findings", findings), ("Impression", impression))
    return " ".join(f"{label}: {part}" for label, part in labelled if part is not None)


def fold(text: str) -> str:
    """Return a text in which white space and the formatter's None for a missing part are gone."""
    return " ".join(SAID_NONE.sub("", text).split())
