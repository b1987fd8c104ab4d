"""Whole comments as files. Read the diff before you update one: UPDATE_GOLDEN=1 pytest."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.domain.outcome import Report
from bot.pipeline.board.rank_preview import Entrant, preview_rank
from bot.render.pull_request.comment import LIMIT, render_comment
from tests.unit.pipeline.board.test_head_to_head import tables
from tests.unit.pipeline.board.test_rank_preview import better_than_bravo, published_board
from tests.unit.pipeline.board.test_ranks import compared
from tests.unit.render import samples as s

FOLDER = Path(__file__).parent / "comments"

ERRORS = (
    s.finding(),
    s.finding(
        code="manifest.bad-value",
        path="submissions/moerad-iu/manifest.yaml",
        line=7,
        pointer="/model/year",
        message="the year is out of range",
        seen="1925",
        hint="Give a year from 2000 to 2100",
    ),
    s.finding("warning", code="content.empty-reports", pointer="", message="12 reports are empty"),
)
WARNING = s.finding(
    "warning",
    code="content.empty-reports",
    pointer="",
    message="12 of 590 reports have no text",
    seen="CXR1, CXR2, CXR3",
    hint="Generate these reports again",
)
CARD = s.scorecard(0.85)
PREVIEW = preview_rank(s.example_board(), CARD)
HOSTILE = s.finding(
    "warning",
    code="content.language",
    path=s.ATTACK,
    line=1,
    pointer=s.ATTACK,
    message=s.ATTACK,
    seen=s.ATTACK[:200],
    hint=s.ATTACK,
)

TESTED = preview_rank(
    compared(),
    CARD,
    Entrant("bravo", "Bravo", "IIT Madras"),
    {**tables(s.example_leaderboard()), CARD.key: better_than_bravo()},
)
PUBLISHED_BEFORE = preview_rank(
    published_board(), CARD, Entrant("moerad-iu", "Bravo", "IIT Madras")
)

CASES: dict[str, Report] = {
    "errors": s.report("needs-work", inspection=s.inspection(*ERRORS, plans=())),
    "scored": s.report(scorecards=(CARD,), previews=(PREVIEW,)),
    "scored-with-warnings": s.report(
        inspection=s.inspection(WARNING), scorecards=(CARD,), previews=(PREVIEW,)
    ),
    "scored-again": s.report(scorecards=(CARD,), previews=(TESTED,)),
    "scored-after-publication": s.report(scorecards=(CARD,), previews=(PUBLISHED_BEFORE,)),
    "unranked": s.report(
        scorecards=(s.scorecard(None),),
        previews=(preview_rank(s.example_board(), s.scorecard(None)),),
    ),
    "our-fault": s.report("our-fault", failure="the scorer's image could not be fetched"),
    "our-fault-unread": s.report("our-fault", inspection=None),
    "waiting-sealed": s.report(
        "waiting",
        inspection=s.inspection(
            plans=(
                s.plan(),
                s.plan("sealed", dataset="mimic-cxr", sha256="d" * 64),
                s.plan("private", dataset="rexgradient", section="report", sha256="d" * 64),
            )
        ),
        scorecards=(CARD,),
        previews=(PREVIEW,),
    ),
    "collapse": s.report(
        inspection=s.inspection(WARNING, s.collapse()), scorecards=(CARD,), previews=(PREVIEW,)
    ),
    "hostile": s.report(
        inspection=s.inspection(
            HOSTILE,
            manifest=s.manifest(
                s.ATTACK[:60], institution=s.ATTACK[60:160], version=s.ATTACK[160:190]
            ),
        ),
        scorecards=(s.scorecard(metrics={"green": s.unavailable(s.ATTACK)}),),
        failure=s.ATTACK,
    ),
    "flood": s.report(
        "needs-work",
        inspection=s.inspection(
            *(
                s.finding(
                    code=f"predictions.rule-{number % 40}",
                    pointer=f"/study-{number}",
                    message=s.ATTACK,
                )
                for number in range(3000)
            )
        ),
    ),
    "withdrawal": s.report(
        "withdrawal", inspection=s.inspection(kind="withdrawal", manifest=None, plans=())
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_comment_reads_as_its_golden_file(name: str) -> None:
    comment = render_comment(CASES[name])
    assert comment is not None
    assert len(comment) <= LIMIT
    golden = FOLDER / f"{name}.md"
    if os.environ.get("UPDATE_GOLDEN") == "1":
        golden.write_text(comment, encoding="utf-8")
    assert comment == golden.read_text(encoding="utf-8")


def test_no_golden_comment_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.md")} == set(CASES)
