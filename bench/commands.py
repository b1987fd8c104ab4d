"""Whole commands: scoring, validating, starting."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import yaml

from bench.timing import CHECKOUT, OURS, Line, run_child, time_in_turn
from bench.world import World
from bot.adapters.disk.catalog import load_catalog
from bot.adapters.disk.files import read_submission
from bot.checks.submission.predictions import check_predictions
from bot.domain.board import BoardId
from bot.domain.dataset import References
from bot.domain.manifest import PredictionsEntry
from bot.pipeline.pull_request.validate import validate_submission

LEXICAL = ("bleu1", "bleu2", "bleu4", "rougeL", "cider")
REXRANK = (sys.executable, "-m", "bot")


def bench_score(world: World, rounds: tuple[int, int], *, meteor: bool) -> list[Line]:
    """Return the times of `rexrank score`, alone and with two processes.

    Args:
        world: What is scored.
        rounds: How often without METEOR, which is slow, and how often with it.
        meteor: Whether it can be run.
    """
    lines: list[Line] = []
    sets = {"lexical": LEXICAL, **({"lexical and METEOR": (*LEXICAL, "meteor")} if meteor else {})}
    for (name, metrics), often in zip(sets.items(), rounds, strict=False):
        words = (*REXRANK, "score", world.submission, "--catalog", world.catalog)
        words += tuple(word for metric in metrics for word in ("--metric", metric))
        peers = {
            OURS: lambda w=words: drop(run_child(w)),
            f"{OURS} --jobs 2": lambda w=words: drop(run_child((*w, "--jobs", "2"))),
        }
        lines += time_in_turn(f"score, {name}", f"{world.n:,} studies", peers, often)
    return lines


def drop(_: object) -> None:
    """Let the wall time stand, not what a run returned."""


def bench_validate(world: World) -> list[Line]:
    """Return the times of validating an entry's files in memory, and of the whole command."""
    catalog = load_catalog(world.catalog)
    folder = read_submission(world.submission)
    stored = (world.catalog / "bench/references.json").read_bytes()
    texts = References.from_json(stored).texts("findings")
    data = world.predictions.read_bytes()
    size = f"{world.n:,} studies, {len(data) / 1e6:.1f} MB"

    def ours() -> None:
        if validate_submission(folder, catalog, references=lambda *_: texts).findings:
            raise RuntimeError("the entry is not clean")

    ours()  # the first call loads the language model
    entry = catalog_entry(world)
    card, studies = catalog.datasets["bench"], catalog.board_studies(BoardId("bench", "findings"))

    def file_alone() -> None:
        check_predictions(data, path="p.json", entry=entry, card=card, board_studies=studies)

    peers = {
        f"{OURS}, the file": file_alone,
        f"{OURS}, with manifest and content": ours,
        "json.loads": lambda: json.loads(data) and None,
    }
    lines = time_in_turn("validate, in memory", size, peers, 9)
    schema = CHECKOUT / "schemas/predictions.schema.json"
    checker = Path(sys.executable).with_name("check-jsonschema")
    words = (*REXRANK, "validate", world.submission, "--catalog", world.catalog)
    programs = {
        OURS: lambda: drop(run_child(words)),
        "check-jsonschema": lambda: drop(
            run_child((checker, "--schemafile", schema, world.predictions))
        ),
    }
    return lines + time_in_turn("validate, whole command", size, programs, 5)


def catalog_entry(world: World) -> PredictionsEntry:
    """Return what the manifest of a world says of its predictions file."""
    manifest = yaml.safe_load((world.submission / "manifest.yaml").read_text())
    return PredictionsEntry.from_plain(manifest["predictions"][0])


def bench_start(rounds: int) -> list[Line]:
    """Return the CPU seconds of `rexrank --help`, and of Python itself."""
    peers = {
        f"{OURS} --help": lambda: run_child((*REXRANK, "--help")),
        "python -c pass": lambda: run_child((sys.executable, "-c", "pass")),
    }
    lines = time_in_turn("start, CPU", "", peers, rounds)
    lines[0].note = f"{lines[0].median - lines[1].median:.3f} s beyond Python's own"
    return lines
