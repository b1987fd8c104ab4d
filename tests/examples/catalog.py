"""The leaderboard that the examples are submissions to, built without reading any card."""

from __future__ import annotations

import json
from pathlib import Path

from bot.domain.board import BoardId
from bot.domain.catalog import Catalog
from bot.domain.dataset import DatasetCard, References, Study, list_studies
from bot.domain.leaderboard import LeaderboardCard
from bot.domain.submission import SubmissionFolder
from bot.domain.value import Access, Section

EXAMPLES = Path(__file__).parent
MINI = EXAMPLES.parents[1] / "bot" / "catalog" / "mini" / "studies.json"
EXPECTED = "expected.json"


def mini_references() -> References:
    studies = {
        study_id: Study(
            findings=study["section_findings"] or None,
            impression=study["section_impression"] or None,
        )
        for study_id, study in json.loads(MINI.read_bytes()).items()
    }
    return References(dataset="mini", studies=studies)


def trio_references() -> References:
    """Three studies with both parts, for examples that fit a screen."""
    parts = {
        "trio-1": "Clear lungs.",
        "trio-2": "Small left effusion.",
        "trio-3": "Old rib fracture.",
    }
    studies = {key: Study(findings=text, impression="See above.") for key, text in parts.items()}
    return References(dataset="trio", studies=studies)


def card(name: str, n: int, sections: dict[Section, int], access: Access) -> DatasetCard:
    return DatasetCard(
        id=name,
        title=name,
        summary="A test set of the examples.",
        split="test",
        n=n,
        sections=sections,
        access=access,
        licence="CC0-1.0",
        source="https://example.org/",
        image_root="images",
        citation="@misc{x}",
    )


def example_catalog() -> Catalog:
    mini, trio = list_studies(mini_references()), list_studies(trio_references())
    cards = (
        card("mini", 60, {k: len(v.ids) for k, v in mini.boards.items()}, "public"),
        card("trio", 3, {"findings": 3, "report": 3}, "public"),
        card("locked", 3, {"findings": 3}, "credentialed"),
        card("hidden", 3, {"findings": 3}, "private"),
    )
    return Catalog(
        card=LeaderboardCard(
            title="Examples",
            summary="The examples' leaderboard.",
            repository="https://example.org/",
            main_metric="radcliq_v1",
            columns=("radcliq_v1",),
            datasets=tuple(each.id for each in cards),
            bot_login="bot",
            maintainers=("maintainer",),
            contact="https://example.org/",
        ),
        datasets={each.id: each for each in cards},
        studies={"mini": mini, "trio": trio},
    )


def read_texts(board: BoardId) -> dict[str, str] | None:
    known = {"mini": mini_references, "trio": trio_references}
    return known[board.dataset]().texts(board.section) if board.dataset in known else None


def read_example(folder: Path) -> SubmissionFolder:
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != EXPECTED
    }
    return SubmissionFolder(folder.name, files)
