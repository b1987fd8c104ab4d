"""The feed: entries that were scored here, and what changed in published tables."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.domain.text import counted
from bot.render.board.published_pages import KIND_WORDS
from bot.render.site.facts import Placing, SiteFacts, model_path
from bot.render.site.pages import render
from bot.render.words import numbers

_EPOCH = "2000-01-01T00:00:00Z"


@dataclass(frozen=True)
class News:
    """One entry of the feed."""

    id: str
    """What stays the same when the text changes."""
    updated: str
    """An RFC 3339 time."""
    title: str
    """One line."""
    path: str
    """Page about it, from the site's root."""
    text: str
    """What happened."""


def render_feed(facts: SiteFacts) -> str:
    """Return the feed as Atom.

    The leaderboard holds no clock: an entry that was scored here carries the first day of its
    model's year, and is news by its id, which changes when it is scored again.
    """
    news = sorted((*_scored(facts), *_changes(facts)), key=lambda one: one.id)
    news.sort(key=lambda one: one.updated, reverse=True)
    updated = news[0].updated if news else _EPOCH
    return render(
        "feed.xml",
        facts=facts,
        news=news,
        updated=updated,
        id=_tag(facts, "feed"),
        root=_root(facts),
    )


def _scored(facts: SiteFacts) -> list[News]:
    """Return an entry for each row that was scored here."""
    return [
        _about(facts, place)
        for entry in facts.entries
        for place in entry.places
        if place.row.badge != "published"
    ]


def _about(facts: SiteFacts, place: Placing) -> News:
    """Return the entry about one row."""
    board, row = place.board, place.row
    main = board.main
    rank = numbers.rank_with_interval(row.rank, row.rank_interval)
    key = row.scorecard[:12] if row.scorecard else "none"
    return News(
        id=_tag(facts, f"{board.id}:{row.submission}:{key}"),
        updated=f"{row.year}-01-01T00:00:00Z",
        title=f"{row.model} on {facts.board_title(board)}",
        path=model_path(row.submission),
        text=f"{main.title} {numbers.cell_with_interval(row.scores.get(main.id), main)}, "
        + (f"rank {rank} of {len(board.rows)}" if row.rank else "unranked"),
    )


def _changes(facts: SiteFacts) -> list[News]:
    """Return an entry for each step from one published state to the next."""
    steps = dict.fromkeys((change.date, change.since) for change in facts.leaderboard.changes)
    found = []
    for date, since in steps:
        changes = [change for change in facts.leaderboard.changes if change.date == date]
        lines = [f"{change.model}: {KIND_WORDS[change.kind]}" for change in changes]
        found.append(
            News(
                id=_tag(facts, f"published:{date}"),
                updated=f"{date if len(date) > 7 else f'{date}-01'}T00:00:00Z",
                title=f"Published tables, {since} to {date}: {counted(len(changes), 'change')}",
                path="changes/",
                text=". ".join(dict.fromkeys(lines)),
            )
        )
    return found


def _tag(facts: SiteFacts, what: str) -> str:
    """Return a name that no other feed has: RFC 4151."""
    repository = urlsplit(facts.leaderboard.repository)
    return f"tag:{repository.hostname},2026:{repository.path.strip('/')}:{what}"


def _root(facts: SiteFacts) -> str:
    """Return what goes before an address: the site's own, or nothing."""
    return f"{facts.address}/" if facts.address else ""
