"""How well predictions agree with the references on each CheXbert label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.adapters.disk.files import read_submission
from bot.domain.board import BoardId
from bot.jobs.installation import Installation
from bot.jobs.scoring.score import check, reference_texts
from bot.jobs.scoring.scorer import equipment
from bot.metrics.base import MetricUnavailable
from bot.metrics.embedding.chexbert import find_chexbert
from bot.metrics.embedding.chexbert_scores import NEEDS, LabelScore, label_table


def score_labels(
    installation: Installation, folder: Path
) -> Mapping[BoardId, Sequence[LabelScore]]:
    """Return the agreement of a submission on each label, by board.

    Raises:
        MetricUnavailable: CheXbert cannot run here.
    """
    here = equipment()
    refusal = NEEDS.refusal(here)
    if refusal:
        raise MetricUnavailable(f"labels are unavailable: {refusal}")
    submission = check(installation, read_submission(folder))
    texts = reference_texts(installation, submission, official_none=False)
    tables = {}
    for predictions in submission.predictions:
        board = predictions.entry.board
        if board in texts:
            studies = list(texts[board])
            ours = [predictions.texts[study] for study in studies]
            theirs = [texts[board][study] for study in studies]
            tables[board] = label_table(ours, theirs, find_chexbert(here))
    return tables
