"""What a repository's settings should be, what is missing of it, and what would repair it.

`rexrank setup` does the repairs and `rexrank doctor --github` shows the problems of the same list.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.checks.setup.branches import check_branches, check_ledger_branch
from bot.checks.setup.code_owners import check_code_owners
from bot.checks.setup.environments import check_deploy_keys, check_environments
from bot.checks.setup.people import check_app, check_card, check_maintainers
from bot.domain.label import LABELS
from bot.domain.repository_setup import (
    VARIABLES,
    ApiWrite,
    RepositorySetup,
    SetupPoint,
    Unreadable,
    unreadable,
)

IMAGE_VARIABLE = "REXRANK_SCORER_IMAGE"
OPTIONAL = frozenset({"REXRANK_SITE", "REXRANK_APP_ID", "REXRANK_BOT_LOGIN"})
ACTIONS_LOGIN = "github-actions[bot]"

VARIABLES_PLACE = "Settings > Secrets and variables > Actions > Variables"
ACTIONS_PLACE = "Settings > Actions > General"
ADMINISTRATION = "administration: write"
ISSUES = "issues: write"
VARIABLES_WRITE = "variables: write"
PAGES_WRITE = "pages: write and administration: write"


def check_setup(setup: RepositorySetup) -> tuple[SetupPoint, ...]:
    """Return every point of a setup, those in order among them, in the order of setting them up.

    Rules come last: what they protect must be right before it is hard to change.
    """
    parts = (
        check_card,
        check_maintainers,
        check_app,
        check_labels,
        check_variables,
        check_environments,
        check_deploy_keys,
        check_code_owners,
        check_ledger_branch,
        check_actions,
        check_merging,
        check_pages,
        check_branches,
    )
    return tuple(point for part in parts for point in part(setup))


def check_labels(setup: RepositorySetup) -> Iterator[SetupPoint]:
    """Yield the points about the labels that a run's token could not make."""
    present = setup.settings.get("labels")
    if isinstance(present, Unreadable):
        yield unreadable("labels", present)
        return
    known = {row["name"].casefold(): row for row in present or ()}
    for label in LABELS:
        row = known.get(label.name.casefold())
        now = f"#{row['color']} {row.get('description') or ''}".strip() if row else ""
        wanted = f"#{label.color} {label.description}"
        values = {"color": label.color, "description": label.description}
        path = "labels" if row is None else f"labels/{row['name']}"
        write = (
            ApiWrite("POST", path, {"name": label.name, **values}, ISSUES)
            if row is None
            else ApiWrite("PATCH", path, {"new_name": label.name, **values}, ISSUES)
        )
        problem = "it is not there" if row is None else "it looks otherwise"
        yield SetupPoint(
            f"label {label.name}",
            problem if now.casefold() != wanted.casefold() else "",
            "Issues > Labels",
            ISSUES,
            now,
            wanted,
            (write,),
        )


def check_variables(setup: RepositorySetup) -> Iterator[SetupPoint]:
    """Yield the points about the repository's variables; one that is set is kept unless given."""
    document = setup.settings.get("actions/variables")
    if isinstance(document, Unreadable):
        yield unreadable("variables", document)
        return
    values = {row["name"]: row["value"] for row in (document or {}).get("variables", ())}
    unneeded = () if setup.wish.writer == "app" else ("REXRANK_APP_ID", "REXRANK_BOT_LOGIN")
    for name in VARIABLES:
        now = values.get(name, "")
        given = setup.wish.variables.get(name, "")
        wanted = given or now
        problem = _problem_of(name, wanted, setup)
        method, path = ("PATCH", f"/{name}") if name in values else ("POST", "")
        body = {"name": name, "value": wanted}
        write = ApiWrite(method, f"actions/variables{path}", body, VARIABLES_WRITE)
        differs = bool(given) and given != now
        if differs and not problem:
            problem = f"it is not {given}" if now else "it is not set"
        yield SetupPoint(
            f"variable {name}",
            problem,
            VARIABLES_PLACE,
            VARIABLES_WRITE,
            now,
            wanted or VARIABLES[name],
            (write,) if differs else (),
            note="" if wanted or name in unneeded else f"it is not set: {VARIABLES[name]}",
        )


