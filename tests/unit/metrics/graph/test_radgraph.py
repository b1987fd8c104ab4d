from __future__ import annotations

import json
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

from bot.metrics.base import Equipment, MetricUnavailable
from bot.metrics.graph import annotations, radgraph_worker
from bot.metrics.graph.annotations import (
    Annotation,
    Entity,
    annotate,
    find_interpreter,
    parse_annotation,
)
from bot.metrics.graph.radgraph import (
    RADGRAPH,
    RADGRAPH_XL,
    combined_f1,
    entity_set,
    partial_reward,
    set_f1,
)
from bot.metrics.graph.worker_process import WorkerProcess
from bot.metrics.radcliq import COMPONENTS

EQUIPPED = Equipment(models=Path("/models"), weights={"radgraph": "a" * 64})
ABSENT, PRESENT, ANATOMY = "OBS-DA", "OBS-DP", "ANAT-DP"


def graph(*entities: tuple[str, str] | tuple[str, str, list[tuple[str, int]]]) -> Annotation:
    """Return an annotation from (tokens, label, [(kind, number of the target)])."""
    return parse_annotation(
        {
            "entities": {
                str(number): {
                    "tokens": words,
                    "label": label,
                    "start_ix": number,
                    "end_ix": number,
                    "relations": [[kind, str(to)] for kind, to in (rest[0] if rest else [])],
                }
                for number, (words, label, *rest) in enumerate(entities, start=1)
            }
        }
    )


EFFUSION = graph(
    ("pleural", ANATOMY), ("effusion", ABSENT, [("located_at", 1)]), ("pneumothorax", ABSENT)
)


def test_a_copy_scores_one() -> None:
    assert combined_f1(EFFUSION, EFFUSION) == 1


def test_a_copy_without_relations_scores_a_half() -> None:
    plain = graph(("pneumothorax", ABSENT))
    assert combined_f1(plain, plain) == 0.5


@pytest.mark.parametrize(
    ("prediction", "reference"),
    [(Annotation(), Annotation()), (EFFUSION, Annotation()), (Annotation(), EFFUSION)],
    ids=["both", "reference", "prediction"],
)
def test_a_side_without_entities_scores_zero(prediction: Annotation, reference: Annotation) -> None:
    assert combined_f1(prediction, reference) == 0
    assert partial_reward(prediction, reference) == 0


def test_entities_and_relations_count_alike() -> None:
    # Entities: 2 of 2 predicted are among 3; relations: the only one is missing.
    prediction = graph(("pleural", ANATOMY), ("effusion", ABSENT))
    assert combined_f1(prediction, EFFUSION) == pytest.approx((0.8 + 0) / 2)


def test_what_occurs_twice_counts_once() -> None:
    twice = graph(
        ("pleural", ANATOMY),
        ("effusion", ABSENT, [("located_at", 1), ("located_at", 1)]),
        ("effusion", ABSENT, [("located_at", 1)]),
        ("pneumothorax", ABSENT),
        ("pneumothorax", ABSENT),
    )
    assert combined_f1(twice, EFFUSION) == 1


def test_case_and_label_tell_entities_apart() -> None:
    upper = graph(("Pneumothorax", ABSENT))
    present = graph(("pneumothorax", PRESENT))
    plain = graph(("pneumothorax", ABSENT))
    assert combined_f1(upper, plain) == combined_f1(present, plain) == 0


@pytest.mark.parametrize(
    "other",
    [
        graph(("pleural", ANATOMY), ("effusion", ABSENT, [("modify", 1)])),
        graph(("pleural", ANATOMY, [("located_at", 2)]), ("effusion", ABSENT)),
        graph(("pleural", PRESENT), ("effusion", ABSENT, [("located_at", 1)])),
    ],
    ids=["kind", "direction", "label of the tail"],
)
def test_a_relation_is_its_head_tail_and_kind(other: Annotation) -> None:
    mine = graph(("pleural", ANATOMY), ("effusion", ABSENT, [("located_at", 1)]))
    shared = set_f1(entity_set(other), entity_set(mine))
    assert combined_f1(other, mine) == shared / 2


def test_where_an_entity_stands_has_no_influence() -> None:
    moved = graph(
        ("pneumothorax", ABSENT), ("effusion", ABSENT, [("located_at", 3)]), ("pleural", ANATOMY)
    )
    assert combined_f1(moved, EFFUSION) == 1


def test_the_partial_reward_asks_only_whether_there_is_a_relation() -> None:
    prediction = graph(
        ("pleural", ANATOMY), ("effusion", ABSENT, [("modify", 1)]), ("Pneumothorax", ABSENT)
    )
    assert partial_reward(prediction, EFFUSION) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        {"entities": []},
        {"entities": {"1": {"tokens": "a", "label": "b"}}},
        {"entities": {"1": {"tokens": 1, "label": "b", "relations": []}}},
        {"entities": {"1": {"tokens": "a", "label": "b", "relations": [["modify"]]}}},
        {"entities": {"1": {"tokens": "a", "label": "b", "relations": [["modify", "2"]]}}},
    ],
)
def test_what_is_no_annotation_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"annotation|leads to"):
        parse_annotation(value)


def test_the_two_models_are_two_metrics_and_one_feeds_radcliq() -> None:
    assert RADGRAPH.needs.weights == ("radgraph",)
    assert RADGRAPH_XL.needs.weights == ("radgraph-xl",)
    assert "radgraph" in COMPONENTS
    assert "radgraph_xl" not in COMPONENTS


