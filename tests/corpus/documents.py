"""Valid documents of every kind, small, from which hostile ones are made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bot.adapters.disk.catalog import BUILT_IN
from bot.domain.per_study import encode_table
from bot.domain.scorecard import Bootstrap, Fingerprint, MetricScore, PerStudyTable, Scorecard

CHECKOUT = Path(__file__).resolve().parents[2]
TERSE = CHECKOUT / "submissions" / "sample-terse"
COMMIT = "1" * 40


def manifest() -> str:
    return (TERSE / "manifest.yaml").read_text(encoding="utf-8")


def scorecard() -> Scorecard:
    return Scorecard(
        dataset="mini",
        section="findings",
        n=2,
        metrics={
            "bleu2": MetricScore(status="scored", version="1", value=0.5, interval=(0.25, 0.75))
        },
        predictions_sha256="0" * 64,
        references_commitment="1" * 64,
        bootstrap=Bootstrap(resamples=10, seed=0),
        fingerprint=Fingerprint(metrics={"bleu2": "1"}, libraries={"numpy": "2.0"}),
    )


def table() -> bytes:
    return encode_table(PerStudyTable(("a", "b"), {"bleu2": np.array([0.25, 0.75])}))


def inspection() -> dict[str, Any]:
    plan = {
        "dataset": "mini",
        "section": "findings",
        "path": "submissions/terse/predictions/mini.findings.json",
        "blob": "2" * 40,
        "sha256": "0" * 64,
        "readiness": "ready",
    }
    return {
        "schema_version": 1,
        "base": COMMIT,
        "head": COMMIT,
        "merge_base": None,
        "kind": "submission",
        "submission": "terse",
        "manifest": yaml.safe_load(manifest()),
        "plans": [plan],
        "findings": [],
    }


def event(body: str = "/rexrank status") -> dict[str, Any]:
    return {
        "action": "created",
        "issue": {"number": 7, "pull_request": {"url": "https://example.org"}},
        "comment": {"id": 9, "body": body, "user": {"login": "ada", "id": 3, "type": "User"}},
    }


def published() -> dict[str, Any]:
    row = {
        "dataset": "IU-Xray",
        "split": "test",
        "section": "findings",
        "model": "Alpha",
        "institution": "A Lab",
        "url": None,
        "date": "2024",
        "metrics": {"BLEU": 0.1, "1/RadCliQ-v1": 0.5, "GREEN": None},
    }
    return {"source": "tables of 2026-01-02", "note": "", "rows": [row]}


def withdrawal() -> dict[str, Any]:
    ids = {"user_id": 3, "pull": 7, "comment": 9}
    return {"schema_version": 1, "submission": "terse", "login": "ada", **ids}


def official() -> dict[str, Any]:
    study = {
        "image_path": ["a.png"],
        "context": {"age": "x"},
        "report": "Findings: Clear. Impression: Normal.",
        "section_findings": "Clear.",
        "section_impression": "Normal.",
    }
    return {f"mini-{number:04}": dict(study) for number in range(1, 61)}


def leaderboard_card() -> dict[str, Any]:
    card: dict[str, Any] = yaml.safe_load((BUILT_IN / "leaderboard.yaml").read_bytes())
    return card | {"datasets": ["mini"]}


def dataset_card() -> dict[str, Any]:
    card: dict[str, Any] = yaml.safe_load((BUILT_IN / "datasets/mini.yaml").read_bytes())
    return card
