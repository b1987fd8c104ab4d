"""Hand-made values that the tests of everything rendered start from."""

from __future__ import annotations

from typing import Any

from bot.domain.catalog import Catalog
from bot.domain.column import Column
from bot.domain.dataset import BoardStudies, DatasetCard, StudyList
from bot.domain.finding import Finding
from bot.domain.inspection import BoardPlan, Inspection
from bot.domain.leaderboard import Board, LeaderboardCard
from bot.domain.manifest import Manifest
from bot.domain.outcome import Report
from bot.domain.scorecard import Bootstrap, Fingerprint, MetricScore, Scorecard

REPOSITORY = "https://github.com/example/leaderboard"
IMAGE = "sha256:" + "1" * 64
COMMITMENT = "c" * 64

COLUMNS = (
    Column(id="radcliq_v1", title="RadCliQ-v1", direction="lower", digits=3),
    Column(id="inv_radcliq_v1", title="1/RadCliQ-v1", direction="higher", digits=3),
    Column(id="bleu2", title="BLEU-2", direction="higher", digits=3),
    Column(id="green", title="GREEN", direction="higher", digits=3),
)

ATTACK = (
    "@team <b>x</b><!-- rexrank-bot:comment --> | `a` [x](javascript:a) ![i](https://e.example/p) "
    "*b* _c_ ~~d~~ #1 GH-2 :tada: $x$ www.e.example \\| &#64;y deadbeefcafe <details> ✅ Scored"
)


def column(**changes: Any) -> Column:
    return COLUMNS[0].model_copy(update=changes)


def fingerprint(version: str = "1") -> Fingerprint:
    return Fingerprint(
        metrics={"radcliq_v1": version, "bleu2": "1"}, libraries={"numpy": "2.3.0"}, image=IMAGE
    )


def scored(value: float, *, spread: float | None = 0.05) -> MetricScore:
    interval = None if spread is None else (value - spread, value + spread)
    return MetricScore(status="scored", version="1", value=value, interval=interval)


def unavailable(reason: str = "needs weights; run rexrank models fetch green") -> MetricScore:
    return MetricScore(status="unavailable", version="1", reason=reason)


def pending(reason: str = "runs on a machine with a GPU") -> MetricScore:
    return MetricScore(status="pending", version="1", reason=reason)


def scores(radcliq: float | None, bleu: float = 0.1) -> dict[str, MetricScore]:
    missing = unavailable("needs radgraph; run rexrank models fetch radgraph")
    return {
        "radcliq_v1": missing if radcliq is None else scored(radcliq),
        "inv_radcliq_v1": missing if radcliq is None else scored(1 / radcliq),
        "bleu2": scored(bleu, spread=0.01),
        "green": pending(),
    }


def scorecard(
    radcliq: float | None = 0.9,
    *,
    dataset: str = "iu-xray",
    section: Any = "findings",
    n: int = 590,
    sha: str = "a" * 64,
    version: str = "1",
    metrics: dict[str, MetricScore] | None = None,
    commitment: str = COMMITMENT,
    **changes: Any,
) -> Scorecard:
    return Scorecard(
        dataset=dataset,
        section=section,
        n=n,
        metrics=scores(radcliq) if metrics is None else metrics,
        predictions_sha256=sha,
        references_commitment=commitment,
        bootstrap=Bootstrap(resamples=1000, seed=0),
        fingerprint=fingerprint(version),
        **changes,
    )


def manifest(
    name: str = "MoERad-IU",
    *,
    boards: tuple[tuple[str, str, str], ...] = (("iu-xray", "findings", "a" * 64),),
    training_data: tuple[str, ...] = (),
    links: dict[str, str] | None = None,
    **model: Any,
) -> Manifest:
    about = {"version": "1.0", "institution": "IIT Madras", "year": 2025, "license": "MIT"} | model
    return Manifest.from_plain(
        {
            "schema_version": 1,
            "model": {"name": name, "links": links or {}, **about},
            "training_data": list(training_data),
            "inputs": {"images": "key-frontal", "context": False},
            "submitters": ["gssriram"],
            "predictions": [
                {
                    "dataset": dataset,
                    "section": section,
                    "file": f"predictions/{dataset}.{section}.json",
                    "sha256": sha,
                }
                for dataset, section, sha in boards
            ],
        }
    )


def plan(readiness: Any = "ready", **changes: Any) -> BoardPlan:
    values: dict[str, Any] = {
        "dataset": "iu-xray",
        "section": "findings",
        "path": "submissions/moerad-iu/predictions/iu-xray.findings.json",
        "blob": "b" * 40,
        "sha256": "a" * 64,
        "readiness": readiness,
    }
    return BoardPlan(**(values | changes))


