"""A repository's setup on GitHub: planned, and carried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.checks.setup.repository import check_setup
from bot.domain.repository_setup import WRITER_SECRETS, SetupPoint, SetupWish
from bot.jobs.installation import Installation
from bot.jobs.setup.wish import open_settings, read_setup
from bot.pipeline.setup import SetupRun


@dataclass(frozen=True)
class SetupResult:
    """What came of setting a repository up."""

    points: Sequence[SetupPoint]
    """Every point, as it was found."""
    left: Sequence[SetupPoint]
    """What is not in order afterwards."""
    reasons: Mapping[str, str]
    """Why the bot could not put a point right, by its name."""
    done: int
    """Changes that were made."""


def plan_setup(wish: SetupWish, secrets: Mapping[str, str]) -> Sequence[SetupPoint]:
    """Return every point of a repository's setup; nothing is changed."""
    host = open_settings(wish.repository)
    key = secrets.get(WRITER_SECRETS["app"])
    return check_setup(read_setup(host, wish, key))


def carry_out_setup(
    installation: Installation, wish: SetupWish, secrets: Mapping[str, str]
) -> SetupResult:
    """Do what a repository needs, and return what is left for a person."""
    host = open_settings(wish.repository)
    key = secrets.get(WRITER_SECRETS["app"])
    points = check_setup(read_setup(host, wish, key))
    author = installation.author()
    work = SetupRun(lambda one: host.repair(one, secrets, author))
    work.work_off(points)
    after = points
    if work.done:
        settled = replace(wish, replaces_secrets=False)
        after = check_setup(read_setup(host, settled, key))
    left = tuple(point for point in after if point.problem)
    return SetupResult(points, left, work.left, work.done)
