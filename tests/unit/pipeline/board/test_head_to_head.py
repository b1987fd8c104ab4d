from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.cli.app import run
from bot.domain.board import BoardId
from bot.domain.head_to_head import HeadToHead
from bot.domain.leaderboard import Leaderboard
from bot.domain.scorecard import PerStudyTable
from bot.errors import SubmissionRejected, WrongUsage
from bot.metrics.registry import columns_for
from bot.pipeline.board.evidence import align, compare_entries
from bot.pipeline.board.head_to_head import Question, answer, wanted_scorecards
from bot.render.board.head_to_head import plain_comparisons, render_comparisons
from tests.unit.render import samples as s

IDS = tuple(f"s{i}" for i in range(590))
GAIN = np.random.default_rng(3).normal(0.1, 0.2, 590)
ALPHA = np.random.default_rng(4).normal(0.8, 0.3, 590)
CHECKOUT = Path(__file__).resolve().parents[4]


def tables(leaderboard: Leaderboard) -> dict[str, PerStudyTable]:
    """Return scores of alpha, bravo (worse by GAIN) and echo (as alpha) on iu-xray.findings."""
    rows = {row.submission: row for row in leaderboard.boards[0].rows}
    columns = {"alpha": ALPHA, "bravo": ALPHA + GAIN, "echo": ALPHA.copy()}
    return {
        rows[name].scorecard or "": PerStudyTable(IDS, {"radcliq_v1": column})
        for name, column in columns.items()
    }


def ask(*names: str, kept: Any = None, **details: Any) -> tuple[HeadToHead, ...]:
    leaderboard = s.example_leaderboard()
    known = tables(leaderboard) if kept is None else kept
    return answer(Question(names, **details), leaderboard, known, s.catalog())


def test_two_entries_are_compared_study_by_study() -> None:
    (found,) = ask("alpha", "bravo")
    assert found.verdict is not None
    assert found.board == BoardId("iu-xray", "findings")
    assert found.difference == pytest.approx(0.8 - 0.9)
    assert found.verdict.separated
    assert found.verdict.wins == int(np.sum(GAIN > 0))
    assert found.verdict.losses == int(np.sum(GAIN < 0))
    low, high = found.verdict.interval
    assert low < -float(np.mean(GAIN)) < high < 0


def test_the_other_way_round_the_signs_turn() -> None:
    (one,), (other,) = ask("alpha", "bravo"), ask("bravo", "alpha")
    assert one.verdict is not None
    assert other.verdict is not None
    assert (one.difference or 0) == -(other.difference or 0)
    assert (one.verdict.wins, one.verdict.losses) == (other.verdict.losses, other.verdict.wins)
    assert one.verdict.p == other.verdict.p


def test_equal_scores_are_ties_and_not_told_apart() -> None:
    found = ask("alpha", "echo")[0]
    assert found.verdict is not None
    assert (found.verdict.ties, found.verdict.p, found.verdict.separated) == (590, 1.0, False)


def test_p_values_are_adjusted_over_every_test_of_the_answer() -> None:
    found = ask("alpha", "bravo", "echo")
    assert [(each.one.submission, each.other.submission) for each in found] == [
        ("alpha", "bravo"),
        ("alpha", "echo"),
        ("bravo", "echo"),
    ]
    verdicts = [each.verdict for each in found if each.verdict]
    assert [v.comparisons for v in verdicts] == [3, 3, 3]
    assert verdicts[0].p_adjusted == pytest.approx(3 * verdicts[0].p)
    assert "adjusted by Holm over 3 tests" in render_comparisons(found)


def test_a_published_row_has_no_per_study_score_and_the_answer_says_so() -> None:
    leaderboard = s.example_leaderboard()
    board = leaderboard.boards[0]
    row = board.rows[0].model_copy(update={"badge": "published", "scorecard": None})
    changed = board.model_copy(update={"rows": (row, *board.rows[1:])})
    with_published = leaderboard.model_copy(update={"boards": (changed,)})
    (found,) = answer(
        Question((row.submission, "alpha")), with_published, tables(leaderboard), s.catalog()
    )
    assert found.verdict is None
    assert found.difference is not None
    said = render_comparisons([found])
    assert "not tested: echo was published without per-study scores" in said
    assert "(published elsewhere)" in said


