"""How a hostile input of each kind reaches the program: by the command that would read it."""

from __future__ import annotations

import hashlib
import json
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from pyrage import x25519

from bot.adapters.disk.catalog import BUILT_IN
from bot.adapters.disk.score_folder import SCORECARD, TABLE
from bot.adapters.git.repository import GitRepository, create_bare
from bot.adapters.references.sealing import CannotOpen, Opener
from bot.cli.app import run
from bot.errors import Misconfigured, RexrankError
from bot.jobs.comment_commands.comment_command import parse_command
from bot.jobs.comment_commands.comment_event import read_event
from bot.jobs.pull_request.handover import INSPECTION_FILE
from tests.corpus import documents
from tests.corpus.recipe import Member
from tests.corpus.trees import MODULE, decode_tree
from tests.integration.git_objects import blob, commit_of, raw_tree

Driver = Callable[[Path, str, bytes], int]
"""Takes an empty folder, the name behind the colon and the bytes; returns the exit status."""

HEAD = documents.COMMIT


def drive_manifest(folder: Path, name: str, data: bytes) -> int:
    return run(["validate", str(write_entry(folder, data))])


def drive_predictions(folder: Path, name: str, data: bytes) -> int:
    return run(["validate", str(write_listed(folder, name, data))])


def drive_sealed(folder: Path, name: str, data: bytes) -> int:
    try:
        Opener([x25519.Identity.generate()])(data)
    except CannotOpen:
        pass
    else:
        raise AssertionError("opened")
    return run(["validate", str(write_listed(folder, "p.json.age", data, dataset="mimic-cxr"))])


def write_entry(folder: Path, manifest: bytes) -> Path:
    """Write an entry whose predictions are in order, and return its folder."""
    entry = folder / "terse"
    shutil.copytree(documents.TERSE, entry)
    (entry / "manifest.yaml").write_bytes(manifest)
    return entry


def write_listed(folder: Path, name: str, data: bytes, dataset: str = "mini") -> Path:
    """Write an entry with one predictions file, which its manifest lists, and return its folder."""
    manifest: dict[str, Any] = yaml.safe_load(documents.manifest())
    row = {"dataset": dataset, "section": "findings", "file": f"predictions/{name}"}
    manifest["predictions"] = [{**row, "sha256": hashlib.sha256(data).hexdigest()}]
    entry = folder / "terse"
    (entry / "predictions").mkdir(parents=True)
    (entry / "predictions" / name).write_bytes(data)
    (entry / "manifest.yaml").write_text(yaml.safe_dump(manifest))
    return entry


def drive_references(folder: Path, name: str, data: bytes) -> int:
    file = folder / name
    file.write_bytes(data)
    return run(["dataset", "import", "mini", str(file), "--dry-run", "--replace"])


def write_catalog(folder: Path) -> Path:
    """Write a catalog that has mini alone, and return its folder."""
    catalog = folder / "catalog"
    (catalog / "datasets").mkdir(parents=True)
    (catalog / "leaderboard.yaml").write_text(yaml.safe_dump(documents.leaderboard_card()))
    shutil.copy(BUILT_IN / "datasets/mini.yaml", catalog / "datasets")
    for part in ("studies", "mini"):
        shutil.copytree(BUILT_IN / part, catalog / part)
    return catalog


def drive_card(folder: Path, name: str, data: bytes) -> int:
    catalog = write_catalog(folder)
    (catalog / name).parent.mkdir(exist_ok=True)
    (catalog / name).write_bytes(data)
    listed = run(["dataset", "list", "--catalog", str(catalog)])
    return max(listed, run(["validate", str(documents.TERSE), "--catalog", str(catalog)]))


def write_scores(folder: Path, scorecard: bytes, table: bytes) -> Path:
    """Write the scores of one entry and return the folder of all scores."""
    board = folder / "scores" / "terse" / "mini.findings"
    board.mkdir(parents=True)
    (board / SCORECARD).write_bytes(scorecard)
    (board / TABLE).write_bytes(table)
    return folder / "scores"


