"""Row 23: a head is compared with the entries on the target branch."""

from __future__ import annotations

import json
from collections.abc import Mapping

import yaml

from bot.adapters.disk.catalog import BUILT_IN, load_catalog
from bot.domain.value import sha256_of
from bot.pipeline.pull_request.inspect import inspect_pull_request
from tests.corpus import documents
from tests.fuzz.objects import BASE, HEAD, MemoryObjects
from tests.unit.checks.reports.test_overlap import invented

CATALOG = load_catalog(BUILT_IN)
STUDIES = CATALOG.studies["mini"].boards["findings"].ids


def entry(name: str, texts: Mapping[str, str]) -> dict[bytes, tuple[str, bytes]]:
    data = json.dumps(dict(zip(STUDIES, texts.values(), strict=True))).encode()
    file = "predictions/mini.findings.json"
    row = {"dataset": "mini", "section": "findings", "file": file, "sha256": sha256_of(data)}
    manifest = {**yaml.safe_load(documents.manifest()), "predictions": [row]}
    folder = f"submissions/{name}"
    return {
        f"{folder}/manifest.yaml".encode(): ("100644", yaml.safe_dump(manifest).encode()),
        f"{folder}/{file}".encode(): ("100644", data),
    }


def codes(name: str, texts: Mapping[str, str]) -> list[str]:
    n = len(STUDIES)
    main = {**entry("one", invented(n, 1)), **entry("two", invented(n, 2))}
    git = MemoryObjects(main, {**main, **entry(name, texts)})
    found = inspect_pull_request(git, BASE, HEAD, CATALOG, lambda *_: None).inspection
    return [f.code for f in found.findings if f.code != "content.language"]


def test_row_23_an_entry_that_copies_another_on_main_is_a_warning() -> None:
    n = len(STUDIES)
    assert codes("three", invented(n, 2)) == ["content.entry-copies"]
    assert codes("three", invented(n, 3)) == []
    assert codes("one", {**invented(n, 1), "s0": "Changed."}) == []
