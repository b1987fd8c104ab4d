"""Every rule that a check can report, in the order in which the checks run.

`RULES[code]` is the only way to a rule, so a code that is not here cannot be reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.domain.rules.changes import CHANGES
from bot.domain.rules.claims import CLAIMS
from bot.domain.rules.content import CONTENT
from bot.domain.rules.dataset import DATASET
from bot.domain.rules.manifest import MANIFEST
from bot.domain.rules.predictions import PREDICTIONS
from bot.domain.rules.rule import Family, Rule
from bot.domain.rules.sealed import SEALED

FAMILIES: Mapping[Family, str] = MappingProxyType(
    {
        "changes": "What a pull request changes",
        "manifest": "The manifest",
        "predictions": "Predictions files",
        "content": "What the reports look like",
        "dataset": "Importing a dataset",
        "sealed": "Scoring what is not public",
    }
)
"""Heading of each family, in order."""

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.code: rule
        for rule in (*CHANGES, *MANIFEST, *PREDICTIONS, *CONTENT, *CLAIMS, *DATASET, *SEALED)
    }
)
"""Rule of each code."""

__all__ = ["FAMILIES", "RULES", "Family", "Rule"]
