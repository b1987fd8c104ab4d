"""The file CODEOWNERS: it must name people who can approve."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from bot.checks.setup.people import valid_maintainers
from bot.checks.setup.rules import Protection, protection_of
from bot.domain.repository_setup import (
    ApiWrite,
    RepositorySetup,
    SetupPoint,
    Unreadable,
    unreadable,
)

CONTENTS = "contents: write"
CODE_OWNERS = ".github/CODEOWNERS"
CODE_OWNERS_PLACE = f"edit {CODE_OWNERS}"
BAD_OWNER = frozenset({"Unknown owner", "Invalid owner"})
FIRST_CODE_OWNERS = """\
# Who must approve. `leaderboard/` has no owner: only the bot writes it.
* {owners}
/leaderboard/
"""


def check_code_owners(setup: RepositorySetup) -> Iterator[SetupPoint]:
    """Yield whether CODEOWNERS names people who can approve; a name unknown here is ignored."""
    branch = setup.wish.branch
    document = setup.settings.get("contents/.github/CODEOWNERS?ref={branch}")
    faults = setup.settings.get("codeowners/errors?ref={branch}")
    if isinstance(document, Unreadable) or isinstance(faults, Unreadable):
        yield unreadable("CODEOWNERS", Unreadable("contents: read"))
        return
    text = base64.b64decode(document["content"]).decode(errors="replace") if document else ""
    errors = (faults or {}).get("errors", ())
    lines = sorted({int(error["line"]) for error in errors})
    owners = [login for login, _ in valid_maintainers(setup)]
    proposed = propose_code_owners(text, [e for e in errors if e["kind"] in BAD_OWNER], owners)
    names_somebody = any(
        word.startswith("@")
        for row in text.splitlines()
        for word in row.partition("#")[0].split()[1:]
    )
    problem = ""
    if not text:
        problem = "it is not there"
    elif errors:
        problem = (
            f"GitHub cannot read line {', '.join(map(str, lines))} of it as people who may write"
        )
    elif not names_somebody:
        problem = "it names nobody"
    protection = protection_of(setup, "{branch}")
    is_open = isinstance(protection, Protection) and not protection.asks_for_pull_requests
    body: dict[str, Any] = {
        "message": "Name the people who approve",
        "content": base64.b64encode(proposed.encode()).decode(),
        "branch": branch,
    }
    if document:
        body["sha"] = document["sha"]
    write = ApiWrite("PUT", f"contents/{CODE_OWNERS}", body, CONTENTS)
    place = CODE_OWNERS_PLACE
    if problem and owners and not is_open:
        place = f"{CODE_OWNERS_PLACE} in a pull request, since {branch} is protected"
    yield SetupPoint(
        "CODEOWNERS",
        problem,
        place,
        CONTENTS,
        _shown(text),
        _shown(proposed if problem and owners else text) or "give --maintainer",
        (write,) if owners and is_open and proposed != text else (),
    )


def propose_code_owners(text: str, errors: list[dict[str, Any]], owners: list[str]) -> str:
    r"""Return a CODEOWNERS file in which lines that name nobody name these people.

    Example:
        >>> propose_code_owners("* @gone\n/x/\n", [{"line": 1}], ["ada"])
        '* @ada\n/x/\n'
        >>> propose_code_owners("", [], ["ada"]).splitlines()[1:]
        ['* @ada', '/leaderboard/']
    """
    named = " ".join(f"@{owner}" for owner in owners)
    rows = text.splitlines()
    if not any(row.partition("#")[0].split()[1:] for row in rows):
        return FIRST_CODE_OWNERS.format(owners=named)
    for error in errors:
        number = int(error["line"]) - 1
        pattern = rows[number].split()[0]
        rows[number] = f"{pattern} {named}"
    return "\n".join(rows) + "\n"


def _shown(text: str) -> str:
    rows = [" ".join(row.split()) for row in text.splitlines() if row.strip()]
    return "; ".join(row for row in rows if not row.startswith("#"))
