"""JSON Schema of every file that crosses a border, generated from the values that read them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from pydantic import TypeAdapter

from bot.domain.claim import Claim
from bot.domain.dataset import DatasetCard, References, StudyList
from bot.domain.finding import Finding
from bot.domain.inspection import Inspection
from bot.domain.leaderboard import Leaderboard, LeaderboardCard
from bot.domain.manifest import Manifest
from bot.domain.owners import EntryOwners, PullFacts
from bot.domain.predictions_file import OfficialDataset, PredictionsFile
from bot.domain.published import Snapshot
from bot.domain.quota import QuotaEvent, Release, Reservation
from bot.domain.rescore_plan import RescorePlan
from bot.domain.score_failure import ScoreFailure
from bot.domain.scorecard import Scorecard
from bot.domain.seal_header import SealHeader
from bot.domain.value import SCHEMA_VERSION, canonical_json
from bot.domain.withdrawal import Withdrawal

DIALECT = "https://json-schema.org/draft/2020-12/schema"

FILES: Mapping[str, tuple[str, Any]] = MappingProxyType(
    {
        "claim": ("Who handed in a predictions file first", Claim),
        "dataset": ("Test set in the official format, as the import takes it", OfficialDataset),
        "dataset-card": ("Card of a dataset", DatasetCard),
        "findings": ("Findings", tuple[Finding, ...]),
        "inspection": ("Inspection of a pull request", Inspection),
        "leaderboard": ("Leaderboard", Leaderboard),
        "leaderboard-card": ("Card of the leaderboard", LeaderboardCard),
        "manifest": ("Manifest of a submission", Manifest),
        "owners": ("Owners of an entry", EntryOwners),
        "predictions": ("Predictions file", PredictionsFile),
        "pull": ("Facts of a pull request that only the API has", PullFacts),
        "published": ("Published tables of a date", Snapshot),
        "quota-event": ("Scored file that counts against a quota", QuotaEvent),
        "quota-release": ("Reservation of a quota that was released", Release),
        "quota-reservation": ("File that is reserved against a quota", Reservation),
        "references": ("References of a dataset", References),
        "rescore-plan": ("What is to be scored again", RescorePlan),
        "score-failure": ("Why an entry of a batch has no scores", ScoreFailure),
        "scorecard": ("Scorecard", Scorecard),
        "seal-header": ("First line of what is sealed", SealHeader),
        "study-list": ("Study list of a dataset", StudyList),
        "withdrawal": ("Withdrawal of an entry", Withdrawal),
    }
)
"""Title and type of each file."""


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(FILES[name][1])


def schema_of(name: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a kind of file.

    Raises:
        KeyError: There is no such kind of file.

    Example:
        >>> schema_of("manifest")["$id"]
        'urn:rexrank:manifest:1'
    """
    body = _closed(_adapter(name).json_schema())
    body["title"] = FILES[name][0]
    return {"$schema": DIALECT, "$id": f"urn:rexrank:{name}:{SCHEMA_VERSION}", **body}


def _closed(node: Any) -> Any:
    """Return a schema in which keys that match no pattern are refused, as the types refuse them."""
    if isinstance(node, list):
        return [_closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    closed = {key: _closed(value) for key, value in node.items()}
    patterns = closed.get("patternProperties")
    if isinstance(patterns, dict) and "type" in closed:
        ((pattern, values),) = patterns.items()
        del closed["patternProperties"]
        closed |= {"propertyNames": {"pattern": pattern}, "additionalProperties": values}
    return closed


def schema_files() -> dict[str, bytes]:
    """Return the content of every file below `schemas/`, keyed by its name."""
    return {f"{name}.schema.json": canonical_json(schema_of(name)) for name in FILES}
