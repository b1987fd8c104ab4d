from __future__ import annotations

import pytest

from bot.errors import Misconfigured, WrongUsage
from bot.metrics.base import Equipment, Metric, Needs, PerStudy
from bot.metrics.lexical.meteor import METEOR
from bot.metrics.registry import (
    BY_ID,
    METRICS,
    availability,
    explain_release,
    order_by_dependency,
    select,
)

COLUMNS = [
    "radcliq_v1",
    "inv_radcliq_v1",
    "radcliq_v0",
    "bertscore",
    "semb",
    "radgraph",
    "ratescore",
    "green",
    "chexbert_f1_14_micro",
    "chexbert_f1_14_macro",
    "chexbert_f1_5_micro",
    "chexbert_f1_5_macro",
    "bleu2",
    "bleu1",
    "bleu4",
    "rougeL",
    "meteor",
    "cider",
    "radgraph_xl",
    "finerad",
    "crimson",
]
NEURAL = [*COLUMNS[:12], "radgraph_xl", "finerad", "crimson"]


def test_metrics_are_in_the_order_of_the_columns() -> None:
    assert [metric.id for metric in METRICS] == COLUMNS
    assert len(BY_ID) == len(METRICS)


@pytest.mark.parametrize("metric", METRICS, ids=COLUMNS)
def test_every_metric_says_what_it_is(metric: Metric) -> None:
    assert metric.title
    assert metric.definition.endswith(".")
    assert metric.citation
    assert metric.version
    assert metric.low is None or metric.high is None or metric.low < metric.high
    lower = {"radcliq_v1", "radcliq_v0", "finerad"}
    assert metric.direction == ("lower" if metric.id in lower else "higher")
    assert metric.kind == (
        "corpus" if "chexbert" in metric.id or "inv" in metric.id else "per-study"
    )


@pytest.mark.parametrize("name", NEURAL)
def test_what_needs_a_model_is_unavailable_and_says_why(name: str) -> None:
    reason = availability(BY_ID[name], Equipment())
    assert reason is not None
    assert len(reason) <= 300
    assert ";" in reason


@pytest.mark.parametrize("name", ["finerad", "crimson"])
def test_what_sends_texts_away_runs_in_no_release(name: str) -> None:
    assert explain_release(name) is not None


@pytest.mark.parametrize("name", NEURAL)
def test_an_unavailable_metric_asked_for_by_name_is_a_misconfiguration(name: str) -> None:
    with pytest.raises(Misconfigured, match="is unavailable: ") as caught:
        select(["bleu2", name])
    assert caught.value.exit_status == 78


def test_all_refusals_are_reported_together() -> None:
    with pytest.raises(Misconfigured) as caught:
        select(["green", "ratescore"])
    assert len(str(caught.value).splitlines()) == 2


def test_no_names_select_everything() -> None:
    assert select(None) == METRICS


def test_names_select_in_the_order_of_the_columns_and_once() -> None:
    assert [metric.id for metric in select(["cider", "bleu2", "cider"])] == ["bleu2", "cider"]


@pytest.mark.parametrize(("names", "message"), [(["bleu3"], "no metric bleu3"), ([], "was named")])
def test_an_unknown_name_is_wrong_usage(names: list[str], message: str) -> None:
    with pytest.raises(WrongUsage, match=message) as caught:
        select(names)
    assert "bleu2" in str(caught.value)


def test_components_come_before_what_they_make() -> None:
    order = [metric.id for metric in order_by_dependency(METRICS)]
    assert sorted(order) == sorted(COLUMNS)
    for metric in METRICS:
        assert all(order.index(part) < order.index(metric.id) for part in metric.components)


def test_meteor_without_java_says_what_to_install() -> None:
    reason = availability(METEOR, Equipment(search_path="/nowhere"))
    assert reason is not None
    assert reason.startswith("the program java")
    assert "run: apt-get install" in reason


def test_needs_name_everything_that_is_missing() -> None:
    needs = Needs(packages=("no_such_package",), executables=("no-such",), weights=("w", "here"))
    metric = Metric(
        id="x",
        title="X",
        name="X",
        definition="X.",
        citation="X",
        needs=needs,
        method=PerStudy(lambda *_: pytest.fail("not run")),
    )
    assert metric.availability(Equipment(weights={"here": "0" * 64})) == (
        "the program no-such and the Python package no_such_package and weights w "
        "not found; run: pip install 'rexrank-bot[neural]' && rexrank models fetch w"
    )


def test_what_needs_a_gpu_waits_for_one_unless_a_device_was_asked_for() -> None:
    green = BY_ID["green"]
    here = Equipment(weights={"green-radllama2-7b": "0" * 64})
    reason = green.availability(here)
    assert reason is not None
    assert reason.startswith("needs a GPU runner; ")
    assert green.is_pending(here)
    assert not green.is_pending(Equipment(device="cuda"))
    assert not green.is_pending(Equipment(device_forced=True))
    assert not BY_ID["bleu2"].is_pending(here)
