from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.render.pull_request.check_run import MANAGED_LABELS, labels_for, render_check
from bot.render.pull_request.comment import LIMIT, MARKER, render_comment
from bot.render.pull_request.comment_parts import COLLAPSE
from tests.unit.render import samples as s

OUTCOMES: tuple[Any, ...] = ("needs-work", "our-fault", "waiting", "scored", "withdrawal")


def comment(outcome: Any = "scored", **changes: Any) -> str:
    body = render_comment(s.report(outcome, **changes))
    assert body is not None
    return body


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(0, 4000),
    st.text(min_size=1, max_size=40) | st.sampled_from(["$", MARKER, s.ATTACK, "</details>"]),
    st.integers(0, 60) | st.just(800),
    st.sampled_from(OUTCOMES),
)
def test_no_comment_is_too_long_or_forges_a_marker(
    amount: int, field: str, cards: int, outcome: str
) -> None:
    long = (field * 500)[:500]
    fault = s.finding(path=long[:300], pointer=long[:300], message=long, seen=long[:200], hint=long)
    body = comment(
        outcome,
        inspection=s.inspection(*[fault] * amount, *[s.collapse()] * (amount // 2)),
        scorecards=(s.scorecard(),) * cards,
        failure=long,
    )
    assert len(body) <= LIMIT
    assert body.startswith(f"{MARKER}\n")
    assert body.count(MARKER) == body.count("<!--") == 1
    assert body.count("<details>") == body.count("</details>") == 1


def test_the_order_is_verdict_next_step_scores_ranks_warnings_provenance() -> None:
    from bot.pipeline.board.rank_preview import preview_rank

    card = s.scorecard()
    body = comment(
        inspection=s.inspection(s.finding("warning")),
        scorecards=(card,),
        previews=(preview_rank(s.example_board(), card),),
    )
    parts = ["## ✅", "### What to do", "### Scores", "### Rank", "### Warnings", "<details>"]
    places = [body.index(part) for part in parts]
    assert places == sorted(places)


def test_every_verdict_has_its_own_title_label_and_no_false_pass() -> None:
    titles = {render_check(s.report(outcome)).title for outcome in OUTCOMES}
    assert len(titles) == len(OUTCOMES)
    passed = {o for o in OUTCOMES if render_check(s.report(o)).conclusion in {"success", "neutral"}}
    assert passed == {"scored", "withdrawal"}
    assert {label for o in OUTCOMES for label in labels_for(o)} == set(MANAGED_LABELS)


def test_a_pull_request_that_touches_no_entry_gets_no_comment() -> None:
    other = s.inspection(kind="other", submission=None, manifest=None, plans=())
    assert render_comment(s.report(None, inspection=other)) is None
    assert labels_for(None) == ()
    assert render_check(s.report(None, inspection=other)).conclusion == "neutral"


def test_a_collapse_is_the_first_and_the_loudest_warning() -> None:
    body = comment(inspection=s.inspection(*[s.finding("warning")] * 30, s.collapse()))
    bold = body.index("**⚠️ One report stands for many studies")
    assert bold < body.index(f"<code>{COLLAPSE}</code>](") < body.index("study-missing</code>](")


def test_a_flood_says_how_much_is_missing() -> None:
    body = comment("needs-work", inspection=s.inspection(*[s.finding()] * 3000))
    assert "#### Errors (3,000)" in body
    assert "2,990 more findings; run `rexrank validate` to see all." in body
    assert "L1" not in body


def test_a_metric_without_a_value_is_named_with_its_reason_and_is_never_zero() -> None:
    body = comment(scorecards=(s.scorecard(None),))
    assert "RadCliQ-v1, 1/RadCliQ-v1 (needs radgraph; run rexrank models fetch radgraph)" in body
    assert "GREEN (pending: runs on a machine with a GPU)." in body
    assert "0.000" not in body


def test_a_check_carries_every_finding() -> None:
    check = render_check(s.report("needs-work", inspection=s.inspection(s.finding())))
    assert (check.name, check.conclusion, len(check.findings)) == ("rexrank", "failure", 1)
