from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from bot.domain.board import BoardId
from bot.domain.per_study import encode_table
from bot.errors import Misconfigured, RexrankError
from bot.metrics import registry
from bot.metrics.base import Corpus, Equipment, Metric, MetricUnavailable, Needs, PerStudy
from bot.pipeline.scoring import shards
from bot.pipeline.scoring.score import score_predictions
from bot.pipeline.scoring.shards import (
    Shard,
    join_parts,
    plan_shards,
    run_shard,
    score_elsewhere,
)

NO_JAVA = Equipment(search_path="/nowhere")
RUNS_ALONE = [
    metric
    for metric in registry.METRICS
    if isinstance(metric.method, PerStudy | Corpus)
    and registry.availability(metric, NO_JAVA) is None
]
INDEPENDENT = [metric for metric in RUNS_ALONE if metric.method.independent]
WORDS = ("no", "large", "left", "effusion", ".", "heart", "normal", "clear", "lungs")


class Backwards:
    """An executor that begins with the last item, and sends items as other processes get them."""

    def __init__(self) -> None:
        self.ran: list[int] = []

    def run(
        self, task: Callable[..., object], items: Sequence[object], done: Callable[[int], None]
    ) -> list[object]:
        results: dict[int, object] = {}
        for index in reversed(range(len(items))):
            results[index] = pickle.loads(pickle.dumps(task))(
                pickle.loads(pickle.dumps(items[index]))
            )
            self.ran.append(index)
            done(index)
        return [results[index] for index in range(len(items))]


def make_texts(n: int, seed: int) -> dict[str, str]:
    random = np.random.Generator(np.random.PCG64(seed))
    return {f"s{study}": " ".join(random.choice(WORDS, size=study % 12)) for study in range(n)}


def put(monkeypatch: pytest.MonkeyPatch, metric: Metric) -> None:
    monkeypatch.setitem(registry.BY_ID, metric.id, metric)
    metrics = tuple(registry.BY_ID[one.id] for one in registry.METRICS)
    monkeypatch.setattr(registry, "METRICS", metrics)


def score(**options) -> bytes:
    scorecard, table = score_predictions(
        make_texts(95, 1),
        make_texts(95, 2),
        board=BoardId("mini", "findings"),
        predictions_sha256=hashlib.sha256(b"").hexdigest(),
        equipment=NO_JAVA,
        **options,
    )
    return scorecard.to_json() + encode_table(table)


@pytest.fixture
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "SHARD_STUDIES", 10)


@pytest.mark.usefixtures("small_shards")
def test_shards_in_any_order_give_the_bytes_of_a_single_run() -> None:
    executor = Backwards()
    assert score(executor=executor) == score()
    # Ten shards of what looks at a study alone; one of CIDEr, which needs all references.
    assert len(executor.ran) == sum(10 if each in INDEPENDENT else 1 for each in RUNS_ALONE)


@pytest.mark.usefixtures("small_shards")
def test_what_cannot_be_cut_comes_first_and_in_one_part() -> None:
    metrics = [registry.BY_ID[name] for name in ("bleu2", "radcliq_v1", "cider", "inv_radcliq_v1")]
    plan = plan_shards(metrics, ["a"] * 25, ["b"] * 25, NO_JAVA)
    assert [(one.metric, len(one.references)) for one in plan] == [
        ("cider", 25),
        ("bleu2", 10),
        ("bleu2", 10),
        ("bleu2", 5),
    ]


@pytest.mark.usefixtures("small_shards")
def test_counts_of_a_corpus_metric_are_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    method = Corpus(
        lambda predictions, references, _: np.array(
            [[len(one), len(other)] for one, other in zip(predictions, references, strict=True)],
            dtype=np.float64,
        ),
        lambda counts: counts[..., 0] / (counts[..., 1] + 1),
        independent=True,
    )
    f1 = replace(registry.BY_ID["chexbert_f1_5_micro"], needs=Needs(), libraries=(), method=method)
    put(monkeypatch, f1)
    executor = Backwards()
    assert score(executor=executor, metrics=[f1.id]) == score(metrics=[f1.id])
    assert len(executor.ran) == 10


def test_every_finished_part_is_told() -> None:
    told: list[tuple[str, int, int]] = []
    score(
        executor=Backwards(),
        metrics=["bleu2", "cider"],
        progress=lambda *step: told.append(step),
    )
    assert told == [("bleu2", 1, 2), ("cider", 2, 2)]


@pytest.mark.usefixtures("small_shards")
def test_a_metric_that_fails_in_one_shard_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail_late(predictions, references, equipment):
        if len(references) < 10:
            raise MetricUnavailable("the last shard has no model")
        return np.zeros(len(references))

    broken = replace(registry.BY_ID["bleu1"], method=PerStudy(fail_late, independent=True))
    put(monkeypatch, broken)
    card, table = score_predictions(
        make_texts(95, 1),
        make_texts(95, 2),
        board=BoardId("mini", "findings"),
        predictions_sha256="0" * 64,
        equipment=NO_JAVA,
        executor=Backwards(),
    )
    assert card.metrics["bleu1"].reason == "the last shard has no model"
    assert "bleu1" not in table.columns
    assert "bleu2" in table.columns


def test_a_worker_with_other_versions_is_refused() -> None:
    (shard,) = plan_shards([registry.BY_ID["rougeL"]], ["a"], ["a"], NO_JAVA)
    assert run_shard(shard) == np.ones(1)
    versions = {**shard.versions, "rouge-score": "0.0.1", "numpy": ""}
    with pytest.raises(Misconfigured, match=r"a worker has numpy .* rouge-score .* 0\.0\.1"):
        run_shard(replace(shard, versions=versions))


def test_a_metric_with_too_few_rows_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, replace(registry.BY_ID["bleu1"], method=PerStudy(lambda *_: np.zeros(1))))
    with pytest.raises(RexrankError, match="bleu1 gave 1 rows for 3"):
        score_elsewhere(Backwards(), [registry.BY_ID["bleu1"]], ["a"] * 3, ["a"] * 3, NO_JAVA)


def test_a_composite_has_no_part() -> None:
    shard = Shard(
        "radcliq_v1", (), (), NO_JAVA, shards.versions_behind(registry.find("radcliq_v1"))
    )
    with pytest.raises(RexrankError, match="radcliq_v1 has no part"):
        run_shard(shard)


def test_the_first_reason_stands_for_all() -> None:
    first, second = MetricUnavailable("one"), MetricUnavailable("two")
    assert join_parts([np.zeros(2), first, second]) is first


@pytest.mark.parametrize("metric", INDEPENDENT, ids=lambda metric: metric.id)
def test_a_metric_that_says_so_does_not_depend_on_the_other_studies(metric: Metric) -> None:
    predictions, references = list(make_texts(60, 3).values()), list(make_texts(60, 4).values())
    together = metric.method.score(predictions, references, NO_JAVA)
    alone = [
        metric.method.score([one], [other], NO_JAVA)[0]
        for one, other in zip(predictions, references, strict=True)
    ]
    assert together.tolist() == alone


def test_metrics_that_need_all_studies_are_never_cut() -> None:
    assert {"bleu2", "rougeL"} <= {metric.id for metric in INDEPENDENT}
    for name in ("cider", "meteor"):
        method = registry.find(name).method
        assert isinstance(method, PerStudy)
        assert not method.independent
