"""A test set: its card, its studies and their reference texts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from bot.domain.value import (
    Access,
    HttpsUrl,
    Line,
    MetricId,
    Paragraph,
    Section,
    Sha256,
    Slug,
    Value,
    sha256_of,
)

SECTIONS: tuple[Section, ...] = ("findings", "report")
DECIMALS = 3
"""Decimals of scores on a dataset that is not public, unless its card says otherwise."""


class DatasetCard(Value):
    """What the leaderboard says about a test set: `bot/catalog/datasets/<id>.yaml`."""

    id: Slug
    """Dataset id."""
    title: Annotated[Line, Field(max_length=60)]
    """Name in tables."""
    summary: Annotated[Paragraph, Field(max_length=500)]
    """What the test set is."""
    split: Annotated[Line, Field(max_length=30)]
    """Which part of the source it is: `test`, `valid`."""
    n: Annotated[int, Field(ge=1)]
    """Number of studies in the test set."""
    sections: Annotated[dict[Section, Annotated[int, Field(ge=1)]], Field(min_length=1)]
    """Number of studies on each board: those with the reference part that the board needs."""
    access: Access
    """Who may see its references."""
    licence: Annotated[Line, Field(max_length=100)]
    """Terms of use, an SPDX id where there is one."""
    source: HttpsUrl
    """Where the data comes from."""
    image_root: Annotated[Line, Field(max_length=200)]
    """Folder below which `image_path` is to be read, in the source's own layout."""
    citation: Annotated[Paragraph, Field(max_length=2000)]
    """BibTeX entry."""
    main_metric: MetricId | None = None
    """Metric that ranks this dataset's boards; the leaderboard's own when absent."""
    quota_per_month: Annotated[int, Field(ge=1)] | None = None
    """Files of a team, or a person, that are scored in a month; as many as come when absent."""
    trained_on_aliases: tuple[Annotated[Line, Field(max_length=60)], ...] = ()
    """Other names under which `training_data` may list this dataset."""
    cluster_repeats: bool = False
    """Whether studies with the same reference text count as one where entries are compared."""
    decimals: Annotated[int, Field(ge=1, le=6)] | None = None
    """Decimals to which scores are rounded where the dataset is not public; 3 when absent."""

    @property
    def published_decimals(self) -> int | None:
        """Decimals that published scores have; None for a public dataset, which rounds nothing."""
        if self.access == "public":
            return None
        return DECIMALS if self.decimals is None else self.decimals


class Study(Value):
    """The reference parts of one study."""

    findings: str | None = None
    """Findings section, None when the study has none."""
    impression: str | None = None
    """Impression section, None when the study has none."""


class References(Value):
    """The reference texts of a test set: what a store keeps for each dataset."""

    dataset: Slug
    """Dataset id."""
    studies: dict[str, Study]
    """Reference parts of each study, in the order of the source."""
    canaries: tuple[Annotated[Line, Field(max_length=200)], ...] | None = None
    """Sentences that stand nowhere else and are never scored: where one shows, these leaked."""

    def texts(self, section: Section, *, official_none: bool = False) -> dict[str, str]:
        """Return the reference text of each study that has the part the board needs.

        Args:
            section: `findings` needs findings, `report` needs an impression.
            official_none: Write a missing findings part of a report as the official formatter
                does: the word None after its label. Otherwise the label is left out too.

        Example:
            >>> studies = {"a": Study(findings="Clear.", impression="Normal."),
            ...            "b": Study(impression="Normal.")}
            >>> references = References(dataset="mini", studies=studies)
            >>> references.texts("report")
            {'a': 'Findings: Clear. Impression: Normal.', 'b': 'Impression: Normal.'}
            >>> references.texts("report", official_none=True)["b"]
            'Findings: None Impression: Normal.'
        """
        texts = {}
        for study_id, study in self.studies.items():
            if section == "findings":
                if study.findings is not None:
                    texts[study_id] = study.findings
            elif study.impression is not None:
                findings = study.findings or ("None" if official_none else None)
                label = f"Findings: {findings} " if findings else ""
                texts[study_id] = f"{label}Impression: {study.impression}"
        return texts


class BoardStudies(Value):
    """The studies of one board, and the commitment to their reference texts."""

    ids: tuple[str, ...]
    """Study ids, in the order of the source."""
    commitment: Sha256
    """SHA-256 of the reference texts, as `commit_texts` takes it."""
    repeats: tuple[tuple[str, ...], ...] = ()
    """Studies with the same reference text, two or more in a group."""


class StudyList(Value):
    """Which studies a test set has: what validation needs, without any reference text."""

    dataset: Slug
    """Dataset id."""
    boards: dict[Section, BoardStudies]
    """Studies of each board."""


def commit_texts(texts: Mapping[str, str]) -> str:
    """Return the commitment to reference texts: SHA-256 of their sorted JSON pairs.

    Whoever holds the texts can recompute it; whoever holds the commitment can tell that two runs
    used the same texts.
    """
    pairs = json.dumps(sorted(texts.items()), ensure_ascii=False, separators=(",", ":"))
    return sha256_of(pairs.encode())


def group_repeats(texts: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    """Return the ids of studies that share a text, a group for each such text, in their order.

    Example:
        >>> group_repeats({"a": "Clear.", "b": "Effusion.", "c": "Clear."})
        (('a', 'c'),)
    """
    groups: dict[str, list[str]] = {}
    for study_id, text in texts.items():
        groups.setdefault(text, []).append(study_id)
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)


def list_studies(references: References) -> StudyList:
    """Return the study list of a test set: ids and commitment for each board that has studies."""
    boards: dict[Section, BoardStudies] = {}
    for section in SECTIONS:
        texts = references.texts(section)
        if texts:
            boards[section] = BoardStudies(
                ids=tuple(texts), commitment=commit_texts(texts), repeats=group_repeats(texts)
            )
    return StudyList(dataset=references.dataset, boards=boards)
