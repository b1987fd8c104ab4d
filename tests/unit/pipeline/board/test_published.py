from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.adapters.disk.catalog import BUILT_IN, load_published, published_path, write_published
from bot.domain.published import PublishedChange, Snapshot
from bot.errors import Misconfigured
from bot.metrics.radcliq import V1
from bot.pipeline.board.published import (
    TOLERANCE,
    find_inconsistency,
    read_history,
    read_published,
    table_name,
)
from bot.pipeline.board.published_changes import list_changes
from tests.real_data import HISTORY, PUBLISHED, require_real_data

SHIPPED = load_published(BUILT_IN)
EARLIEST, MIDDLE, LATEST = SHIPPED

# Dataset, section, model: published 1/RadCliQ-v1, and what its parts give.
INCONSISTENT = {
    ("rexgradient", "report", "CheXpertPlus-MIMIC"): (0.791, 0.802),
    ("rexgradient", "report", "CheXpertPlus-CheX"): (0.748, 0.756),
    ("rexgradient", "report", "CheXpertPlus-CheX-MIMIC"): (0.838, 0.851),
    ("rexgradient", "report", "GPT4V"): (0.605, 0.659),
    ("iu-xray", "report", "CheXpertPlus-MIMIC"): (1.111, 1.130),
    ("iu-xray", "report", "CheXpertPlus-CheX"): (0.995, 1.010),
    ("iu-xray", "report", "CheXpertPlus-CheX-MIMIC"): (1.249, 1.281),
}


def raw(**changes: Any) -> dict[str, Any]:
    return {
        "dataset": "IU-Xray",
        "split": "test",
        "section": "findings+impression",
        "model": "Alpha",
        "institution": " A Lab ",
        "url": None,
        "date": "2024",
        "metrics": {"BLEU": 0.1, "1/RadCliQ-v1": 0.5, "GREEN": None},
    } | changes


def file(*rows: dict[str, Any], source: str = "tables of 2026-01-02") -> bytes:
    return json.dumps({"source": source, "note": "", "rows": rows}).encode()


def snapshot(date: str, *rows: dict[str, Any]) -> Snapshot:
    return read_published(file(*rows), path="tables.json", date=date)


def test_exactly_seven_published_rows_do_not_follow_from_their_parts() -> None:
    flagged = {
        (row.dataset, row.section, row.model): row.inconsistency
        for row in LATEST.rows
        if row.inconsistency is not None
    }
    assert flagged.keys() == INCONSISTENT.keys()
    for key, found in flagged.items():
        assert found is not None
        assert (found.published, round(found.expected, 3)) == INCONSISTENT[key]


def test_no_other_row_is_near_the_tolerance() -> None:
    gaps = {}
    for row in LATEST.rows:
        s = row.scores
        expected = (
            V1.intercept
            + V1.radgraph * s["radgraph"]
            + V1.bertscore * s["bertscore"]
            + V1.semb * s["semb"]
        )
        gaps[row.dataset, row.section, row.model] = abs(1 / s["inv_radcliq_v1"] - expected)
    outside = {key: gap for key, gap in gaps.items() if key in INCONSISTENT}
    assert min(outside.values()) > 1.3 * TOLERANCE
    assert max(gap for key, gap in gaps.items() if key not in INCONSISTENT) < 0.6 * TOLERANCE


def test_strict_rounding_arithmetic_would_flag_twelve_rows() -> None:
    half = 0.0005
    slack = half * sum(abs(weight) for weight in (V1.radgraph, V1.bertscore, V1.semb))
    strict = set()
    for row in LATEST.rows:
        parts = (np.array([row.scores[name]]) for name in ("radgraph", "bertscore", "semb"))
        expected = float(V1.apply(*parts, np.zeros(1))[0])
        inverted = row.scores["inv_radcliq_v1"]
        low, high = 1 / (inverted + half) - slack, 1 / (inverted - half) + slack
        if not low <= expected <= high:
            strict.add((row.dataset, row.section, row.model))
    assert len(strict) == 12
    assert strict > INCONSISTENT.keys()
    assert {section for _, section, _ in strict} == {"report"}


def test_a_flagged_row_keeps_its_published_value() -> None:
    row = next(row for row in LATEST.rows if row.inconsistency and row.model == "GPT4V")
    assert row.scores["inv_radcliq_v1"] == 0.605


def test_the_shipped_snapshots_hold_every_row_of_the_collected_tables() -> None:
    assert [state.date for state in SHIPPED] == ["2024-07-22", "2025-09-05", "2026-08"]
    assert [len(state.rows) for state in SHIPPED] == [50, 128, 160]
    assert [len(state.answers) for state in SHIPPED] == [0, 0, 9]
    assert LATEST.answers[0].accuracy["Overall Accuracy"] == 0.94


def test_the_shipped_snapshots_are_what_an_import_gives() -> None:
    require_real_data()
    made = read_history(HISTORY.read_bytes(), path=str(HISTORY))
    latest = read_published(PUBLISHED.read_bytes(), path=str(PUBLISHED))
    assert tuple(s.to_json() for s in (*made, latest)) == tuple(s.to_json() for s in SHIPPED)


