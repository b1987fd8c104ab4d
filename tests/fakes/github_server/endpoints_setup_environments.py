"""Environments: reviewers, branches that may use them, and secrets that only they hold."""

from __future__ import annotations

import base64
from typing import Any

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from .calls import NOT_FOUND, Call, Listing, Refusal, Reply
from .documents import node_id, user_document
from .endpoints_setup import setting
from .state import Json

PATH = "/environments/{environment_name}"
KEY_ID = "568250167242549743"


def new_environment(number: int, time: str) -> Json:
    """Return an environment that anybody may use from any branch."""
    return {
        "id": number,
        "created_at": time,
        "wait_timer": 0,
        "reviewers": [],
        "prevent_self_review": False,
        "deployment_branch_policy": None,
        "policies": {},
        "secrets": {},
        "key": PrivateKey.generate(),
    }


def environment(call: Call) -> Json:
    """Return the environment in the path."""
    found = call.repository.environments.get(call.params["environment_name"])
    if found is None:
        raise Refusal(404, NOT_FOUND)
    return found


@setting("GET", PATH, "actions: read")
def get_environment(call: Call) -> Reply:
    return Reply(200, _document(call, environment(call)))


@setting("PUT", PATH, "administration: write")
def put_environment(call: Call) -> Reply:
    repository, name = call.repository, call.params["environment_name"]
    reviewers = call.body.get("reviewers") or []
    policy = call.body.get("deployment_branch_policy")
    if policy and policy["protected_branches"] == policy["custom_branch_policies"]:
        raise Refusal(422, "Deployment branch policy is invalid")
    if len(reviewers) > 6:
        raise Refusal(422, "An environment can have up to 6 reviewers")
    for row in reviewers:
        people = {one.id: one for one in call.world.accounts.values()}
        login = people[row["id"]].login if row["id"] in people else ""
        known = {repository.owner.login, *repository.collaborators}
        if row["type"] != "User" or login not in known:
            raise Refusal(422, f"Reviewer {row['id']} must have at least read access")
    made = repository.environments.setdefault(
        name, new_environment(call.world.next_id(), call.world.time())
    )
    made["wait_timer"] = call.body.get("wait_timer") or 0
    made["reviewers"] = reviewers
    made["prevent_self_review"] = bool(call.body.get("prevent_self_review"))
    made["deployment_branch_policy"] = policy
    return Reply(200, _document(call, made))


@setting("GET", PATH + "/deployment-branch-policies", "actions: read")
def list_policies(call: Call) -> Listing:
    rows = list(environment(call)["policies"].items())
    return Listing(rows, lambda row: _policy(*row), "branch_policies")


@setting("POST", PATH + "/deployment-branch-policies", "administration: write")
def create_policy(call: Call) -> Reply:
    found = environment(call)
    if not (found["deployment_branch_policy"] or {}).get("custom_branch_policies"):
        raise Refusal(404, NOT_FOUND)
    made = {"name": call.body["name"], "type": call.body.get("type", "branch")}
    if made in found["policies"].values():
        return Reply(303)
    number = call.world.next_id()
    found["policies"][number] = made
    return Reply(200, _policy(number, made))


@setting("DELETE", PATH + "/deployment-branch-policies/{branch_policy_id}", "administration: write")
def delete_policy(call: Call) -> Reply:
    if environment(call)["policies"].pop(int(call.params["branch_policy_id"]), None) is None:
        raise Refusal(404, NOT_FOUND)
    return Reply(204)


@setting("GET", PATH + "/secrets", "environments: read")
def list_secrets(call: Call) -> Listing:
    rows = list(environment(call)["secrets"].items())
    return Listing(rows, lambda row: {"name": row[0], **row[1]["times"]}, "secrets")


@setting("GET", PATH + "/secrets/public-key", "environments: read")
def get_public_key(call: Call) -> Reply:
    public = bytes(environment(call)["key"].public_key)
    return Reply(200, {"key_id": KEY_ID, "key": base64.b64encode(public).decode()})


@setting("PUT", PATH + "/secrets/{secret_name}", "environments: write")
def put_secret(call: Call) -> Reply:
    found, name = environment(call), call.params["secret_name"]
    if call.body["key_id"] != KEY_ID:
        raise Refusal(422, "The key_id is not that of the public key")
    try:
        box = SealedBox(found["key"])
        value = box.decrypt(base64.b64decode(call.body["encrypted_value"])).decode()
    except CryptoError:
        raise Refusal(422, "Bad Request - improperly encrypted secret") from None
    time = call.world.time()
    times = {"created_at": time, "updated_at": time}
    status = 204 if name in found["secrets"] else 201
    found["secrets"][name] = {"value": value, "times": times}
    return Reply(status, {} if status == 201 else None)


def _policy(number: int, row: Json) -> Json:
    return {"id": number, "node_id": node_id("Policy", number), **row}


def _document(call: Call, found: Json) -> Json:
    site, repository = call.world.site, call.repository
    name = call.params["environment_name"]
    rules: list[Json] = []

    def add(kind: str, **values: Any) -> None:
        number = found["id"] * 10 + len(rules)
        rules.append({"id": number, "node_id": node_id("Rule", number), "type": kind, **values})

    if found["wait_timer"]:
        add("wait_timer", wait_timer=found["wait_timer"])
    if found["reviewers"]:
        people = {one.id: one for one in call.world.accounts.values()}
        rows = [
            {"type": row["type"], "reviewer": user_document(site, people[row["id"]])}
            for row in found["reviewers"]
        ]
        add("required_reviewers", prevent_self_review=found["prevent_self_review"], reviewers=rows)
    if found["deployment_branch_policy"]:
        add("branch_policy")
    return {
        "id": found["id"],
        "node_id": node_id("Environment", found["id"]),
        "name": name,
        "url": f"{site.repository_url(repository)}/environments/{name}",
        "html_url": f"{site.html_url(repository)}/deployments",
        "created_at": found["created_at"],
        "updated_at": found["created_at"],
        "protection_rules": rules,
        "deployment_branch_policy": found["deployment_branch_policy"],
    }
