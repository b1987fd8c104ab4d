"""RadGraph through the real package, on a small model made here."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from bot.metrics.base import Equipment, MetricUnavailable, PerStudy
from bot.metrics.graph.annotations import PYTHON_VARIABLE, annotate, parse_annotation
from bot.metrics.graph.radgraph import RADGRAPH, RADGRAPH_XL, partial_reward
from tests.require import MORE, require
from tests.warm_program import write_interpreter

INTERPRETER = os.environ.get(PYTHON_VARIABLE, sys.executable)
MAKER = Path(__file__).parents[1] / "fakes" / "tiny_radgraph.py"
TEXTS = [
    "No pleural effusion. The heart is normal in size.",
    "Small left effusion",
    "mild edema, (acute)",
    "Lungs are clear: no focal consolidation; 2.5 cm opacity in the left lower lobe.",
    "Bibasilar atelectasis.\n\nNo pneumothorax",
    "heart",
    "No pleural effusion and no pneumothorax. " * 40,
]
PAIRS = list(zip(TEXTS, [*TEXTS[1:], TEXTS[0]], strict=True))
REFERENCE = """
import json, sys
from radgraph import RadGraph
from radgraph.rewards import compute_reward
task = json.load(sys.stdin)
keep, sys.stdout = sys.stdout, sys.stderr
annotations = {}
for name in ("radgraph", "radgraph-xl"):
    model = RadGraph(model_type=name, model_cache_dir=task["models"], cuda=-1)
    found = model(task["texts"])
    annotations[name] = [found[str(i)] for i in range(len(task["texts"]))]
of = dict(zip(task["texts"], annotations["radgraph-xl"]))
pairs = [(of[a], of[b]) for a, b in task["pairs"]]
json.dump({
    "annotations": annotations,
    "of_texts": [compute_reward(a, b, "all") for a, b in pairs],
    "of_chance": [compute_reward(a, b, "all") for a, b in task["chance"]],
}, keep)
"""


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An interpreter that has radgraph imported when it starts, which takes 9 s otherwise."""
    probe = "import importlib.util, sys; sys.exit(importlib.util.find_spec('radgraph') is None)"
    found = subprocess.run([INTERPRETER, "-c", probe], capture_output=True, check=False)
    require(
        found.returncode == 0,
        "radgraph is not installed: pip install 'rexrank-bot[radgraph]', or name an interpreter "
        f"that has it in {PYTHON_VARIABLE}, see docs/how-to/isolated-metrics.md",
    )
    path = tmp_path_factory.mktemp("warm") / "python"
    return str(write_interpreter(path, "radgraph", python=INTERPRETER, HF_HUB_OFFLINE="1"))