def test_without_tables_the_values_are_compared_and_nothing_is_tested() -> None:
    (found,) = ask("alpha", "bravo", kept={})
    assert (found.verdict, found.difference) == (None, pytest.approx(-0.1))
    assert "--remote or --scores" in render_comparisons([found])


def test_numbers_of_two_scorers_are_not_compared() -> None:
    (found,) = ask("alpha", "charlie")
    assert (found.difference, found.untested) == (None, "they were scored by different scorers")


def test_a_missing_value_is_no_zero() -> None:
    (found,) = ask("alpha", "delta")
    assert (found.other.value, found.difference) == (None, None)
    assert "delta       -" in render_comparisons([found])


def test_a_metric_that_is_not_shown_is_compared_by_its_per_study_scores() -> None:
    leaderboard = s.example_leaderboard()
    kept = {
        key: PerStudyTable(table.study_ids, {"rougeL": 1 - table.columns["radcliq_v1"]})
        for key, table in tables(leaderboard).items()
    }
    (found,) = ask("alpha", "bravo", kept=kept, column=columns_for(["rougeL"])[0])
    assert found.one.value == pytest.approx(1 - ALPHA.mean())
    assert found.verdict is not None
    assert found.verdict.wins == int(np.sum(GAIN > 0))


def test_studies_of_one_cluster_count_once() -> None:
    table = PerStudyTable(("a", "b", "c"), {"bleu2": np.array([0.1, 0.1, 0.9])})
    evidence, _ = align([table, table], "bleu2", {"a": 0, "b": 0, "c": 1})
    assert evidence is not None
    assert evidence.clusters is not None
    assert evidence.clusters.tolist() == [0, 0, 1]
    means = compare_entries(evidence, resamples=200).means[:, 0]
    assert set(np.round(means, 9)) == {0.1, 0.9, round(1.1 / 3, 9)}


@pytest.mark.parametrize(
    ("names", "boards", "words"),
    [
        (("alpha", "brvo"), (), "no entry 'brvo'.*did you mean bravo"),
        (("alpha", "bravo"), ("iu-xray.finding",), "no board.*did you mean iu-xray.findings"),
        (("alpha", "alpha"), (), "named twice"),
    ],
)
def test_unknown_names_are_wrong_usage(
    names: tuple[str, ...], boards: tuple[str, ...], words: str
) -> None:
    with pytest.raises(WrongUsage, match=words):
        ask(*names, boards=boards)


def test_entries_without_a_common_board_are_said_to_be() -> None:
    with pytest.raises(SubmissionRejected, match=r"share no board among iu-xray\.report"):
        ask("alpha", "bravo", boards=("iu-xray.report",))


def test_only_the_scorecards_of_the_question_are_wanted() -> None:
    wanted = wanted_scorecards(Question(("alpha", "echo")), s.example_leaderboard())
    assert len(wanted) == 2
    assert {dataset for dataset, _ in wanted} == {"iu-xray"}


def test_the_command_prints_json_alone(capsys: pytest.CaptureFixture[str]) -> None:
    path = str(CHECKOUT / "leaderboard/leaderboard.json")
    words = ["compare", "published.maira-2", "published.moerad-iu", "--leaderboard", path]
    assert run([*words, "--output-format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {each["column"] for each in found} == {"radcliq_v1"}
    assert all(each["verdict"] is None and each["untested"] for each in found)


def test_wrong_words_exit_2_and_no_common_board_exits_1(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = str(CHECKOUT / "leaderboard/leaderboard.json")
    assert run(["compare", "published.maira-2", "--leaderboard", path]) == 2
    words = ["compare", "sample-terse", "published.maira-2", "--leaderboard"]
    assert run([*words, path]) == 1
    assert run([*words, str(tmp_path / "none.json")]) == 78
    assert "rexrank publish" in capsys.readouterr().err


def test_plain_data_names_the_metric_and_its_direction() -> None:
    (plain,) = plain_comparisons(ask("alpha", "bravo"))
    assert (plain["column"], plain["direction"], plain["n"]) == ("radcliq_v1", "lower", 590)
    assert json.loads(json.dumps(plain))["verdict"]["comparisons"] == 1
