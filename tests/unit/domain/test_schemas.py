from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.checks.submission.manifest_form import validator_of
from bot.domain.schemas import FILES, schema_of
from tests.require import require

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_schema_is_valid_named_and_titled(name: str) -> None:
    schema = schema_of(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:rexrank:{name}:1"
    assert schema["title"] == FILES[name][0]


def patterns(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from patterns(item)
    elif isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"]
        for value in node.values():
            yield from patterns(value)


def test_every_pattern_is_valid_in_python() -> None:
    for name in FILES:
        for pattern in patterns(schema_of(name)):
            re.compile(pattern)


def test_every_pattern_is_valid_in_ecmascript() -> None:
    node = shutil.which("node")
    require(node is not None, "no node on the path: apt-get install nodejs")
    every = sorted({p for name in FILES for p in patterns(schema_of(name))})
    program = (
        "const ps = JSON.parse(require('fs').readFileSync(0));"
        "for (const p of ps) for (const flags of ['', 'u']) new RegExp(p, flags);"
        "console.log(ps.length)"
    )
    done = subprocess.run(
        [node or "node", "-e", program],
        input=json.dumps(every),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout == f"{len(every)}\n"


def test_keys_that_match_no_pattern_are_refused() -> None:
    validator = validator_of("predictions")
    assert validator.is_valid({"a": "", "b": {"model_prediction": ""}})
    assert not validator.is_valid({"a\n": ""})
    assert not validator.is_valid({"": ""})
    assert not validator.is_valid({"a" * 201: ""})


def test_a_float_is_no_whole_number() -> None:
    card = {"type": "integer"}
    assert Draft202012Validator(card).is_valid(1.0)
    assert not validator_of("manifest").evolve(schema=card).is_valid(1.0)