@pytest.fixture(scope="module")
def models(warm: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    for model in ("radgraph", "radgraph-xl"):
        run(warm, str(MAKER), str(folder / model), model)
    return folder


def run(*command: str, stdin: str = "") -> str:
    """Return what the interpreter with radgraph prints."""
    done = subprocess.run(
        command,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture
def equipment(models: Path, warm: str, monkeypatch: pytest.MonkeyPatch) -> Equipment:
    monkeypatch.setenv(PYTHON_VARIABLE, warm)
    return Equipment(models=models, weights={"radgraph": "a" * 64, "radgraph-xl": "b" * 64})


@pytest.fixture(scope="module")
def packaged(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder that the package itself can load: the encoder is named by its path."""
    folder = tmp_path_factory.mktemp("packaged")
    for model in ("radgraph", "radgraph-xl"):
        source, target = models / model, folder / model
        target.mkdir()
        for name in ("weights.th", "vocabulary"):
            (target / name).symlink_to(source / name)
        text = (source / "config.json").read_text()
        encoder = json.dumps(str(source / "encoder"))[1:-1]
        (target / "config.json").write_text(text.replace("hub/that-is-never-asked", encoder))
    return folder


@pytest.fixture(scope="module")
def peer(warm: str, packaged: Path) -> dict[str, Any]:
    """What the package says to everything that these tests ask it."""
    task = {"texts": TEXTS, "models": str(packaged), "pairs": PAIRS, "chance": draw_pairs()}
    said: dict[str, Any] = json.loads(run(warm, "-c", REFERENCE, stdin=json.dumps(task)))
    return said


@pytest.mark.parametrize("model", ["radgraph", "radgraph-xl"])
def test_annotations_are_those_of_the_package(
    equipment: Equipment, peer: dict[str, Any], model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if model == "radgraph":  # once as an installation starts it
        monkeypatch.setenv(PYTHON_VARIABLE, INTERPRETER)
    found = annotate([*TEXTS[::-1], *TEXTS, " "], model, equipment)
    expected = peer["annotations"][model]
    assert [found[text] for text in TEXTS] == [parse_annotation(one) for one in expected]
    assert sum(len(one.entities) for one in found.values()) > 20
    assert any(e.relations for one in found.values() for e in one.entities.values())
    assert not found[" "].entities


def test_scores_are_the_same_twice_and_in_any_order(equipment: Equipment) -> None:
    assert isinstance(RADGRAPH.method, PerStudy)
    predictions, references = [list(side) for side in zip(*PAIRS, strict=True)]
    first = RADGRAPH.method.score(predictions, references, equipment)
    again = RADGRAPH.method.score(predictions[::-1], references[::-1], equipment)
    assert first.tolist() == again[::-1].tolist()
    assert 0 < first.mean() < 1


def test_radgraph_xl_is_the_reward_partial(equipment: Equipment, peer: dict[str, Any]) -> None:
    assert isinstance(RADGRAPH_XL.method, PerStudy)
    predictions, references = [list(side) for side in zip(*PAIRS, strict=True)]
    scores = RADGRAPH_XL.method.score(predictions, references, equipment)
    assert scores.tolist() == [partial for _, partial, _ in peer["of_texts"]]


def make_annotation(generator: random.Random) -> dict[str, object]:
    """Return a random annotation with many collisions."""
    names = [str(number) for number in range(1, generator.randint(0, 7) + 1)]
    return {
        "entities": {
            name: {
                "tokens": generator.choice(["effusion", "Effusion", "pleural", "left lung"]),
                "label": generator.choice(["OBS-DP", "OBS-DA"]),
                "start_ix": 0,
                "end_ix": 0,
                "relations": [
                    [generator.choice(["modify", "located_at"]), generator.choice(names)]
                    for _ in range(generator.choice([0, 0, 1, 2]))
                ],
            }
            for name in names
        }
    }


def draw_pairs() -> list[tuple[dict[str, object], dict[str, object]]]:
    generator = random.Random(7)
    number = 2000 if MORE else 500
    return [(make_annotation(generator), make_annotation(generator)) for _ in range(number)]


def test_the_reward_is_that_of_the_package(peer: dict[str, Any]) -> None:
    ours = [partial_reward(parse_annotation(a), parse_annotation(b)) for a, b in draw_pairs()]
    assert ours == [partial for _, partial, _ in peer["of_chance"]]


def test_the_published_archive_is_unpacked(
    models: Path, tmp_path: Path, equipment: Equipment
) -> None:
    folder = tmp_path / "radgraph"
    folder.mkdir()
    with tarfile.open(folder / "radgraph.tar.gz", "w:gz") as archive:
        for name in ("config.json", "weights.th", "vocabulary"):
            archive.add(models / "radgraph" / name, name)
    (folder / "encoder").symlink_to(models / "radgraph" / "encoder")
    packed = Equipment(models=tmp_path, weights=equipment.weights)
    assert annotate(TEXTS[:1], "radgraph", packed) == annotate(TEXTS[:1], "radgraph", equipment)


@pytest.mark.parametrize("what", ["nothing", "weights", "encoder"])
def test_a_broken_model_is_a_reason(
    models: Path, tmp_path: Path, equipment: Equipment, what: str
) -> None:
    folder = tmp_path / "radgraph"
    folder.mkdir()
    if what != "nothing":
        for path in (models / "radgraph").iterdir():
            if path.name != what:
                (folder / path.name).symlink_to(path)
        if what == "weights":
            (folder / "weights.th").unlink()
            (folder / "weights.th").write_bytes(b"not weights")
    broken = Equipment(models=tmp_path, weights=equipment.weights)
    with pytest.raises(MetricUnavailable, match=r"annotator failed: [A-Za-z]+Error"):
        annotate(TEXTS[:1], "radgraph", broken)
