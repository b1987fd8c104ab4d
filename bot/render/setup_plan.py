"""The set-up of a repository in words: a plan, what is left, and what the doctor says of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.domain.repository_setup import (
    ApiWrite,
    KeyWrite,
    Repair,
    SecretWrite,
    SetupPoint,
)

NAME_WIDTH = 44


def plan_lines(points: Iterable[SetupPoint]) -> Iterator[str]:
    """Yield a line for each point: what happens to it, its value now and the value wanted."""
    for point in points:
        values = point.wanted or point.note
        if point.problem:
            values = f"{point.now or 'nothing'} -> {point.wanted or point.problem}"
            if not point.repairs:
                values = place_of(point)
        yield f"{point.change:<9}{point.name:<{NAME_WIDTH}} {values}".rstrip()


def left_lines(points: Iterable[SetupPoint], reasons: Mapping[str, str]) -> Iterator[str]:
    """Yield what a person has to do, with the place to do it and why it was not done."""
    for point in points:
        reason = reasons.get(point.name, "")
        said = "" if reason in {"", point.problem} else f" ({reason})"
        yield f"{point.name}: {place_of(point)}{said}"


def place_of(point: SetupPoint) -> str:
    """Return what is wrong with a point, and where a person sets it right."""
    places = [point.where] if point.where else []
    if not point.where and point.needs:
        places = [f"give the token `{point.needs}`"]
    return "; ".join([point.problem, *places])


def fix_of(point: SetupPoint, repository: str) -> str:
    """Return where to click, or which call of the API does the same.

    Example:
        >>> write = ApiWrite("POST", "pages", {})
        >>> point = SetupPoint("Pages", "there is no page", "Settings > Pages", repairs=(write,))
        >>> fix_of(point, "ada/board")
        'there is no page; Settings > Pages; or POST /repos/ada/board/pages'
    """
    calls = [
        f"or {one.method} /repos/{repository}/{one.path}".rstrip("/")
        for one in point.repairs
        if isinstance(one, ApiWrite)
    ]
    return "; ".join([place_of(point), *calls[:1]])


def plan_document(points: Iterable[SetupPoint], reasons: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the points for programs."""
    return [
        {
            "name": point.name,
            "change": point.change,
            "now": point.now,
            "wanted": point.wanted,
            "problem": point.problem,
            "where": point.where,
            "needs": point.needs,
            "note": point.note,
            "reason": reasons.get(point.name, ""),
            "writes": [describe_repair(one) for one in point.repairs] if point.problem else [],
        }
        for point in points
    ]


def describe_repair(repair: Repair) -> str:
    """Return a repair in one line; no value of a secret is part of it."""
    if isinstance(repair, ApiWrite):
        return f"{repair.method} {repair.path}".strip()
    if isinstance(repair, SecretWrite):
        return f"PUT environments/{repair.environment}/secrets/{repair.name}"
    if isinstance(repair, KeyWrite):
        return f"new deploy key, private half in {', '.join(repair.environments)}"
    return f"push an empty commit to {repair.branch}"
