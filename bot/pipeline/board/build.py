"""The leaderboard from the entries on main, the ledger and published tables: a pure function."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.domain.board import BoardId
from bot.domain.catalog import Catalog
from bot.domain.column import Column
from bot.domain.dataset import DatasetCard
from bot.domain.leaderboard import Badge, Board, Leaderboard, Row, Waiting
from bot.domain.manifest import Manifest, PredictionsEntry
from bot.domain.published import OVERALL, PublishedAnswers
from bot.domain.scorecard import Fingerprint, Scorecard
from bot.errors import Misconfigured
from bot.pipeline.board.evidence import NO_TABLES
from bot.pipeline.board.published import latest
from bot.pipeline.board.published_changes import list_changes
from bot.pipeline.board.published_rows import name_sources, published_rows
from bot.pipeline.board.ranks import rank_rows


def build_leaderboard(
    catalog: Catalog,
    columns: Sequence[Column],
    entries: Sequence[tuple[str, Manifest]],
    scorecards: Sequence[Scorecard],
    scorer: Fingerprint | None,
) -> Leaderboard:
    """Return the leaderboard, ranked by value alone; see `bot.pipeline.board.ranks.compare_boards`.

    The order of entries and scorecards makes no difference to it.

    Args:
        catalog: What this leaderboard is.
        columns: Metrics that are shown, in order; the main metric of every board is among them.
        entries: Folder name and manifest of each submission on main.
        scorecards: The ledger.
        scorer: Fingerprint of the current scorer, which tells what is stale; None when it is not
            known, and then nothing is.

    Raises:
        Misconfigured: The main metric of a board is not among the columns.
    """
    boards = []
    waiting: list[Waiting] = []
    by_predictions: dict[str, list[Scorecard]] = {}
    for card in scorecards:
        by_predictions.setdefault(card.predictions_sha256, []).append(card)
    shown = [column.id for column in columns]
    for board in catalog.boards():
        dataset = catalog.datasets[board.dataset]
        rows = []
        for submission, manifest in sorted(entries, key=lambda entry: entry[0]):
            entry = _entry_for(manifest, board)
            if entry is None:
                continue
            candidates = by_predictions.get(entry.sha256, ())
            chosen = _choose(catalog, board, candidates, scorer)
            if chosen is None:
                waiting.append(
                    Waiting(
                        submission=submission,
                        model=manifest.model.name,
                        dataset=board.dataset,
                        section=board.section,
                    )
                )
            else:
                rows.append(_row(submission, manifest, dataset, chosen, scorer, shown))
        main = main_column(dataset.id, catalog.main_metric(dataset.id), columns)
        rows += published_rows(catalog.published, board, dataset.split, rows, main)
        boards.append(_board(board, dataset.sections[board.section], columns, main, rows))
    return Leaderboard(
        title=catalog.card.title,
        repository=catalog.card.repository,
        citation=catalog.card.citation,
        datasets=tuple(catalog.datasets.values()),
        boards=tuple(boards),
        waiting=tuple(waiting),
        published=name_sources(catalog.published),
        changes=list_changes(catalog.published),
        answers=_answers(catalog),
    )


def is_trained_on(dataset: DatasetCard, training_data: Iterable[str]) -> bool:
    """Return whether the authors list a dataset, by its id or another of its names."""
    names = {name.strip().casefold() for name in (dataset.id, *dataset.trained_on_aliases)}
    return any(listed.strip().casefold() in names for listed in training_data)


def is_stale(card: Scorecard, scorer: Fingerprint | None) -> bool:
    """Return whether a scorecard was made by a scorer whose numbers can differ from today's."""
    return scorer is not None and card.fingerprint.contradicts(scorer)


def is_about(card: Scorecard, catalog: Catalog, board: BoardId) -> bool:
    """Return whether a scorecard is of every study of a board as it is now."""
    studies = catalog.board_studies(board)
    return (
        card.board == board
        and card.n == catalog.datasets[board.dataset].sections[board.section]
        and not card.official_none
        and (studies is None or card.references_commitment == studies.commitment)
    )


def _entry_for(manifest: Manifest, board: BoardId) -> PredictionsEntry | None:
    """Return the predictions file of a board, None when the entry does not take part in it."""
    return next((entry for entry in manifest.predictions if entry.board == board), None)


def _choose(
    catalog: Catalog,
    board: BoardId,
    candidates: Iterable[Scorecard],
    scorer: Fingerprint | None,
) -> Scorecard | None:
    """Return the scorecard that counts for a file on a board, None when there is none yet.

    It scored every study of the board as it is now. The current scorer's is taken before any
    other; among the others, which carry no date, the one with the most to show.
    """
    main = catalog.main_metric(board.dataset)
    matching = [card for card in candidates if is_about(card, catalog, board)]
    if len(matching) == 1:
        return matching[0]  # the usual case, and the key below is costly
    return min(
        matching,
        key=lambda card: (
            is_stale(card, scorer),
            card.shown(main) is None,
            -sum(score.shown is not None for score in card.metrics.values()),
            card.key,
            card.to_json(),
        ),
        default=None,
    )


def _row(
    submission: str,
    manifest: Manifest,
    dataset: DatasetCard,
    card: Scorecard,
    scorer: Fingerprint | None,
    shown: Sequence[str],
) -> Row:
    """Return an entry's row with the metrics that are shown, not ranked yet."""
    model = manifest.model
    badge: Badge = "stale" if is_stale(card, scorer) else "scored"
    return Row(
        submission=submission,
        model=model.name,
        version=model.version,
        institution=model.institution,
        year=model.year,
        links=model.links,
        license=model.license,
        inputs=manifest.inputs,
        trained_on=is_trained_on(dataset, manifest.training_data),
        badge=badge,
        n=card.n,
        scores={name: card.metrics[name] for name in shown if name in card.metrics},
        scorecard=card.key,
        predictions_sha256=card.predictions_sha256,
    )


def _board(
    board: BoardId,
    n: int,
    columns: Sequence[Column],
    main: Column,
    rows: Sequence[Row],
) -> Board:
    """Return a board with its rows ranked by the main metric.

    Rows without it stand apart, and so do stale ones, because numbers of two scorers are not
    compared, and published ones whose model was scored here.
    """
    ranked: list[Row] = []
    unranked: list[Row] = []
    for row in rows:
        valued = row.shown(main.id) is not None
        counts = valued and row.badge != "stale" and row.replaced_by is None
        (ranked if counts else unranked).append(row)
    return Board(
        dataset=board.dataset,
        section=board.section,
        n=n,
        main_metric=main.id,
        columns=tuple(columns),
        rows=rank_rows(ranked, main, NO_TABLES)[0],
        unranked=tuple(sorted(unranked, key=lambda row: row.submission)),
    )


def main_column(dataset: str, metric: str, columns: Iterable[Column]) -> Column:
    """Return the column that ranks.

    Raises:
        Misconfigured: It is not among the columns.
    """
    by_id: Mapping[str, Column] = {column.id: column for column in columns}
    if metric not in by_id:
        raise Misconfigured(
            f"the main metric {metric} of dataset {dataset} is not among the columns "
            f"({', '.join(by_id)}); add it to columns in leaderboard.yaml"
        )
    return by_id[metric]


def _answers(catalog: Catalog) -> tuple[PublishedAnswers, ...]:
    """Return the latest published results on questions, best overall first."""
    state = latest(catalog.published)
    answers = state.answers if state else ()
    return tuple(
        sorted(answers, key=lambda each: (-each.accuracy.get(OVERALL, 0.0), each.model.casefold()))
    )
