from __future__ import annotations

import importlib
import pkgutil

import pytest

import bot.metrics
from bot.errors import Misconfigured, WrongUsage
from bot.metrics.base import Equipment, Metric, Needs, PerStudy, Slot
from bot.metrics.lexical.meteor import METEOR
from bot.metrics.registry import (
    BY_ID,
    METRICS,
    availability,
    explain_release,
    order_by_dependency,
    select,
)

IDS = [metric.id for metric in METRICS]


def needs_weights(metric: Metric) -> bool:
    """Return whether a metric, or one it is made of, needs weights or is only described."""
    return (
        isinstance(metric.method, Slot)
        or bool(metric.needs.weights)
        or any(needs_weights(BY_ID[part]) for part in metric.components)
    )


NEURAL = [metric.id for metric in METRICS if needs_weights(metric)]


def test_every_id_is_given_once() -> None:
    assert len(BY_ID) == len(METRICS)


def test_every_metric_that_a_module_defines_is_registered() -> None:
    modules = pkgutil.walk_packages(bot.metrics.__path__, "bot.metrics.")
    defined = {
        value.id: value
        for module in modules
        for value in vars(importlib.import_module(module.name)).values()
        if isinstance(value, Metric)
    }
    assert defined == BY_ID


@pytest.mark.parametrize("metric", METRICS, ids=IDS)
def test_every_metric_says_what_it_is(metric: Metric) -> None:
    assert metric.title
    assert metric.definition.endswith(".")
    assert metric.citation
    assert metric.version
    assert metric.low is None or metric.high is None or metric.low < metric.high


def test_what_counts_errors_is_better_when_lower() -> None:
    for name in ("radcliq_v1", "radcliq_v0", "finerad"):
        assert BY_ID[name].direction == "lower"
    for name in ("inv_radcliq_v1", "bleu2", "bertscore", "crimson"):
        assert BY_ID[name].direction == "higher"


def test_what_has_no_value_of_a_study_is_a_corpus_metric() -> None:
    for name in ("inv_radcliq_v1", "chexbert_f1_14_micro", "chexbert_f1_5_macro"):
        assert BY_ID[name].kind == "corpus"
    for name in ("radcliq_v1", "bleu2", "cider", "green", "finerad"):
        assert BY_ID[name].kind == "per-study"


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
    assert sorted(order) == sorted(IDS)
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
