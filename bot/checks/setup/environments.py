"""The environments: who may open them, from which branch, and which secrets they hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.checks.setup.people import valid_maintainers
from bot.domain.repository_setup import (
    DEPLOY_KEY_TITLE,
    IDENTITY_SECRET,
    WRITER_SECRETS,
    ApiWrite,
    KeyWrite,
    RepositorySetup,
    SecretWrite,
    SetupPoint,
    Unreadable,
    unreadable,
)

SEALED, BOT, PAGES = "sealed", "bot", "github-pages"
MAX_REVIEWERS = 6
ADMINISTRATION = "administration: write"
ENVIRONMENTS = "environments: write"
# Rulesets do not make a branch "protected" here; with none that is, every branch would be let in.
ONE_BRANCH = {"protected_branches": False, "custom_branch_policies": True}


def check_environments(setup: RepositorySetup) -> Iterator[SetupPoint]:
    """Yield the points about each environment, and about its secrets."""
    for name in (SEALED, BOT, PAGES):
        yield from _check_environment(setup, name)
    yield from _check_secret(setup, SEALED, IDENTITY_SECRET)
    if setup.wish.writer == "app":
        for name in (BOT, SEALED):
            yield from _check_secret(setup, name, WRITER_SECRETS["app"])


def _check_environment(setup: RepositorySetup, name: str) -> Iterator[SetupPoint]:
    document = setup.settings.get(f"environments/{name}")
    label = f"environment {name}"
    place = f"Settings > Environments > {name}"
    if isinstance(document, Unreadable):
        yield unreadable(label, document)
        return
    rules = {rule.get("type"): rule for rule in (document or {}).get("protection_rules", ())}
    reviewing = rules.get("required_reviewers", {})
    present = [_reviewer(row) for row in reviewing.get("reviewers", ())]
    wanted = _wanted_reviewers(setup, name, present)
    prevents = bool(reviewing.get("prevent_self_review"))
    write = ApiWrite(
        "PUT",
        f"environments/{name}",
        {
            "wait_timer": rules.get("wait_timer", {}).get("wait_timer", 0),
            "prevent_self_review": prevents or (name == SEALED and setup.wish.prevent_self_review),
            "reviewers": [{"type": kind, "id": number} for kind, number, _ in wanted],
            "deployment_branch_policy": ONE_BRANCH,
        },
    )

    def point(part: str, problem: str, now: str, aim: str, *repairs: ApiWrite) -> SetupPoint:
        return SetupPoint(label + part, problem, place, ADMINISTRATION, now, aim, repairs)

    is_here = document is not None
    yield point("", "" if is_here else "it is not there", name if is_here else "", name, write)
    if name == SEALED:
        now, aim = (", ".join(who for *_, who in rows) for rows in (present, wanted))
        problem = "" if present else "there are none"
        if present and {row[:2] for row in present} != {row[:2] for row in wanted}:
            problem = f"they are not {aim}"
        repairs = (write,) if wanted else ()
        yield point(": reviewers", problem, now, aim or "give --maintainer", *repairs)
        if setup.wish.prevent_self_review:
            problem = "" if prevents else "who starts a run could approve it"
            now = "prevent_self_review: true" if prevents else ""
            yield point(": no self review", problem, now, "prevent_self_review: true", write)
    elif present:
        problem = "every run would wait for a person"
        yield point(": no reviewers", problem, ", ".join(who for *_, who in present), "", write)
    yield _branches_point(setup, name, write, document, place)


def _branches_point(
    setup: RepositorySetup, name: str, write: ApiWrite, document: Any, place: str
) -> SetupPoint:
    """Return whether only the branch with the entries may use an environment."""
    label, branch = f"environment {name}: branches", setup.wish.branch
    path = f"environments/{name}/deployment-branch-policies"
    listed = setup.settings.get(path)
    if isinstance(listed, Unreadable):
        return unreadable(label, listed)
    policies = (listed or {}).get("branch_policies", ())
    names = [f"{row.get('type', 'branch')} {row['name']}" for row in policies]
    is_custom = (document or {}).get("deployment_branch_policy") == ONE_BRANCH
    is_fine = is_custom and names == [f"branch {branch}"]
    repairs = [] if is_custom else [write]
    if f"branch {branch}" not in names:
        repairs.append(ApiWrite("POST", path, {"name": branch, "type": "branch"}))
    repairs += [
        ApiWrite("DELETE", f"{path}/{row['id']}")
        for row, shown in zip(policies, names, strict=True)
        if shown != f"branch {branch}"
    ]
    now = ", ".join(names) if is_custom else "any branch" if document else ""
    problem = "" if is_fine else f"only {branch} may use it"
    aim = f"branch {branch}"
    return SetupPoint(label, problem, place, ADMINISTRATION, now, aim, tuple(repairs))


def _wanted_reviewers(
    setup: RepositorySetup, name: str, present: list[tuple[str, int, str]]
) -> list[tuple[str, int, str]]:
    """Return who should be asked: the maintainers who were named, else who is asked now."""
    if name != SEALED:
        return []
    named = [("User", number, login) for login, number in valid_maintainers(setup)]
    return named[:MAX_REVIEWERS] or present


def _reviewer(row: dict[str, Any]) -> tuple[str, int, str]:
    who = row.get("reviewer") or {}
    shown = who.get("login") or who.get("slug") or "?"
    return str(row.get("type", "User")), int(who.get("id", 0)), str(shown)


def _check_secret(setup: RepositorySetup, environment: str, name: str) -> Iterator[SetupPoint]:
    label = f"secret {name} of {environment}"
    listed = setup.settings.get(f"environments/{environment}/secrets")
    if isinstance(listed, Unreadable):
        yield unreadable(label, listed)
        return
    is_set = name in {row["name"] for row in (listed or {}).get("secrets", ())}
    is_given = name in setup.wish.secrets
    problem = "" if is_set else "it is not set"
    if is_set and is_given and setup.wish.replaces_secrets:
        problem = "it is to be replaced"
    guard = (": branches", ": reviewers") if environment == SEALED else (": branches",)
    yield SetupPoint(
        label,
        problem,
        f"Settings > Environments > {environment} > Environment secrets",
        ENVIRONMENTS,
        "set" if is_set else "",
        "set" if is_set or is_given else "set; its value is not known here",
        (SecretWrite(environment, name),) if is_given else (),
        after=(f"environment {environment}", *(f"environment {environment}{g}" for g in guard)),
    )


def check_deploy_keys(setup: RepositorySetup) -> Iterator[SetupPoint]:
    """Yield whether the bot's deploy key is whole, and the only one that may write.

    A ruleset lets every deploy key by, or none: another key that may write is as good as the bot's.
    """
    if setup.wish.writer != "deploy-key":
        return
    keys = setup.settings.get("keys")
    name, secret = WRITER_SECRETS["deploy-key"], "deploy key"
    if isinstance(keys, Unreadable):
        yield unreadable(secret, keys)
        return
    ours = [row for row in keys or () if row["title"] == DEPLOY_KEY_TITLE]
    for row in keys or ():
        if row not in ours and not row["read_only"]:
            yield SetupPoint(
                f"deploy key {row['title']}",
                "it may write, so it passes by the rules as the bot's own does",
                "Settings > Deploy keys",
                ADMINISTRATION,
                "may write",
                "may read only, or is removed",
            )
    holds = []
    for environment in (BOT, SEALED):
        listed = setup.settings.get(f"environments/{environment}/secrets")
        if isinstance(listed, Unreadable):
            yield unreadable(secret, listed)
            return
        holds.append(name in {row["name"] for row in (listed or {}).get("secrets", ())})
    writes = [row for row in ours if not row["read_only"]]
    lacking = [
        *([] if len(writes) == 1 == len(ours) else ["one public half that may write"]),
        *(f"{name} of {e}" for e, held in zip((BOT, SEALED), holds, strict=True) if not held),
    ]
    replaces = tuple(int(row["id"]) for row in ours)
    yield SetupPoint(
        secret,
        f"it lacks {', '.join(lacking)}" if lacking else "",
        "Settings > Deploy keys; Settings > Environments",
        f"{ADMINISTRATION} and {ENVIRONMENTS}",
        f"{len(ours)} named {DEPLOY_KEY_TITLE}" if ours or any(holds) else "",
        f"one named {DEPLOY_KEY_TITLE}, private half in {BOT} and {SEALED}",
        (KeyWrite((BOT, SEALED), replaces),),
        after=(f"environment {BOT}: branches", f"environment {SEALED}: branches"),
    )
