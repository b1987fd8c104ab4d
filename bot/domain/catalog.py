"""Everything that makes this leaderboard this leaderboard: its card, datasets and studies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.domain.board import BoardId
from bot.domain.dataset import SECTIONS, BoardStudies, DatasetCard, StudyList
from bot.domain.leaderboard import LeaderboardCard
from bot.domain.published import Snapshot


@dataclass(frozen=True)
class Catalog:
    """The operator's files, read and checked."""

    card: LeaderboardCard
    """What this leaderboard is."""
    datasets: dict[str, DatasetCard]
    """Card of each dataset, in the order in which they are shown."""
    studies: dict[str, StudyList] = field(default_factory=dict)
    """Study list of each dataset that has one here."""
    published: tuple[Snapshot, ...] = ()
    """Tables that were published elsewhere, oldest first."""

    def boards(self) -> Iterator[BoardId]:
        """Yield every board, in the order of datasets and sections."""
        for dataset in self.datasets.values():
            for section in SECTIONS:
                if section in dataset.sections:
                    yield BoardId(dataset.id, section)

    def board_studies(self, board: BoardId) -> BoardStudies | None:
        """Return the studies of a board, None when there is no list of them here."""
        studies = self.studies.get(board.dataset)
        return studies.boards.get(board.section) if studies else None

    def is_open(self, dataset: str) -> bool:
        """Return whether the scores of a dataset's single studies may be seen by everyone."""
        return self.datasets[dataset].access == "public"

    def clusters(self, board: BoardId) -> Mapping[str, int] | None:
        """Return the number of each study's cluster, None where every study is its own.

        Studies with the same reference text are one cluster when the dataset's card says so.
        """
        studies = self.board_studies(board)
        if studies is None or not self.datasets[board.dataset].cluster_repeats:
            return None
        first = {study: group[0] for group in studies.repeats for study in group}
        numbers: dict[str, int] = {}
        return {
            study: numbers.setdefault(first.get(study, study), len(numbers))
            for study in studies.ids
        }

    def quotas(self) -> dict[str, int]:
        """Return how many files of a team are scored in a month, of the datasets with a limit."""
        return {
            card.id: card.quota_per_month
            for card in self.datasets.values()
            if card.quota_per_month is not None
        }

    def main_metric(self, dataset: str) -> str:
        """Return the metric that ranks a dataset's boards."""
        return self.datasets[dataset].main_metric or self.card.main_metric