def preview(folder: Path, scorecard: bytes, table: bytes) -> int:
    entry = write_entry(folder, documents.manifest().encode())
    scores = write_scores(folder, scorecard, table)
    return run(["preview", str(entry), "--scores", str(scores)])


def drive_scorecard(folder: Path, name: str, data: bytes) -> int:
    return preview(folder, data, documents.table())


def drive_table(folder: Path, name: str, data: bytes) -> int:
    return preview(folder, documents.scorecard().to_json(), data)


def drive_inspection(folder: Path, name: str, data: bytes) -> int:
    scores = write_scores(folder, documents.scorecard().to_json(), documents.table())
    (folder / INSPECTION_FILE).write_bytes(data)
    words = ("--inspection", str(folder), "--head", HEAD, "--remote", str(folder), "--dry-run")
    return run(["ledger", "add", str(scores), *words])


def drive_published(folder: Path, name: str, data: bytes) -> int:
    file = folder / "tables.json"
    file.write_bytes(data)
    words = ["import-published", str(file), "--dry-run"]
    return max(run(words), run([*words, "--history", str(file)]))


def drive_event(folder: Path, name: str, data: bytes) -> int:
    try:
        comment = read_event(data)
    except RexrankError as error:
        return error.exit_status
    if comment is not None:
        parse_command(comment.body)
    return 0


def drive_ledger(folder: Path, name: str, data: bytes) -> int:
    repository = make_repository(folder)
    tree = write_tree(repository, {name.encode(): ("100644", zlib.compress(data))})
    tip = commit_of(repository, tree)
    repository.run("update-ref", "refs/heads/ledger", tip)
    remote = str(folder / "git")
    shown = run(["ledger", "show", "--remote", remote])
    return max(shown, run(["ledger", "verify", "--remote", remote]))


def drive_tree(folder: Path, name: str, data: bytes) -> int:
    repository = make_repository(folder)
    main = {b"submissions/main/manifest.yaml": ("100644", zlib.compress(b"x"))}
    base = commit_of(repository, write_tree(repository, main))
    hostile = decode_tree(data)
    members = hostile if b"submissions" in hostile else {**main, **hostile}
    head = commit_of(repository, write_tree(repository, members), base)
    words = ("--repo", str(folder / "git"), "--base", base, "--head", head, "--author", "sybil")
    output = ("--output", str(folder / "out"), "--output-format", "github")
    status = run(["inspect", *words, *output])
    if status == Misconfigured.exit_status:  # git itself refuses the tree
        return status
    inspection = json.loads((folder / "out" / INSPECTION_FILE).read_bytes())
    assert (status == 1) == any(f["level"] == "error" for f in inspection.get("findings", ()))
    return status


def make_repository(folder: Path) -> GitRepository:
    create_bare(folder / "git")
    return GitRepository(folder / "git")


def write_tree(
    repository: GitRepository, members: dict[bytes, Member], known: dict[bytes, str] | None = None
) -> str:
    """Write a tree of compressed contents, whatever git would say to its names; return its oid."""
    rows: dict[bytes, tuple[str, str]] = {}
    below: dict[bytes, dict[bytes, Member]] = {}
    known = {} if known is None else known
    for path, (mode, data) in members.items():
        first, slash, rest = path.partition(b"/")
        if slash:
            below.setdefault(first, {})[rest] = (mode, data)
        else:
            if data not in known:
                known[data] = blob(repository, zlib.decompress(data))
            rows[first] = (mode, HEAD if mode == MODULE else known[data])
    for name, inner in below.items():
        rows[name] = ("40000", write_tree(repository, inner, known))
    return raw_tree(repository, rows)


DRIVERS: dict[str, Driver] = {
    "manifest": drive_manifest,
    "predictions": drive_predictions,
    "tree": drive_tree,
    "references": drive_references,
    "card": drive_card,
    "scorecard": drive_scorecard,
    "table": drive_table,
    "inspection": drive_inspection,
    "ledger": drive_ledger,
    "event": drive_event,
    "published": drive_published,
    "sealed": drive_sealed,
}
