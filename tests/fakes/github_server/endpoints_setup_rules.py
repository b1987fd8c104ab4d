"""Rulesets, and the older branch protection, which is only read."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from .accounts import ACTIONS_APP
from .calls import NOT_FOUND, Call, Listing, Refusal, Reply, endpoint
from .endpoints_repositories import REPO
from .endpoints_setup import demand, setting
from .state import Json, Repository

DEFAULTS: dict[str, Json] = {
    "pull_request": {"allowed_merge_methods": ["merge", "squash", "rebase"]},
    "required_status_checks": {"do_not_enforce_on_create": False},
    "update": {"update_allows_fetch_and_merge": False},
}
"""Parameters that GitHub adds when nobody gives them."""
NEED_PARAMETERS = ("pull_request", "required_status_checks")
SUMMARY = ("id", "name", "target", "source_type", "source", "enforcement")


def rules_of(repository: Repository, branch: str) -> list[Json]:
    """Return the rules that hold on a branch, each with its ruleset."""
    found = []
    for document in repository.rulesets.values():
        named = document["conditions"]["ref_name"]
        if document["enforcement"] != "active" or not _fits(repository, branch, named["include"]):
            continue
        if _fits(repository, branch, named["exclude"]):
            continue
        origin = {
            "ruleset_source_type": "Repository",
            "ruleset_source": repository.full_name,
            "ruleset_id": document["id"],
        }
        found += [rule | origin for rule in document["rules"]]
    return found


def _fits(repository: Repository, branch: str, patterns: list[str]) -> bool:
    ref = f"refs/heads/{branch}"
    special = {"~ALL": True, "~DEFAULT_BRANCH": branch == repository.default_branch}
    return any(special.get(pattern, fnmatchcase(ref, pattern)) for pattern in patterns)


@endpoint("GET", REPO + "/rules/branches/{branch}")
def list_branch_rules(call: Call) -> Listing:
    return Listing(rules_of(call.repository, call.params["branch"]), dict)


@setting("GET", "/branches/{branch}/protection", "administration: read")
def get_protection(call: Call) -> Reply:
    found = call.repository.protections.get(call.params["branch"])
    if found is None:
        raise Refusal(404, "Branch not protected")
    return Reply(200, found)


@endpoint("GET", REPO + "/rulesets")
def list_rulesets(call: Call) -> Listing:
    rows = list(call.repository.rulesets.values())
    return Listing(rows, lambda row: {key: row[key] for key in SUMMARY})


@endpoint("GET", REPO + "/rulesets/{ruleset_id}")
def get_ruleset(call: Call) -> Reply:
    document = dict(_ruleset(call))
    try:
        demand(call, "administration", "write")
    except Refusal:  # who may pass by is told only to those who may change it
        del document["bypass_actors"]
    return Reply(200, document)


@setting("POST", "/rulesets", "administration: write")
def create_ruleset(call: Call) -> Reply:
    number = call.world.next_id()
    call.repository.rulesets[number] = _checked(call, number, {})
    return Reply(201, call.repository.rulesets[number])


@setting("PUT", "/rulesets/{ruleset_id}", "administration: write")
def change_ruleset(call: Call) -> Reply:
    present = _ruleset(call)
    call.repository.rulesets[present["id"]] = _checked(call, present["id"], present)
    return Reply(200, call.repository.rulesets[present["id"]])


@setting("DELETE", "/rulesets/{ruleset_id}", "administration: write")
def delete_ruleset(call: Call) -> Reply:
    del call.repository.rulesets[_ruleset(call)["id"]]
    return Reply(204)


def _ruleset(call: Call) -> Json:
    number = call.params["ruleset_id"]
    found = call.repository.rulesets.get(int(number)) if number.isdigit() else None
    if found is None:
        raise Refusal(404, NOT_FOUND)
    return found


def _checked(call: Call, number: int, present: Json) -> Json:
    """Return a ruleset as it is stored.

    Raises:
        Refusal: 422, in GitHub's words.
    """
    repository, body = call.repository, present | dict(call.body)
    others = [row["name"] for row in repository.rulesets.values() if row["id"] != number]
    errors = ["Name must be unique"] if body["name"] in others else []
    for actor in body.get("bypass_actors", ()):
        errors += _actor_errors(repository, actor)
    rules = [_with_defaults(rule) for rule in body.get("rules", ())]
    for rule in rules:
        errors += _rule_errors(repository, rule)
    if errors:
        rows = [{"resource": "Ruleset", "code": "custom", "message": one} for one in errors]
        raise Refusal(422, "Validation Failed", rows)
    return {
        "id": number,
        "name": body["name"],
        "target": body.get("target", "branch"),
        "source_type": "Repository",
        "source": repository.full_name,
        "enforcement": body["enforcement"],
        "conditions": body.get("conditions", {"ref_name": {"include": [], "exclude": []}}),
        "bypass_actors": [
            {"bypass_mode": "always", "actor_id": None, **actor}
            for actor in body.get("bypass_actors", ())
        ],
        "rules": rules,
    }


def _actor_errors(repository: Repository, actor: Json) -> list[str]:
    kind, number = actor["actor_type"], actor.get("actor_id")
    if kind == "Integration" and number not in repository.apps:
        shown = ACTIONS_APP.name if number == ACTIONS_APP.id else number
        said = "integration must be part of the ruleset source or owner organization"
        return [f"Actor {shown} {said}"]
    if kind == "DeployKey" and number is not None:
        return ["Actor is invalid"]
    if kind in ("RepositoryRole", "Team", "User") and not number:
        return ["Actor is invalid"]
    return []


def _rule_errors(repository: Repository, rule: Json) -> list[str]:
    kind = rule["type"]
    parameters: dict[str, Any] = rule.get("parameters", {})
    if kind in NEED_PARAMETERS and parameters.keys() <= DEFAULTS[kind].keys():
        return [f"Invalid rule '{kind}': Missing required parameters"]
    sources = {
        check["integration_id"]
        for check in parameters.get("required_status_checks", ())
        if "integration_id" in check
    }
    unknown = sources - {ACTIONS_APP.id, *repository.apps}
    return [f"Invalid rule '{kind}': Invalid integration ID {one}" for one in sorted(unknown)]


def _with_defaults(rule: Json) -> Json:
    added = DEFAULTS.get(rule["type"])
    if added is None:
        return dict(rule)
    return {**rule, "parameters": added | rule.get("parameters", {})}