def test_a_row_is_brought_into_our_words_and_its_values_are_kept() -> None:
    row = snapshot("2026-01", raw(split="private-test", url="https://example.org/a")).rows[0]
    assert (row.dataset, row.section, row.split) == ("iu-xray", "report", "test")
    assert (row.institution, row.year, row.as_of) == ("A Lab", 2024, "2026-01")
    assert row.scores == {"bleu2": 0.1, "inv_radcliq_v1": 0.5}
    assert row.trained_on is None


def test_the_date_is_the_one_in_the_files_words_unless_given() -> None:
    assert read_published(file(), path="t.json").date == "2026-01-02"
    assert read_published(file(), path="t.json", date="2026-03").date == "2026-03"
    with pytest.raises(Misconfigured, match=r"^t\.json: .*--date"):
        read_published(file(source="tables"), path="t.json")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"metrics": {"ROUGE": 0.1}}, "no metric is known as ROUGE"),
        ({"section": "impression"}, "section is none of"),
        ({"date": None}, "no year"),
        ({"url": "http://example.org"}, "url"),
        ({"model": "a" * 61}, "model"),
        ({"metrics": {"BLEU": "0.1"}}, "metrics"),
        ({"surprise": 1}, "surprise"),
        ({"date": "1999"}, r"^t\.json: Alpha on IU-Xray, findings\+impression: year: .*seen: 1999"),
    ],
)
def test_what_cannot_be_read_is_named_and_never_guessed(
    changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(Misconfigured, match=words):
        read_published(file(raw(**changes)), path="t.json")


def test_a_model_that_is_twice_in_a_table_is_refused() -> None:
    with pytest.raises(Misconfigured, match=r"alpha is in iu-xray\.report \(test\) twice"):
        snapshot("2026-01", raw(), raw(model="alpha"))


def test_a_row_without_its_parts_is_not_judged_and_one_of_zero_does_not_follow() -> None:
    parts = {"radgraph": 0.1, "bertscore": 0.2, "semb": 0.3}
    assert find_inconsistency({"inv_radcliq_v1": 0.1, "semb": 0.3, "radgraph": 0.1}) is None
    assert find_inconsistency(parts) is None
    assert find_inconsistency(parts | {"inv_radcliq_v1": 0.0}) is not None
    expected = find_inconsistency(parts | {"radcliq_v1": 5.0})
    assert expected is not None
    assert expected.metric == "radcliq_v1"
    assert find_inconsistency(parts | {"radcliq_v1": expected.expected}) is None


def changes_of(kind: str) -> list[PublishedChange]:
    return [change for change in list_changes(SHIPPED) if change.kind == kind]


def test_renamed_replaced_and_vanished_models_are_dated_changes() -> None:
    assert [(c.date, c.model) for c in changes_of("vanished")] == [("2026-08", "RadPhi3.5Vision")]
    replaced = {change.model: change.now for change in changes_of("replaced")}
    assert replaced == {
        "CheXpertPlus-findings": ("CheXpertPlus-CheX", "CheXpertPlus-CheX-MIMIC"),
        "Cvt2distilgpt2": ("Cvt2distilgpt2-MIMIC", "Cvt2distilgpt2-IU"),
        "VLCI": ("VLCI-MIMIC", "VLCI-IU"),
    }
    assert [(c.model, c.since) for c in changes_of("renamed")] == [
        ("CheXpertPlus-mimic", "2024-07-22")
    ]
    assert {c.model for c in changes_of("rescored")} == {"UniRG-CXR", "CheXpertPlus-mimic"}
    main = {c.tables[0]: c.main for c in changes_of("rescored") if c.date == "2026-08"}
    assert main["iu-xray.findings (test)"] == (1.977, 4.804)


def test_every_name_of_every_state_is_in_the_latest_or_in_a_change() -> None:
    now = {row.model for row in LATEST.rows}
    gone = {change.model for change in list_changes(SHIPPED) if change.kind != "added"}
    for state in SHIPPED:
        assert {row.model for row in state.rows} <= now | gone


def test_a_model_that_leaves_one_table_is_a_change_too() -> None:
    both = [raw(), raw(section="findings")]
    (change,) = list_changes([snapshot("2026-02", raw()), snapshot("2026-01", *both)])
    assert (change.kind, change.tables) == ("left", ("iu-xray.findings (test)",))
    assert list_changes([snapshot("2026-01", raw())]) == ()


def test_a_snapshot_is_written_and_read_under_its_date(tmp_path: Path) -> None:
    path = published_path(tmp_path, "2026-01")
    assert write_published(tmp_path, snapshot("2026-01", raw()))
    assert not write_published(tmp_path, snapshot("2026-01", raw()))
    assert load_published(tmp_path) == (snapshot("2026-01", raw()),)
    path.rename(path.with_stem("2026-02"))
    with pytest.raises(Misconfigured, match="the file's name says '2026-02'"):
        load_published(tmp_path)
    path.with_stem("2026-02").write_bytes(b"{}")
    with pytest.raises(Misconfigured, match="not a snapshot"):
        load_published(tmp_path)


def test_a_table_is_named_with_its_part_of_the_dataset() -> None:
    assert table_name(EARLIEST.rows[0]) == "mimic-cxr.report (test)"
    assert {row.split for row in EARLIEST.rows} == {"test", "valid"}
    assert MIDDLE.rows
