"""The leaderboard as files: Markdown to read, CSV and JSON to compute with. No clock inside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from bot.domain.board import BoardId
from bot.domain.leaderboard import Board, Leaderboard
from bot.render.board.board_csv import render_board_csv, render_pairs_csv
from bot.render.board.board_page import (
    BADGE_WORDS,
    SECTION_WORDS,
    TRAINED_ON,
    render_board_markdown,
    waiting_list,
)
from bot.render.board.published_pages import (
    ANSWERS,
    ANSWERS_CSV,
    CHANGES,
    render_answers,
    render_answers_csv,
    render_changes,
    sources_table,
)
from bot.render.words import numbers
from bot.render.words.markdown import code, fence, link, some_of, table, text

_INTRO = (
    "`rexrank publish` makes this page from the entries under `submissions/`, the scores in the "
    "ledger and tables that were published elsewhere. What is edited here is lost."
)


def leaderboard_files(leaderboard: Leaderboard) -> dict[str, bytes]:
    """Return every file of `leaderboard/`, keyed by its path inside it, in sorted order.

    A board has a page and a CSV file once an entry takes part in it, and a file of pairs once two
    entries can be compared study by study.
    """
    cards = {card.id: card for card in leaderboard.datasets}
    files = {"README.md": render_readme(leaderboard)}
    for board in leaderboard.boards:
        if not _has_page(board, leaderboard):
            continue
        waiting = [entry for entry in leaderboard.waiting if entry.board == board.id]
        files[f"{board.id}.md"] = render_board_markdown(board, cards[board.dataset], waiting)
        files[f"{board.id}.csv"] = render_board_csv(board)
        if board.pairs:
            files[f"{board.id}.pairs.csv"] = render_pairs_csv(board)
    if leaderboard.published:
        files[CHANGES] = render_changes(leaderboard)
    if leaderboard.answers:
        files[ANSWERS] = render_answers(leaderboard.answers)
        files[ANSWERS_CSV] = render_answers_csv(leaderboard.answers)
    encoded = {name: content.encode() for name, content in files.items()}
    return dict(sorted({**encoded, "leaderboard.json": leaderboard.to_json()}.items()))


def render_readme(leaderboard: Leaderboard) -> str:
    """Return the overview: every board, every entry's ranks, and how to take part."""
    has_page = {board.id for board in leaderboard.boards if _has_page(board, leaderboard)}
    titles = {card.id: card.title for card in leaderboard.datasets}
    boards = [
        (
            _page_link(board, titles[board.dataset], has_page),
            f"{board.n:,}",
            text(numbers.heading(board.main)),
            str(len(board.all_rows)),
            _first(board),
        )
        for board in leaderboard.boards
    ]
    parts = [
        f"# {text(leaderboard.title)}",
        _INTRO,
        "## Boards\n\n"
        + table(("Board", "Studies", "Ranked by", "Entries", "First"), boards, right=(1, 3)),
        _ranks(leaderboard, titles),
    ]
    if leaderboard.waiting:
        parts.append(waiting_list(leaderboard.waiting, titles))
    if leaderboard.published:
        parts.append(_published(leaderboard))
    parts.append(
        "## How to submit\n\n"
        "Run `rexrank init`, `rexrank validate` and `rexrank score`, then open a pull request to "
        f"{link('the repository', leaderboard.repository)} that adds one folder below "
        "`submissions/`. The bot answers there within minutes."
    )
    parts.append(_cite(leaderboard))
    return "\n\n".join(parts) + "\n"


def _first(board: Board) -> str:
    """Return the models that are first, or share the first place."""
    return some_of([row.model for row in board.rows if row.rank == 1]) or numbers.MISSING


def _ranks(leaderboard: Leaderboard, titles: Mapping[str, str]) -> str:
    """Return every entry's rank on every board that has entries, a table for each section."""
    parts = ["## Ranks"]
    for section, words in SECTION_WORDS.items():
        boards = [
            board for board in leaderboard.boards if board.section == section and board.all_rows
        ]
        if boards:
            parts += [f"### {words.capitalize()}", _section_ranks(boards, titles)]
    if len(parts) == 1:
        return "No entry has been scored yet."
    parts.append(
        f'{TRAINED_ON} trained on this dataset. "-" means that the entry does not take part. '
        "In brackets, the 95 % interval of the rank, where per-study scores are kept. "
        "Entries that no test tells apart share a rank."
    )
    return "\n\n".join(parts)


def _section_ranks(boards: Sequence[Board], titles: Mapping[str, str]) -> str:
    """Return the ranks on boards of one section as a table, best ranks first."""
    ranks: dict[str, dict[str, str]] = {}
    shown: dict[str, str] = {}
    badges: dict[str, dict[str, None]] = {}
    order: dict[str, int] = {}
    for board in boards:
        for row in board.all_rows:
            shown[row.submission] = f"{text(row.model)} {text(row.version or '')}".rstrip()
            badges.setdefault(row.submission, {})[BADGE_WORDS[row.badge]] = None
            mark = f" {TRAINED_ON}" if row.trained_on else ""
            rank = numbers.rank_with_interval(row.rank, row.rank_interval)
            ranks.setdefault(row.submission, {})[board.dataset] = (
                "unranked" if row.rank is None else rank
            ) + mark
            if row.rank is not None:
                order[row.submission] = min(row.rank, order.get(row.submission, row.rank))
    last = max(order.values(), default=0) + 1
    common = Counter(shown.values())
    cells = [
        [
            shown[entry] if common[shown[entry]] == 1 else f"{shown[entry]} {code(entry)}",
            *(ranks[entry].get(board.dataset, numbers.MISSING) for board in boards),
            ", ".join(badges[entry]),
        ]
        for entry in sorted(ranks, key=lambda entry: (order.get(entry, last), entry))
    ]
    heads = [f"[{text(titles[board.dataset])}]({board.id}.md)" for board in boards]
    return table(["Model", *heads, "Scores"], cells, right=range(1, len(heads) + 1))


def _published(leaderboard: Leaderboard) -> str:
    """Return what was taken from published tables, and where more of it is."""
    more = [f"[What changed between these states]({CHANGES})."]
    if leaderboard.answers:
        more.append(f"Questions about images have [a table of their own]({ANSWERS}).")
    return (
        "## Published tables\n\n"
        "Rows with the words *published elsewhere* are from the latest of these states. Nobody "
        "scored them here: their values are as published, rounded there, without intervals.\n\n"
        f"{sources_table(leaderboard)}\n\n{' '.join(more)}"
    )


def _cite(leaderboard: Leaderboard) -> str:
    """Return what to cite: the leaderboard where it has an entry, and the datasets."""
    own = f"{fence(leaderboard.citation, 'bibtex')}\n\n" if leaderboard.citation else ""
    return f"## How to cite\n\n{own}Each board's page has the BibTeX entry of its dataset."


def _page_link(board: Board, title: str, has_page: Collection[BoardId]) -> str:
    """Return a board's name, linked to its page where it has one."""
    label = f"{text(title)}: {SECTION_WORDS[board.section]}"
    return f"[{label}]({board.id}.md)" if board.id in has_page else label


def _has_page(board: Board, leaderboard: Leaderboard) -> bool:
    """Return whether an entry takes part in a board, scored or not."""
    return bool(board.all_rows) or any(entry.board == board.id for entry in leaderboard.waiting)
