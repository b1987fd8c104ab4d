"""The real input for tests: beside the checkout, read where it lies, never copied.

It is looked for in the folder that REXRANK_TEST_DATA names, else in `../shared/data`.
"""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

from tests.require import require

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"
FOLDER = Path(os.environ.get("REXRANK_TEST_DATA", BESIDE))
IU_XRAY = FOLDER / "iu_xray" / "ReXRank_IUXray_test.json"
PUBLISHED = FOLDER / "rexrank_published_results.json"
HISTORY = FOLDER / "rexrank_published_history.json"
MOERAD = FOLDER / "moerad_iu" / "MoERad.json"


def require_real_data() -> None:
    """Return when the real input is there; else skip, or fail where CI=true."""
    require(FOLDER.is_dir(), f"no real input in {FOLDER}; set REXRANK_TEST_DATA to its folder")


def read_json(name: str) -> Any:
    """Return the document of a JSON file below the folder."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def read_entry() -> tuple[dict[str, str], dict[str, str]]:
    """Return predictions and reference findings of a real entry, keyed by study id."""
    studies = json.loads(MOERAD.read_text(encoding="utf-8"))
    predictions = {name: study["model_prediction"] for name, study in studies.items()}
    return predictions, {name: study["section_findings"] for name, study in studies.items()}


def read_findings() -> dict[str, str]:
    """Return the findings of the public test set, in file order."""
    studies = json.loads(IU_XRAY.read_text(encoding="utf-8"))
    return {name: study["section_findings"] for name, study in studies.items()}


def read_official_scores() -> list[dict[str, str]]:
    """Return the rows of the official scorer's per-study output."""
    with (FOLDER / "moerad_iu" / "official_scores_300.csv").open(newline="") as file:
        return list(csv.DictReader(file))