def _problem_of(name: str, value: str, setup: RepositorySetup) -> str:
    """Return what is wrong with the value that a variable has, or is about to get."""
    by_app = setup.wish.writer == "app"
    if name == "REXRANK_APP_ID" and value and not by_app:
        return f"it names app {value}, though none is to write; remove it, or give --app"
    if name == "REXRANK_BOT_LOGIN":
        login = value or setup.wish.bot_login
        if by_app and login == ACTIONS_LOGIN:
            return "it must be the app's account, such as my-app[bot]; give --bot-login"
        if not by_app and login != ACTIONS_LOGIN:
            return f"without an app comments come from {ACTIONS_LOGIN}, not from {login}"
    if not value and name not in OPTIONAL:
        return "it is not set; set it when you know it"
    if name == IMAGE_VARIABLE and "@sha256:" not in value:
        return "it names an image without a digest, which can be moved"
    return ""


def check_actions(setup: RepositorySetup) -> Iterator[SetupPoint]:
    """Yield the points about what workflows may do."""
    path = "actions/permissions/workflow"
    wanted: dict[str, Any] = {
        "default_workflow_permissions": "read",
        "can_approve_pull_request_reviews": False,
    }
    write = ApiWrite("PUT", path, wanted)
    yield _field(setup, "Actions: token", write, "default_workflow_permissions")
    yield _field(setup, "Actions: no approvals", write, "can_approve_pull_request_reviews")
    path = "actions/permissions/fork-pr-contributor-approval"
    write = ApiWrite("PUT", path, {"approval_policy": "all_external_contributors"})
    yield _field(setup, "Actions: forks", write, "approval_policy")
    present = setup.settings.get("actions/permissions")
    kept: dict[str, Any] = {"enabled": True, "sha_pinning_required": True}
    if isinstance(present, dict) and "allowed_actions" in present:
        kept["allowed_actions"] = present["allowed_actions"]
    write = ApiWrite("PUT", "actions/permissions", kept)
    yield _field(setup, "Actions: on", write, "enabled")
    yield _field(setup, "Actions: pinned", write, "sha_pinning_required")


def check_merging(setup: RepositorySetup) -> Iterator[SetupPoint]:
    """Yield the points about how pull requests may be merged."""
    wanted: dict[str, Any] = {"allow_merge_commit": True, "allow_auto_merge": False}
    if setup.wish.squash is not None:
        wanted["allow_squash_merge"] = setup.wish.squash
    write = ApiWrite("PATCH", "", wanted)
    place = "Settings > General > Pull Requests"
    for key, name in (
        ("allow_merge_commit", "merging: merge commits"),
        ("allow_squash_merge", "merging: squash"),
        ("allow_auto_merge", "merging: not automatic"),
    ):
        if key in wanted:
            yield _field(setup, name, write, key, place)


def _field(
    setup: RepositorySetup, name: str, write: ApiWrite, key: str, place: str = ACTIONS_PLACE
) -> SetupPoint:
    """Return the point of one field of a document that is written as it is read."""
    present = setup.settings.get(write.path)
    if isinstance(present, Unreadable):
        return unreadable(name, present)
    wanted = write.body[key]
    if not write.path and key not in (present or {}):
        return unreadable(name, Unreadable(ADMINISTRATION))
    seen = (present or {}).get(key)
    problem = "" if seen == wanted else f"{key} must be {_spell(wanted)}"
    now = "" if seen is None else f"{key}: {_spell(seen)}"
    return SetupPoint(
        name, problem, place, ADMINISTRATION, now, f"{key}: {_spell(wanted)}", (write,)
    )


def _spell(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def check_pages(setup: RepositorySetup) -> Iterator[SetupPoint]:
    """Yield the point about the web page."""
    pages = setup.settings.get("pages")
    if isinstance(pages, Unreadable):
        yield unreadable("Pages", pages)
        return
    now = f"build_type: {pages.get('build_type')}" if pages else ""
    problem = "" if now == "build_type: workflow" else "it is not built by a workflow"
    method = "PUT" if pages else "POST"
    write = ApiWrite(method, "pages", {"build_type": "workflow"}, PAGES_WRITE)
    yield SetupPoint(
        "Pages",
        problem if pages else "there is no page",
        "Settings > Pages > Source: GitHub Actions",
        PAGES_WRITE,
        now,
        "build_type: workflow",
        (write,),
    )
