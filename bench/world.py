"""A catalog, a test set and an entry of any size, in a temporary folder."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import yaml

from bench.texts import make_pairs
from bench.timing import CHECKOUT
from bot.domain.dataset import References, Study, list_studies


@dataclass(frozen=True)
class World:
    """Where the files are."""

    catalog: Path
    submission: Path
    predictions: Path
    n: int


def make_world(root: Path, n: int) -> World:
    """Write a catalog with one public test set of n studies, and an entry for it."""
    predictions, texts = make_pairs(n)
    catalog, submission = root / f"catalog-{n}", root / f"entry-{n}"
    for folder in (catalog / "datasets", catalog / "studies", catalog / "bench"):
        folder.mkdir(parents=True)
    card = yaml.safe_load((CHECKOUT / "bot/catalog/leaderboard.yaml").read_text())
    write_yaml(catalog / "leaderboard.yaml", {**card, "datasets": ["bench"]})
    dataset = yaml.safe_load((CHECKOUT / "bot/catalog/datasets/mini.yaml").read_text())
    dataset |= {"id": "bench", "n": n, "sections": {"findings": n}}
    write_yaml(catalog / "datasets/bench.yaml", dataset)
    references = References(
        dataset="bench", studies={name: Study(findings=text) for name, text in texts.items()}
    )
    (catalog / "bench/references.json").write_bytes(references.to_json())
    (catalog / "studies/bench.json").write_bytes(list_studies(references).to_json())
    data = json.dumps(
        {name: {"model_prediction": text} for name, text in predictions.items()}, indent=1
    ).encode()
    file = submission / "predictions/bench.findings.json"
    file.parent.mkdir(parents=True)
    file.write_bytes(data)
    manifest = yaml.safe_load((CHECKOUT / "submissions/sample-terse/manifest.yaml").read_text())
    entry = {"dataset": "bench", "section": "findings", "file": "predictions/bench.findings.json"}
    manifest["predictions"] = [{**entry, "sha256": hashlib.sha256(data).hexdigest()}]
    write_yaml(submission / "manifest.yaml", manifest)
    return World(catalog, submission, file, n)


def write_yaml(path: Path, document: object) -> None:
    """Write a YAML file."""
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
