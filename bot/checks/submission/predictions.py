"""Whether a predictions file has one readable report for every study of its board."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain
from operator import attrgetter
from typing import Any

from bot.checks.findings import FINDINGS_PER_CODE, count_more, first_ids
from bot.checks.reading.json_places import Path, pointer_of
from bot.checks.reading.strict_json import JsonDocument, load_json
from bot.domain.dataset import BoardStudies, DatasetCard
from bot.domain.finding import Finding, first_of_each, has_errors
from bot.domain.limits import MAX_FILE_BYTES, MEGABYTE
from bot.domain.manifest import PredictionsEntry
from bot.domain.predictions_file import (
    MOST_REPORT_CHARACTERS,
    MOST_STUDY_ID_CHARACTERS,
    OFFICIAL_KEYS,
)
from bot.domain.rules import RULES
from bot.domain.submission import Predictions
from bot.domain.text import CONTROL, counted, kind_of

SEALED_MAGIC = b"age-encryption.org/v1\n"
PREDICTION_KEY = "model_prediction"

_CONTROL = re.compile(f"[{CONTROL}]")


@dataclass(frozen=True)
class _Fault:
    """A fault before its line is known."""

    slug: str
    path: Path
    message: str
    hint: str | None = None


def check_sealed(data: bytes, *, path: str) -> tuple[Finding, ...]:
    """Return what is wrong with a sealed file, which only the leaderboard can open."""
    if len(data) > MAX_FILE_BYTES:
        return (too_large(path),)
    if data.startswith(SEALED_MAGIC):
        return ()
    message = "the content is not encrypted with age"
    return (RULES["predictions.not-sealed"].finding(path, message=message),)


def too_large(path: str, hint: str | None = None) -> Finding:
    """Return the finding about a predictions file that is larger than one may be."""
    message = f"the file is larger than {MAX_FILE_BYTES // MEGABYTE:,} MB"
    return RULES["predictions.too-large"].finding(path, message=message, hint=hint)


def check_predictions(
    data: bytes,
    *,
    path: str,
    entry: PredictionsEntry,
    card: DatasetCard,
    board_studies: BoardStudies | None,
) -> tuple[Predictions | None, tuple[Finding, ...]]:
    """Return the reports of a plain predictions file and everything that is wrong with it.

    Args:
        data: Content of the file, gzip when `path` ends in `.gz`.
        path: File, from the root of the repository.
        entry: What the manifest says about it.
        card: The dataset.
        board_studies: The board's studies, None when there is no list of them here: then their
            number is checked and a notice says that the rest follows.

    Returns:
        The reports, None when there is an error; and the findings. No finding holds a report.
    """
    if data.startswith(SEALED_MAGIC):
        message = "the content is encrypted with age and the name does not end in .age"
        return None, (RULES["predictions.sealed-name"].finding(path, message=message),)
    document = load_json(data, path=path)
    if not document.is_read:
        return None, document.findings
    value = document.value
    if not isinstance(value, dict):
        message = f"the file holds {kind_of(value)}, not an object keyed by study id"
        rule = RULES["predictions.not-an-object"]
        return None, (*document.findings, rule.finding(path, message=message, line=1))
    faults = chain(
        _check_coverage(value, entry, card, board_studies),
        _check_studies(value),
        _check_keys(value, card),
    )
    findings = (*document.findings, *_place(faults, document, path))
    if has_errors(findings):
        return None, findings
    return Predictions(entry, _texts(value)), findings


def _texts(studies: Mapping[str, Any]) -> dict[str, str]:
    return {
        study_id: study if type(study) is str else study[PREDICTION_KEY]
        for study_id, study in studies.items()
    }


def texts_of(data: bytes, *, path: str) -> dict[str, str] | None:
    """Return the reports of a file that was checked when it was merged; None if it is not one."""
    value = load_json(data, path=path).value
    if not isinstance(value, dict):
        return None
    found = {key: s.get(PREDICTION_KEY) if type(s) is dict else s for key, s in value.items()}
    return {key: text for key, text in found.items() if type(text) is str}


def _place(faults: Iterable[_Fault], document: JsonDocument, path: str) -> Iterator[Finding]:
    """Yield the first findings of each rule with their lines, then one that counts the others."""
    reported = {finding.pointer for finding in document.findings if finding.pointer}
    new = (f for f in faults if not (f.path and reported and pointer_of(f.path) in reported))
    first, more = first_of_each(new, attrgetter("slug"), FINDINGS_PER_CODE)
    lines = document.lines([fault.path for fault in first if fault.path])
    for slug in dict.fromkeys(fault.slug for fault in first):
        code = f"predictions.{slug}"
        for fault in first:
            if fault.slug == slug:
                yield RULES[code].finding(
                    path,
                    message=fault.message,
                    hint=fault.hint,
                    line=lines.get(fault.path),
                    pointer=pointer_of(fault.path),
                )
        if more[slug]:
            yield count_more(code, path, more[slug])


def _check_coverage(
    studies: Mapping[str, Any],
    entry: PredictionsEntry,
    card: DatasetCard,
    board_studies: BoardStudies | None,
) -> Iterator[_Fault]:
    """Yield the studies that are missing and those that do not belong, one fault each."""
    if board_studies is None:
        expected = card.sections.get(entry.section, card.n)
        if len(studies) != expected:
            message = (
                f"the file has {counted(len(studies), 'study', 'studies')}, "
                f"the board has {expected:,}"
            )
            yield _Fault("count", (), message)
        elif card.access == "private":
            yield _Fault("coverage-later", (), f"the study list of {card.id} is not public")
        return
    ids = frozenset(board_studies.ids)
    missing = [study_id for study_id in board_studies.ids if study_id not in studies]
    unknown = [study_id for study_id in studies if study_id not in ids]
    hint = _hint_about_ids(missing, unknown) if missing and unknown else None
    if missing:
        message = f"{len(missing):,} of {len(ids):,} studies missing: {first_ids(missing)}"
        yield _Fault("study-missing", (), message, hint)
    if unknown:
        message = (
            f"{counted(len(unknown), 'study is', 'studies are')} not on the board: "
            f"{first_ids(unknown)}"
        )
        yield _Fault("study-unknown", (unknown[0],), message, hint)


def _hint_about_ids(missing: list[str], unknown: list[str]) -> str | None:
    """Return a hint when unknown ids look like missing ones that were rewritten on the way."""
    plain = {_plain_id(study_id): study_id for study_id in reversed(missing)}
    for study_id in unknown[:1000]:
        meant = plain.get(_plain_id(study_id))
        if meant is None and len(unknown) <= 20:
            near = get_close_matches(study_id[:100], missing[:50], n=1, cutoff=0.85)
            meant = near[0] if near else None
        if meant is not None:
            shown = f"the file has {first_ids([study_id])} where the board has {first_ids([meant])}"
            return f"Use the ids of the test file, character by character: {shown}"
    return None


def _plain_id(study_id: str) -> str:
    """Return what is left of an id without folder, ending, case, signs and leading zeros.

    Example:
        >>> _plain_id("images/CXR38_IM-1911.PNG") == _plain_id("cxr38_im-1911")
        True
        >>> _plain_id("s0050414267") == _plain_id("50414267")
        True
    """
    name = study_id[:MOST_STUDY_ID_CHARACTERS].strip().replace("\\", "/").rsplit("/", 1)[-1]
    name = re.sub(r"\.(?:png|jpe?g|dcm|txt|json|nii|gz|0)$", "", name.casefold())
    name = re.sub(r"[^0-9a-z]", "", name)
    return re.sub(r"^[sp]?0*(?=[0-9]+$)", "", name)


def _check_studies(studies: Mapping[str, Any]) -> Iterator[_Fault]:
    """Yield what is wrong with each study's id and report."""
    named = 0
    for study_id, study in studies.items():
        if not study_id or len(study_id) > MOST_STUDY_ID_CHARACTERS or _CONTROL.search(study_id):
            message = f"the study id {first_ids([study_id])} cannot be used"
            yield _Fault("study-id", (study_id,), message)
        text = study.get(PREDICTION_KEY, ...) if type(study) is dict else study
        if type(text) is not str:
            named += 1
            yield _type_fault(study_id, study, text, guess=named <= 10 * FINDINGS_PER_CODE)
        elif len(text) > MOST_REPORT_CHARACTERS:
            message = f"study {first_ids([study_id])}: the report has {len(text):,} characters"
            yield _Fault("text-too-long", _text_path(study_id, study), message)


