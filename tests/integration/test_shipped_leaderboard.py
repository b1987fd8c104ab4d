"""The leaderboard that the repository ships is what its entries and the scorer give today."""

from __future__ import annotations

import math
from pathlib import Path

from bot.adapters.disk.files import read_submission
from bot.adapters.disk.score_folder import write_score
from bot.domain.leaderboard import Leaderboard
from bot.jobs.board.local import read_local_state
from bot.jobs.installation import Installation
from bot.jobs.scoring.score import Options, check, reference_texts, score_here
from bot.render.board.tables import leaderboard_files

CHECKOUT = Path(__file__).resolve().parents[2]
SHIPPED = CHECKOUT / "leaderboard"
METRICS = ("bleu2",)


def test_ranks_and_values_follow_from_the_entries(tmp_path: Path) -> None:
    installation = Installation(None)
    for path in sorted((CHECKOUT / "submissions").iterdir()):
        folder = read_submission(path)
        submission = check(installation, folder)
        texts = reference_texts(installation, submission, False)
        target = tmp_path / folder.id
        target.mkdir()
        for card, table in score_here(submission, texts, Options(METRICS, 1000, 0, False)):
            write_score(target, card, table)
    made = read_local_state(installation, CHECKOUT / "submissions", tmp_path).leaderboard
    shipped = Leaderboard.from_json((SHIPPED / "leaderboard.json").read_bytes())
    assert shipped.datasets == made.datasets
    for ours, theirs in zip(made.boards, shipped.boards, strict=True):
        assert [(r.submission, r.rank) for r in ours.rows] == [
            (r.submission, r.rank) for r in theirs.rows
        ]
        for mine, other in zip(ours.rows, theirs.rows, strict=True):
            if mine.badge == "published":
                assert mine == other
                continue
            for metric in METRICS:
                value, listed = mine.scores[metric].value, other.scores[metric].value
                assert value is not None
                assert listed is not None
                assert math.isclose(value, listed, rel_tol=1e-9)


def test_every_page_is_rendered_from_the_shipped_document() -> None:
    shipped = Leaderboard.from_json((SHIPPED / "leaderboard.json").read_bytes())
    files = leaderboard_files(shipped)
    assert {path.name: path.read_bytes() for path in SHIPPED.iterdir()} == files
