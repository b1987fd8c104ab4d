"""Where the real input for tests lies: beside the checkout, read where it is, never copied."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data"
IU_XRAY = FOLDER / "iu_xray" / "ReXRank_IUXray_test.json"
MOERAD = FOLDER / "moerad_iu" / "MoERad.json"


def require_real_data() -> None:
    """Return when the real input is there; else skip, or fail where CI=true."""
    if FOLDER.is_dir():
        return
    reason = f"real input is not at {FOLDER}; put the data folder there to run this test"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
