"""The real input of the golden tests, read where it lies: none of it is part of this repository.

It is looked for in the folder that REXRANK_TEST_DATA names, else in `../shared/data` beside the
checkout. Tests that need it are skipped, visibly, where it is absent.
"""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"
FOLDER = Path(os.environ.get("REXRANK_TEST_DATA", BESIDE))

needs_real_data = pytest.mark.skipif(
    not FOLDER.is_dir(),
    reason=f"real data not found in {FOLDER}; set REXRANK_TEST_DATA to its folder",
)


def read_json(name: str) -> Any:
    """Return the document of a JSON file below the folder."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def read_entry() -> tuple[dict[str, str], dict[str, str]]:
    """Return predictions and reference findings of a real entry, keyed by study id."""
    studies = read_json("moerad_iu/MoERad.json")
    predictions = {name: study["model_prediction"] for name, study in studies.items()}
    return predictions, {name: study["section_findings"] for name, study in studies.items()}


def read_findings() -> dict[str, str]:
    """Return the findings of the public test set, in file order."""
    studies = read_json("iu_xray/ReXRank_IUXray_test.json")
    return {name: study["section_findings"] for name, study in studies.items()}


def read_official_scores() -> list[dict[str, str]]:
    """Return the rows of the official scorer's per-study output."""
    with (FOLDER / "moerad_iu/official_scores_300.csv").open(newline="") as file:
        return list(csv.DictReader(file))