def finding(level: Any = "error", **changes: Any) -> Finding:
    values: dict[str, Any] = {
        "code": "predictions.study-missing",
        "level": level,
        "path": "submissions/moerad-iu/predictions/iu-xray.findings.json",
        "pointer": "/CXR38_IM-1911",
        "message": "this study of the dataset has no report",
        "hint": 'Add it; "" counts as an empty report',
    }
    return Finding(**(values | changes))


def collapse() -> Finding:
    return finding(
        "warning",
        code="content.few-distinct",
        pointer="",
        message="one text stands for 581 of the 590 studies",
        seen="3 distinct reports among 590",
        hint="Check that each study's own images reach the model, and how its text is sampled",
    )


def inspection(*findings: Finding, **changes: Any) -> Inspection:
    values: dict[str, Any] = {
        "base": "0" * 40,
        "head": "f" * 40,
        "merge_base": "e" * 40,
        "merged_tree": "d" * 40,
        "kind": "submission",
        "submission": "moerad-iu",
        "manifest": manifest(),
        "plans": (plan(),),
        "findings": findings,
    }
    return Inspection(**(values | changes))


def report(outcome: Any = "scored", **changes: Any) -> Report:
    values: dict[str, Any] = {
        "inspection": inspection(),
        "outcome": outcome,
        "maintainers": ("ada", "grace"),
        "since": "2026-11-25",
        "repository": REPOSITORY,
        "run_url": f"{REPOSITORY}/actions/runs/1",
        "columns": COLUMNS,
    }
    return Report(**(values | changes))


def dataset(id_: str, title: str, sections: dict[Any, int], **changes: Any) -> DatasetCard:
    values: dict[str, Any] = {
        "id": id_,
        "title": title,
        "summary": "Chest X-rays and reports.",
        "split": "test",
        "n": max(sections.values()),
        "sections": sections,
        "access": "public",
        "licence": "CC-BY-4.0",
        "source": "https://data.example.org/xrays",
        "image_root": "images",
        "citation": "@article{x2016,\n  title = {X}\n}\n",
    }
    return DatasetCard(**(values | changes))


def catalog(*, commitment: str | None = COMMITMENT) -> Catalog:
    cards = {
        "iu-xray": dataset(
            "iu-xray",
            "IU X-ray",
            {"findings": 590, "report": 590},
            trained_on_aliases=("OpenI",),
        ),
        "mini": dataset("mini", "Mini", {"findings": 12}),
    }
    card = LeaderboardCard(
        title="ReXrank",
        summary="Open leaderboard.",
        repository=REPOSITORY,
        main_metric="radcliq_v1",
        columns=tuple(column.id for column in COLUMNS),
        datasets=tuple(cards),
        bot_login="github-actions[bot]",
        maintainers=("ada",),
        contact=REPOSITORY,
    )
    studies = {}
    if commitment:
        board = BoardStudies(ids=tuple(f"s{i}" for i in range(590)), commitment=commitment)
        studies["iu-xray"] = StudyList(
            dataset="iu-xray", boards={"findings": board, "report": board}
        )
    return Catalog(card=card, datasets=cards, studies=studies)


def example_entries() -> list[tuple[str, Manifest]]:
    """Ties, a missing main metric, a stale score, a trained-on mark, one that waits."""
    iu = "iu-xray"
    links = {"paper": "https://arxiv.org/abs/2501.1", "code": "https://www.example.org/a|b"}
    return [
        ("alpha", manifest("Alpha", boards=((iu, "findings", "1" * 64),), links=links)),
        ("bravo", manifest("Bravo", boards=((iu, "findings", "2" * 64), (iu, "report", "3" * 64)))),
        ("charlie", manifest("Charlie", boards=((iu, "findings", "4" * 64),))),
        ("delta", manifest("=Delta|@x", boards=((iu, "findings", "5" * 64),))),
        ("echo", manifest("Echo", boards=((iu, "findings", "6" * 64),), training_data=("openi",))),
        ("foxtrot", manifest("Foxtrot", boards=((iu, "report", "7" * 64),))),
    ]


def example_scorecards() -> list[Scorecard]:
    return [
        scorecard(0.8, sha="1" * 64),
        scorecard(0.9, sha="2" * 64),
        scorecard(1.1, sha="3" * 64, section="report"),
        scorecard(0.9, sha="4" * 64, version="0"),
        scorecard(None, sha="5" * 64),
        scorecard(-0.2, sha="6" * 64, metrics=scores(None) | {"radcliq_v1": scored(-0.2)}),
    ]


def example_leaderboard() -> Any:
    from bot.pipeline.board.build import build_leaderboard

    return build_leaderboard(
        catalog(), COLUMNS, example_entries(), example_scorecards(), fingerprint()
    )


def example_board() -> Board:
    board: Board = example_leaderboard().boards[0]
    return board
