"""The leaderboard from the entries on main and the ledger: a pure function of the two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.domain.catalog import Catalog
from bot.domain.column import Column
from bot.domain.dataset import DatasetCard
from bot.domain.leaderboard import Badge, Board, Leaderboard, Row, Waiting
from bot.domain.manifest import Manifest, PredictionsEntry, board_id
from bot.domain.scorecard import Fingerprint, Scorecard
from bot.domain.value import Section
from bot.errors import Misconfigured
from bot.render.comment_parts import Neighbour, RankPreview
from bot.render.numbers import value_of
from bot.stats.ranking import rank_values


def build_leaderboard(
    catalog: Catalog,
    columns: Sequence[Column],
    entries: Sequence[tuple[str, Manifest]],
    scorecards: Sequence[Scorecard],
    scorer: Fingerprint | None,
) -> Leaderboard:
    """Return the leaderboard; the order of entries and scorecards makes no difference to it.

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
    for dataset, section in catalog.boards():
        rows = []
        for submission, manifest in sorted(entries, key=lambda entry: entry[0]):
            entry = _entry_for(manifest, dataset.id, section)
            if entry is None:
                continue
            candidates = by_predictions.get(entry.sha256, ())
            chosen = _choose(catalog, dataset, section, candidates, scorer)
            if chosen is None:
                waiting.append(
                    Waiting(
                        submission=submission,
                        model=manifest.model.name,
                        dataset=dataset.id,
                        section=section,
                    )
                )
            else:
                rows.append(_row(submission, manifest, dataset, chosen, scorer))
        boards.append(_board(catalog, dataset, section, columns, rows))
    return Leaderboard(
        title=catalog.card.title,
        repository=catalog.card.repository,
        datasets=tuple(catalog.datasets.values()),
        boards=tuple(boards),
        waiting=tuple(waiting),
    )


def preview_rank(board: Board, scorecard: Scorecard, submission: str | None = None) -> RankPreview:
    """Return where a scorecard would stand on a board if its entry were merged.

    Args:
        board: The board as it is on main.
        scorecard: Scores of the entry.
        submission: The entry's folder name: its own present row is not a neighbour.
    """
    column = _main_column(board.dataset, board.main_metric, board.columns)
    others = [
        (row, value)
        for row in board.rows
        if row.submission != submission
        and (value := value_of(row.scores.get(board.main_metric))) is not None
    ]
    own = value_of(scorecard.metrics.get(board.main_metric))
    values = [*(value for _, value in others), own]
    rank = rank_values(values, column.direction)[-1]
    above = below = None
    if own is not None:
        better = [other for other in others if _is_better(other[1], own, column)]
        worse = [other for other in others if _is_better(own, other[1], column)]
        above = _neighbour(better[-1:])
        below = _neighbour(worse[:1])
    return RankPreview(
        board=board_id(board.dataset, board.section),
        column=column,
        rank=rank,
        of=len(others) + (rank is not None),
        value=own,
        tied=sum(value == own for _, value in others),
        above=above,
        below=below,
    )


def is_trained_on(dataset: DatasetCard, training_data: Iterable[str]) -> bool:
    """Return whether the authors list a dataset, by its id or another of its names."""
    names = {name.strip().casefold() for name in (dataset.id, *dataset.trained_on_aliases)}
    return any(listed.strip().casefold() in names for listed in training_data)


def is_stale(card: Scorecard, scorer: Fingerprint | None) -> bool:
    """Return whether a scorecard was made by a scorer whose numbers can differ from today's."""
    return scorer is not None and card.fingerprint.contradicts(scorer)


def _entry_for(manifest: Manifest, dataset: str, section: Section) -> PredictionsEntry | None:
    """Return the predictions file of a board, None when the entry does not take part in it."""
    return next(
        (e for e in manifest.predictions if (e.dataset, e.section) == (dataset, section)), None
    )


def _choose(
    catalog: Catalog,
    dataset: DatasetCard,
    section: Section,
    candidates: Iterable[Scorecard],
    scorer: Fingerprint | None,
) -> Scorecard | None:
    """Return the scorecard that counts for a file on a board, None when there is none yet.

    It scored every study of the board as it is now. The current scorer's is taken before any
    other; among the others, which carry no date, the one with the most to show.
    """
    studies = catalog.board_studies(dataset.id, section)
    main = catalog.main_metric(dataset.id)
    matching = [
        card
        for card in candidates
        if (card.dataset, card.section) == (dataset.id, section)
        and card.n == dataset.sections[section]
        and not card.official_none
        and (studies is None or card.references_commitment == studies.commitment)
    ]
    if len(matching) == 1:
        return matching[0]  # the usual case, and the key below is costly
    return min(
        matching,
        key=lambda card: (
            is_stale(card, scorer),
            value_of(card.metrics.get(main)) is None,
            -sum(value_of(score) is not None for score in card.metrics.values()),
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
) -> Row:
    """Return an entry's row, not ranked yet."""
    model = manifest.model
    badge: Badge = "stale" if is_stale(card, scorer) else "scored"
    return Row(
        rank=None,
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
        scores=card.metrics,
        scorecard=card.key,
        predictions_sha256=card.predictions_sha256,
    )


def _board(
    catalog: Catalog,
    dataset: DatasetCard,
    section: Section,
    columns: Sequence[Column],
    rows: Sequence[Row],
) -> Board:
    """Return a board with its rows ranked by the main metric.

    Rows without it stand apart, and so do stale ones: numbers of two scorers are not compared.
    """
    main = catalog.main_metric(dataset.id)
    column = _main_column(dataset.id, main, columns)
    values = [None if row.badge == "stale" else value_of(row.scores.get(main)) for row in rows]
    ranks = rank_values(values, column.direction)
    ranked = [
        (rank, row.submission, row.model_copy(update={"rank": rank}))
        for rank, row in zip(ranks, rows, strict=True)
        if rank is not None
    ]
    return Board(
        dataset=dataset.id,
        section=section,
        n=dataset.sections[section],
        main_metric=main,
        columns=tuple(columns),
        rows=tuple(row for _, _, row in sorted(ranked, key=lambda item: item[:2])),
        unranked=tuple(row for rank, row in zip(ranks, rows, strict=True) if rank is None),
    )


def _main_column(dataset: str, metric: str, columns: Iterable[Column]) -> Column:
    """Return the column that ranks."""
    by_id: Mapping[str, Column] = {column.id: column for column in columns}
    if metric not in by_id:
        raise Misconfigured(
            f"the main metric {metric} of dataset {dataset} is not among the columns "
            f"({', '.join(by_id)}); add it to columns in leaderboard.yaml"
        )
    return by_id[metric]


def _is_better(one: float, other: float, column: Column) -> bool:
    """Return whether a value stands strictly above another in a column."""
    return one > other if column.direction == "higher" else one < other


def _neighbour(rows: Sequence[tuple[Row, float]]) -> Neighbour | None:
    """Return the only row given as a neighbour, None when none is."""
    return Neighbour(model=rows[0][0].model, value=rows[0][1]) if rows else None
