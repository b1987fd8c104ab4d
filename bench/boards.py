"""Building the leaderboard: from scorecards to the bytes of its files."""

from __future__ import annotations

import hashlib
import random

import numpy as np

from bench.timing import OURS, Line, time_in_turn
from bot.adapters.disk.catalog import BUILT_IN, load_catalog
from bot.domain.catalog import Catalog
from bot.domain.manifest import Manifest
from bot.domain.scorecard import Bootstrap, Fingerprint, MetricScore, PerStudyTable, Scorecard
from bot.metrics.registry import METRICS, columns_for
from bot.pipeline.board.build import build_leaderboard
from bot.pipeline.board.ranks import compare_boards, compared_scorecards
from bot.render.board.tables import leaderboard_files

METRIC_IDS = tuple(metric.id for metric in METRICS)


def eight_boards() -> Catalog:
    """Return the built-in catalog, cut to four test sets with two sections each."""
    catalog = load_catalog(BUILT_IN)
    datasets = {}
    for name in ("rexgradient", "mimic-cxr", "iu-xray", "chexpert-plus"):
        card = catalog.datasets[name]
        sections = {"findings": 100, "report": 100}
        datasets[name] = card.model_copy(update={"sections": sections})
    return Catalog(catalog.card, datasets, {})


def make_entries(catalog: Catalog, n: int) -> tuple[list[tuple[str, Manifest]], list[Scorecard]]:
    """Return n entries that take part in every board, and their scorecards."""
    rng = random.Random(n)
    entries, cards = [], []
    fingerprint = Fingerprint(metrics=dict.fromkeys(METRIC_IDS, "1"), libraries={"numpy": "2.0"})
    bootstrap = Bootstrap(resamples=1000, seed=0)
    for number in range(n):
        predictions = []
        for board in catalog.boards():
            dataset, section = board.dataset, board.section
            key = f"{number} {dataset} {section}"
            sha256 = hashlib.sha256(key.encode()).hexdigest()
            file = f"predictions/{board}.json"
            predictions.append(
                {"dataset": dataset, "section": section, "file": file, "sha256": sha256}
            )
            scores = {}
            for metric in METRIC_IDS:
                value = rng.random()
                scores[metric] = MetricScore(
                    status="scored", version="1", value=value, interval=(value - 0.01, value + 0.01)
                )
            cards.append(
                Scorecard(
                    dataset=dataset,
                    section=section,
                    n=100,
                    metrics=scores,
                    predictions_sha256=sha256,
                    references_commitment="0" * 64,
                    bootstrap=bootstrap,
                    fingerprint=fingerprint,
                )
            )
        manifest = {
            "schema_version": 1,
            "model": {
                "name": f"Model {number}",
                "version": "1.0",
                "institution": f"Institute {number % 50}",
                "year": 2026,
                "description": "An invented model.",
                "license": "MIT",
            },
            "training_data": ["mimic-cxr"] if number % 3 else [],
            "inputs": {"images": "key-frontal", "context": False},
            "submitters": ["someone"],
            "predictions": predictions,
        }
        entries.append((f"entry-{number:05}", Manifest.from_plain(manifest)))
    return entries, cards


def make_tables(wanted: list[tuple[str, str]]) -> dict[str, PerStudyTable]:
    """Return invented per-study scores of the entries that are compared, 590 studies each."""
    generator = np.random.default_rng(0)
    studies = tuple(f"study-{number}" for number in range(590))
    return {
        key: PerStudyTable(studies, {"radcliq_v1": generator.normal(1, 0.3, 590)})
        for _, key in wanted
    }


def bench_boards(sizes: tuple[int, ...]) -> list[Line]:
    """Return the times of a build on eight boards, and of one with comparisons and files."""
    catalog = eight_boards()
    columns = columns_for(catalog.card.columns)
    lines = []
    for n in sizes:
        entries, cards = make_entries(catalog, n)

        def build(entries: list = entries, cards: list = cards) -> object:
            return build_leaderboard(catalog, columns, entries, cards, None)

        tables = make_tables(compared_scorecards(build(), catalog))

        def publish(build=build, tables: dict = tables) -> None:
            leaderboard_files(compare_boards(build(), tables, catalog))

        rounds = 5 if n < 1000 else 3
        peers = {OURS: build, f"{OURS}, compared, and its files": publish}
        lines += time_in_turn("leaderboard build", f"{n:,} entries on 8 boards", peers, rounds)
    return lines
