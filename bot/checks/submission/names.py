"""Whether an entry's names are its own, and not made to look like those of another team."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.checks.submission.lookalikes import fold_name, looks_like
from bot.domain.finding import Finding
from bot.domain.manifest import Manifest
from bot.domain.published import Snapshot
from bot.domain.rules import RULES

MODEL_NAME = "/model/name"


@dataclass(frozen=True)
class KnownName:
    """A name that the leaderboard shows already."""

    text: str
    """The name."""
    where: str
    """Who has it, as a message says it."""


def check_names(
    path: str,
    manifest: Manifest,
    strangers: Sequence[tuple[str, Manifest]],
    published: Iterable[Snapshot],
) -> Iterator[Finding]:
    """Yield what is wrong with an entry's names beside those of others.

    Args:
        path: The entry's manifest.
        manifest: Its content.
        strangers: Folder name and manifest of each entry of other teams.
        published: Tables of other leaderboards, whose names are shown too. The same name is fine:
            who published a model may submit it.
    """
    yield from check_duplicate(path, manifest, strangers)
    rows = [row for snapshot in published for row in snapshot.rows]
    models = [
        *(KnownName(other.model.name, f"the entry {name}") for name, other in strangers),
        *(KnownName(row.model, "a published row") for row in rows),
    ]
    teams = [
        *(
            KnownName(text, f"the entry {name}")
            for name, other in strangers
            for text in teams_of(other)
        ),
        *(KnownName(row.institution, "a published row") for row in rows),
    ]
    texts = [
        (MODEL_NAME, manifest.model.name, models),
        ("/model/institution", manifest.model.institution, teams),
        ("/team", manifest.team, teams),
    ]
    for pointer, text, known in texts:
        if text is not None:
            yield from check_imitation(path, pointer, text, known)


def teams_of(manifest: Manifest) -> tuple[str, ...]:
    """Return the names by which an entry says who made it."""
    return (manifest.model.institution, *([manifest.team] if manifest.team else []))


def other_teams(
    submission: str, manifest: Manifest, entries: Iterable[tuple[str, Manifest]]
) -> list[tuple[str, Manifest]]:
    """Return the entries of other teams: those that share no submitter with this one."""
    own = {login.casefold() for login in manifest.submitters}
    return [
        (name, other)
        for name, other in entries
        if name != submission and own.isdisjoint(login.casefold() for login in other.submitters)
    ]


def check_duplicate(
    path: str, manifest: Manifest, strangers: Iterable[tuple[str, Manifest]]
) -> Iterator[Finding]:
    """Yield a finding when another team's model has this name; an error for the same version."""
    name, version = fold_name(manifest.model.name), fold_name(manifest.model.version)
    shared = [(n, other.model) for n, other in strangers if fold_name(other.model.name) == name]
    taken = [(n, model) for n, model in shared if fold_name(model.version) == version]
    for other, model in taken[:1] or shared[:1]:
        slug = "name-taken" if taken else "name-shared"
        message = f"the entry {other} of other submitters shows a model of this name"
        yield RULES[f"manifest.{slug}"].finding(
            path, message=message, pointer=MODEL_NAME, seen=f"{model.name}, version {model.version}"
        )


def check_imitation(
    path: str, pointer: str, text: str, known: Iterable[KnownName]
) -> Iterator[Finding]:
    """Yield a finding when a text looks like a known name and is spelt otherwise."""
    texts = {one.text: one.where for one in reversed(list(known))}
    if any(fold_name(text) == fold_name(other) for other in texts):
        return
    for other, where in texts.items():
        if looks_like(text, other):
            message = f"this cannot be told from the name of {where}"
            seen = f"{text}, {describe_difference(text, other)}; {other}"
            rule = RULES["manifest.name-imitates"]
            yield rule.finding(path, message=message, pointer=pointer, seen=seen)
            return


def describe_difference(text: str, other: str) -> str:
    r"""Return the last character, by its number, of a text that another one does not have.

    Example:
        >>> describe_difference("\u041cedGemma", "MedGemma")
        'with U+041C CYRILLIC CAPITAL LETTER EM'
    """
    signs = [sign for sign in text if sign not in other] or [text[0]]
    sign = max(signs, key=ord)
    return f"with U+{ord(sign):04X} {unicodedata.name(sign, '')}".rstrip()
