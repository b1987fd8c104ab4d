"""A leaderboard with a credentialed and a private test set, whose references hold canaries."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import yaml
from pyrage import x25519

from bot.adapters.disk.catalog import BUILT_IN
from bot.domain.dataset import References, Study
from bot.domain.value import sha256_of

IDS = tuple(f"study-{number:03}" for number in range(12))
ACCESS = {"locked": "credentialed", "hidden": "private"}
CANARY = "zebra{name} quartz{number} violet onyx maple cobalt fennel indigo willow saffron"
"""Ten words that no program writes by itself."""


def canary(name: str, number: int) -> str:
    return CANARY.format(name=name, number=number)


def references_of(name: str) -> References:
    studies = {
        study_id: Study(findings=f"The lungs are clear. {canary(name, number)}. No effusion.")
        for number, study_id in enumerate(IDS)
    }
    unscored = f"walrus {name} " + " ".join(f"bogoluna{number}" for number in range(8))
    return References(dataset=name, studies=studies, canaries=(unscored,))


def write_references(store: Path) -> Path:
    """Write both test sets' references and return the store."""
    store.mkdir(parents=True, exist_ok=True)
    for name in ACCESS:
        (store / f"{name}.references.json").write_bytes(references_of(name).to_json())
    return store


def catalog_files(key: x25519.Identity | None) -> dict[str, bytes]:
    """Return the built-in catalog with both test sets, keyed by path below it."""
    card = yaml.safe_load((BUILT_IN / "leaderboard.yaml").read_bytes())
    card |= {"datasets": ["mini", *ACCESS]}
    if key is not None:
        card |= {"recipients": [str(key.to_public())]}
    files = {"leaderboard.yaml": json.dumps(card).encode()}
    for name, access in ACCESS.items():
        dataset = yaml.safe_load((BUILT_IN / "datasets/rexgradient.yaml").read_bytes())
        dataset |= {
            "id": name,
            "title": name,
            "n": len(IDS),
            "sections": {"findings": len(IDS)},
            "access": access,
            "main_metric": "bleu2",
            "trained_on_aliases": [],
            "quota_per_month": None,
        }
        files[f"datasets/{name}.yaml"] = json.dumps(dataset).encode()
    return files


def write_catalog(folder: Path, key: x25519.Identity | None = None) -> Path:
    """Write the catalog and return its folder."""
    shutil.copytree(BUILT_IN, folder)
    for name, data in catalog_files(key).items():
        (folder / name).write_bytes(data)
    return folder


def write_submission(
    folder: Path, reports: Mapping[str, Mapping[str, str]], login: str = "sybil"
) -> Path:
    """Write a submission with a plain file for each dataset and return its folder."""
    (folder / "predictions").mkdir(parents=True)
    rows = []
    for dataset, texts in reports.items():
        data = json.dumps(texts, indent=1).encode()
        name = f"predictions/{dataset}.findings.json"
        (folder / name).write_bytes(data)
        row = {"dataset": dataset, "section": "findings", "file": name}
        rows.append({**row, "sha256": sha256_of(data)})
    manifest = {
        "schema_version": 1,
        "model": {
            "name": "Secretive",
            "version": "1.0",
            "institution": "Somewhere",
            "year": 2025,
            "license": "MIT",
        },
        "training_data": ["none"],
        "inputs": {"images": "key-frontal", "context": False},
        "submitters": [login],
        "predictions": rows,
    }
    (folder / "manifest.yaml").write_text(yaml.safe_dump(manifest, sort_keys=False))
    return folder
