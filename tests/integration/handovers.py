"""What the jobs of a run hand to each other, made here so that commands can be run on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pyrage import x25519

from bot.adapters.disk.files import write_files
from bot.adapters.disk.sealed_scores import score_files
from bot.adapters.git.repository import GitRepository, create_bare
from bot.adapters.references.sealing import seal
from bot.domain.board import BoardId
from bot.domain.inspection import BoardPlan, Inspection
from bot.domain.manifest import Manifest
from bot.domain.per_study import encode_table
from bot.domain.rounded import round_scorecard
from bot.domain.scorecard import (
    Bootstrap,
    Fingerprint,
    MetricScore,
    PerStudyTable,
    Scorecard,
    SealedTable,
)
from bot.domain.value import Section
from bot.jobs.installation import Installation
from bot.jobs.pull_request.handover import INSPECTION_FILE
from tests.integration.git_objects import commit

CHECKOUT = Path(__file__).resolve().parents[2]
HEAD = "1" * 40
RECIPIENT = str(x25519.Identity.generate().to_public())
SHARED = "f" * 64
"""SHA-256 of a file that every entry has for the board mini.report."""


@dataclass(frozen=True)
class HandOver:
    """The folders of one run."""

    inspection: Path
    scores: Path
    head: str = HEAD

    def words(self, remote: str) -> list[str]:
        """Return the command line that records the scores."""
        return [
            *("ledger", "add", str(self.scores), "--inspection", str(self.inspection)),
            *("--head", self.head, "--remote", remote),
        ]


def scorecard(sha256: str, section: Section = "findings", value: float = 0.5) -> Scorecard:
    """Return a scorecard of the board of `mini` with every study scored alike."""
    studies = Installation(None).catalog.board_studies(BoardId("mini", section))
    assert studies is not None
    return Scorecard(
        dataset="mini",
        section=section,
        n=len(studies.ids),
        metrics={"bleu2": MetricScore(status="scored", version="1", value=value)},
        predictions_sha256=sha256,
        references_commitment=studies.commitment,
        bootstrap=Bootstrap(resamples=10, seed=1),
        fingerprint=Fingerprint(metrics={"bleu2": "1"}, libraries={}),
    )


def table(card: Scorecard) -> PerStudyTable:
    """Return the per-study scores of such a scorecard."""
    studies = Installation(None).catalog.board_studies(card.board)
    ids = studies.ids if studies else tuple(f"study-{number:03}" for number in range(card.n))
    values = {name: score.value for name, score in card.metrics.items()}
    scored = {name: value for name, value in values.items() if value is not None}
    return PerStudyTable(
        ids[: card.n], {name: np.full(card.n, value) for name, value in scored.items()}
    )


def hand_over(
    folder: Path,
    name: str,
    cards: Mapping[Section, Scorecard],
    manifest: Manifest | None = None,
) -> HandOver:
    """Return what the jobs before `record` leave of an entry with these scorecards."""
    plans = tuple(
        BoardPlan(
            dataset=card.dataset,
            section=section,
            path=f"submissions/{name}/predictions/{section}.json",
            blob="2" * 40,
            sha256=card.predictions_sha256,
            readiness="ready",
        )
        for section, card in cards.items()
    )
    inspection = Inspection(
        base="3" * 40,
        head=HEAD,
        merge_base="3" * 40,
        kind="submission",
        submission=name,
        manifest=manifest,
        plans=plans,
    )
    made = HandOver(folder / name / "inspection", folder / name / "scores")
    made.inspection.mkdir(parents=True, exist_ok=True)
    (made.inspection / INSPECTION_FILE).write_bytes(inspection.to_json())
    (made.scores / name).mkdir(parents=True, exist_ok=True)
    for card in cards.values():
        write_files(made.scores / name, files_of(card))
    return made


def files_of(card: Scorecard) -> dict[str, bytes]:
    """Return a board's files: rounded, and sealed, where the dataset is not public."""
    if card.dataset == "mini":
        return score_files(card, table(card))
    sealed = SealedTable(seal(encode_table(table(card)), [RECIPIENT]))
    return score_files(round_scorecard(card, 3, card.predictions_sha256), sealed)


def entries_on_main(folder: Path) -> GitRepository:
    """Return a bare repository whose main branch has the sample entries."""
    files: dict[str, bytes | None] = {
        path.relative_to(CHECKOUT).as_posix(): path.read_bytes()
        for path in sorted((CHECKOUT / "submissions").rglob("*"))
        if path.is_file()
    }
    repository = create_bare(folder)
    repository.run("update-ref", "refs/heads/main", commit(repository, None, files))
    return repository