def _type_fault(study_id: str, study: Any, text: Any, *, guess: bool) -> _Fault:
    """Return the fault of a study whose report is not text."""
    name = f"study {first_ids([study_id])}"
    if type(study) is not dict:
        return _Fault("study-type", (study_id,), f"{name}: the value is {kind_of(study)}")
    if text is ...:
        near = get_close_matches(PREDICTION_KEY, list(study)[:50], n=1, cutoff=0.6) if guess else []
        hint = f'Rename "{near[0]}" to "{PREDICTION_KEY}"' if near else None
        return _Fault("text-missing", (study_id,), f"{name}: there is no {PREDICTION_KEY}", hint)
    message = f"{name}: {PREDICTION_KEY} is {kind_of(text)}"
    return _Fault("text-type", (study_id, PREDICTION_KEY), message)


def _text_path(study_id: str, study: Any) -> Path:
    return (study_id, PREDICTION_KEY) if type(study) is dict else (study_id,)


def _check_keys(studies: Mapping[str, Any], card: DatasetCard) -> Iterator[_Fault]:
    """Yield one fault for each key that studies may not have."""
    counts: Counter[str] = Counter()
    first: dict[str, str] = {}
    allowed = OFFICIAL_KEYS if card.access == "public" else frozenset()
    expected = allowed | {PREDICTION_KEY}
    for study_id, study in studies.items():
        if type(study) is dict and not study.keys() <= expected:
            for key in study.keys() - expected:
                counts[key] += 1
                first.setdefault(key, study_id)
    for key in sorted(counts, key=lambda key: (-counts[key], key)):
        slug = "official-key" if key in OFFICIAL_KEYS else "unknown-key"
        holds = counted(counts[key], "study holds", "studies hold")
        message = f"{holds} {first_ids([key])}, first {first_ids([first[key]])}"
        if slug == "official-key":
            message += f"; {card.id} is {card.access}"
        yield _Fault(slug, (first[key], key), message)