def answer_by(monkeypatch: pytest.MonkeyPatch, folder: Path, body: str) -> None:
    """Let a script stand in for the worker; it may use READY and an `annotate(text)`."""
    script = folder / "worker.py"
    opening = """
        import json, os, sys, time
        def say(reply):
            print(json.dumps(reply), flush=True)
        def annotate(text):
            return {"entities": {"1": {"tokens": text, "label": "X", "relations": []}}}
        READY = {"ready": {"radgraph": "0.1.18"}}
    """
    script.write_text(textwrap.dedent(opening) + textwrap.dedent(body))
    monkeypatch.setattr(radgraph_worker, "__file__", str(script))
    monkeypatch.setenv("REXRANK_RADGRAPH_PYTHON", sys.executable)


WELL_BEHAVED = """
    say(READY)
    for line in sys.stdin:
        texts = json.loads(line)["texts"]
        with open(__file__ + ".log", "a") as log:
            log.write(json.dumps(texts) + "\\n")
        say({"annotations": [annotate(text) for text in texts]})
"""


def asked(folder: Path) -> list[list[str]]:
    log = folder / "worker.py.log"
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def test_a_text_is_annotated_once_and_a_blank_one_never(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answer_by(monkeypatch, tmp_path, WELL_BEHAVED)
    found = annotate(["a", "b", " \n", "a", ""], "radgraph", EQUIPPED)
    assert asked(tmp_path) == [["a", "b"]]
    assert found["a"] == Annotation({"1": Entity("a", "X")})
    assert found[" \n"] == found[""] == Annotation()


def test_a_request_holds_a_bounded_number_of_texts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answer_by(monkeypatch, tmp_path, WELL_BEHAVED)
    texts = [str(number) for number in range(70)]
    assert list(annotate(texts, "radgraph", EQUIPPED)) == texts
    assert [len(batch) for batch in asked(tmp_path)] == [32, 32, 6]


def test_annotations_are_kept_by_weights_and_text(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answer_by(monkeypatch, tmp_path, WELL_BEHAVED)
    keeping = replace(EQUIPPED, cache=tmp_path / "cache")
    first = annotate(["a"], "radgraph", keeping)
    assert annotate(["a", "b"], "radgraph", keeping)["a"] == first["a"]
    annotate(["a"], "radgraph", replace(keeping, weights={"radgraph": "b" * 64}))
    assert asked(tmp_path) == [["a"], ["b"], ["a"]]


def test_predictions_and_references_are_told_apart(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answer_by(monkeypatch, tmp_path, WELL_BEHAVED)
    method = RADGRAPH.method
    assert hasattr(method, "score")
    scores = method.score(["a", "b", ""], ["a", "c", ""], EQUIPPED)
    assert scores.tolist() == [0.5, 0, 0]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("sys.exit(3)", "ended with status 3"),
        ("say(READY); sys.stdin.readline(); os.kill(os.getpid(), 9)", "signal 9, as when memory"),
        ("say(READY); sys.stdin.readline(); print('hello', flush=True)", "else than JSON"),
        ("print('[1]', flush=True)", "else than an object"),
        ("say({'error': 'ModuleNotFoundError: radgraph'})", "failed: ModuleNotFoundError"),
        ("say(READY); sys.stdin.readline(); say({'error': 'KeyError'})", "failed: KeyError"),
        ("say({'ready': {'radgraph': '0.0.9'}})", "needs radgraph 0.1.18, found 0.0.9"),
        ("say({'ready': None})", "needs radgraph 0.1.18, found None"),
        ("say(READY); sys.stdin.readline(); say({'annotations': []})", "for other texts"),
    ],
)
def test_a_worker_that_fails_makes_the_metric_unavailable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, body: str, reason: str
) -> None:
    answer_by(monkeypatch, tmp_path, body)
    with pytest.raises(MetricUnavailable, match=reason):
        annotate(["a"], "radgraph", EQUIPPED)


def test_a_worker_that_says_nothing_is_given_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answer_by(monkeypatch, tmp_path, "say(READY); time.sleep(60)")
    monkeypatch.setattr(annotations, "TEXT_S", 0.2)
    with pytest.raises(MetricUnavailable, match="did not answer in 0 s"):
        annotate(["a"], "radgraph", EQUIPPED)


def test_a_worker_that_talks_without_end_is_ended() -> None:
    talk = "while True: print('{}', flush=True)"
    with WorkerProcess("it", (sys.executable, "-c", talk), {}) as worker:
        assert worker.hear(30) == {}


def test_a_worker_gets_no_other_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    answer_by(monkeypatch, tmp_path, "say({'error': str(sorted(os.environ))})")
    monkeypatch.setenv("REXRANK_TOKEN", "secret")
    with pytest.raises(MetricUnavailable) as caught:
        annotate(["a"], "radgraph", EQUIPPED)
    assert "PATH" in str(caught.value)
    assert "REXRANK" not in str(caught.value)


def test_an_interpreter_that_is_not_there_makes_the_metric_unavailable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REXRANK_RADGRAPH_PYTHON", "/nowhere/python")
    with pytest.raises(MetricUnavailable, match="cannot be started"):
        annotate(["a"], "radgraph", EQUIPPED)


def test_the_interpreter_is_the_one_named() -> None:
    assert find_interpreter({"REXRANK_RADGRAPH_PYTHON": "/x/python"}, "radgraph") == "/x/python"


def test_a_missing_folder_says_what_to_run() -> None:
    with pytest.raises(MetricUnavailable, match="rexrank models fetch"):
        annotate(["a"], "radgraph", Equipment(weights={"radgraph": "a" * 64}))
