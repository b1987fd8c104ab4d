"""Hostile trees of a pull request's head: paths, modes and sizes."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator

from tests.corpus import documents
from tests.corpus.recipe import Hostile, Member

PLAIN, EXECUTABLE, LINK, MODULE = "100644", "100755", "120000", "160000"
ENTRY = b"submissions/terse/"
_FILE = ENTRY + b"predictions/mini.findings.json"


def encode_tree(members: dict[bytes, Member]) -> bytes:
    """Return a tree as bytes, which are what a recipe makes."""
    rows = [
        [path.hex(), mode, base64.b64encode(zlib.compress(data)).decode()]
        for path, (mode, data) in members.items()
    ]
    return json.dumps(rows).encode()  # fmt: skip


def decode_tree(data: bytes) -> dict[bytes, Member]:
    """Return the tree that `encode_tree` took, its contents still compressed."""
    rows = json.loads(data)
    return {bytes.fromhex(path): (mode, base64.b64decode(text)) for path, mode, text in rows}


def _sound() -> dict[bytes, Member]:
    predictions = (documents.TERSE / "predictions/mini.findings.json").read_bytes()
    return {
        ENTRY + b"manifest.yaml": (PLAIN, documents.manifest().encode()),
        _FILE: (PLAIN, predictions),
    }


_NAMES = (
    *(b".GIT", b".git", b"..", b".", b"a\nb", b"a\x1b[31mb", b"\xff\xfe", b"-rf", b"--help"),
    *("caf\u00e9".encode(), "cafe\u0301".encode(), b"MANIFEST.YAML", b"Manifest.yaml", b"CON"),
    *(b"x" * 255, b"x" * 4_000, b"$(id)", b"`id`", b";id", b"a b", b"::error::x", b"*", b"~"),
    *("\u202egnp.json".encode(), "manifest.yaml\u200b".encode(), b"manifest.yaml ", b"nul.json"),
    b".gitmodules",
)
_PLACES = (
    *(
        b".github/workflows/submission.yml",
        b"Makefile",
        b"bot/metrics/lexical/bleu.py",
        b"conftest.py",
    ),
    *(b"leaderboard/README.md", b"schemas/manifest.schema.json", b".gitattributes"),
    *(b"submissions/other/manifest.yaml", b"submissions/README.md", b"submissions//x"),
    *(b"Submissions/terse/manifest.yaml", b"submissions/../bot/x.py", ENTRY + b".git/config"),
    *(ENTRY + b"../x/y", ENTRY + b"predictions/../../x", ENTRY + b"predictions/a/b/c.json"),
    ENTRY + b"d/" * 200 + b"x",
)


def tree_items() -> Iterator[Hostile]:
    """Yield trees."""
    trees: dict[str, dict[bytes, Member]] = {}
    for name in _NAMES:
        trees[f"name {name[:20]!r} {len(name)}"] = {ENTRY + name: (PLAIN, b"x")}
    for place in _PLACES:
        trees[f"place {place[:40]!r}"] = {place: (PLAIN, b"x")}
    for what, target in (
        ("out", b"../../../../etc/passwd"),
        ("device", b"/dev/zero"),
        ("self", b"x"),
    ):
        trees[f"link {what}"] = {_FILE: (LINK, target)}
        trees[f"folder link {what}"] = {ENTRY + b"predictions": (LINK, target)}
    trees["the entry is a link"] = {b"submissions/terse": (LINK, b"../bot")}
    trees["all entries are a link"] = {b"submissions": (LINK, b"bot")}
    trees["submodule"] = {ENTRY + b"predictions": (MODULE, b"")}
    trees["executable"] = {ENTRY + b"README.md": (EXECUTABLE, b"#!/bin/sh\nid\n")}
    trees["mode of its own"] = {ENTRY + b"README.md": ("100600", b"x")}
    trees["no manifest"] = {ENTRY + b"README.md": (PLAIN, b"x")}
    trees["3,000 files"] = {ENTRY + b"%d.json" % n: (PLAIN, b"x") for n in range(3_000)}
    trees["60 entries"] = {b"submissions/e%d/manifest.yaml" % n: (PLAIN, b"x") for n in range(60)}
    trees["a large note"] = {ENTRY + b"README.md": (PLAIN, b"x" * 70_000)}
    trees["four large files"] = {
        ENTRY + b"predictions/%d.json" % n: (PLAIN, b"%d" % n * 24_000_000) for n in range(4)
    }
    trees["a file over its limit"] = {_FILE: (PLAIN, b" " * 27_000_000)}
    for name, members in trees.items():
        has_entry = any(path.startswith(ENTRY) for path in members)
        whole = {**_sound(), **members} if has_entry and name != "no manifest" else members
        if any(path in (ENTRY + b"predictions", b"submissions/terse") for path in members):
            whole = {path: member for path, member in whole.items() if path != _FILE}
        yield Hostile("tree", name, lambda whole=whole: encode_tree(whole))  # type: ignore[misc]
