"""How a repository is set up: variables, Actions, Pages, merging, deploy keys, CODEOWNERS, files.

Permissions as github/docs has them in src/github-apps/data/fpt-2022-11-28/
fine-grained-pat-permissions.json; where a call needs two, both are demanded.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

from .calls import NOT_FOUND, Call, Endpoint, Listing, Refusal, Reply, endpoint, invalid
from .documents import label_document
from .endpoints_repositories import REPO, content_document, describe_commit
from .git_documents import git_commit_document
from .state import Json

MAY_OWN = ("write", "maintain", "admin")
ACTIONS_DEFAULTS: dict[str, Json] = {
    "actions/permissions": {
        "enabled": True,
        "allowed_actions": "all",
        "sha_pinning_required": False,
    },
    "actions/permissions/workflow": {
        "default_workflow_permissions": "write",
        "can_approve_pull_request_reviews": False,
    },
    "actions/permissions/fork-pr-contributor-approval": {
        "approval_policy": "first_time_contributors"
    },
}
MERGE_KEYS = (
    "allow_merge_commit",
    "allow_squash_merge",
    "allow_rebase_merge",
    "allow_auto_merge",
    "delete_branch_on_merge",
)


def setting(method: str, path: str, *needs: str) -> Callable[[Endpoint], Endpoint]:
    """Register an endpoint of an administrator, and the permissions it needs, all of them.

    Args:
        method: such as "PUT".
        path: below the repository.
        needs: such as "administration: write".
    """

    def register(function: Endpoint) -> Endpoint:
        def answer(call: Call) -> Reply | Listing:
            for need in needs:
                demand(call, *need.split(": "))
            return function(call)

        return endpoint(method, REPO + path, level="read")(answer)

    return register


def demand(call: Call, scope: str, level: str) -> None:
    """Stop a call whose token lacks a permission, or whose caller is no administrator."""
    token = call.caller
    if token.permissions is not None and not token.grants(level, (scope,)):
        kind = "integration" if token.app else "personal access token"
        raise Refusal(403, f"Resource not accessible by {kind}")
    if token.app is None and call.repository.role(token.account.login) != "admin":
        raise Refusal(403, "Must have admin rights to Repository.")


@setting("PATCH", "/labels/{name}", "issues: write")
def change_label(call: Call) -> Reply:
    labels = call.repository.labels
    label = labels.pop(call.params["name"], None)
    if label is None:
        raise Refusal(404, NOT_FOUND)
    label.name = call.body.get("new_name", label.name)
    label.color = call.body.get("color", label.color)
    label.description = call.body.get("description", label.description)
    labels[label.name] = label
    return Reply(200, label_document(call.world.site, call.repository, label))


@setting("GET", "/actions/variables", "variables: read")
def list_variables(call: Call) -> Listing:
    time = call.repository.created_at
    rows = list(call.repository.variables.items())
    return Listing(
        rows,
        lambda row: {"name": row[0], "value": row[1], "created_at": time, "updated_at": time},
        "variables",
    )


@setting("POST", "/actions/variables", "variables: write")
def create_variable(call: Call) -> Reply:
    if call.body["name"] in call.repository.variables:
        raise Refusal(409, "Already exists - Variable already exists")
    if not call.body["value"]:
        raise Refusal(422, "Variable value is empty")
    call.repository.variables[call.body["name"]] = call.body["value"]
    return Reply(201, {})


@setting("PATCH", "/actions/variables/{name}", "variables: write")
def change_variable(call: Call) -> Reply:
    if call.params["name"] not in call.repository.variables:
        raise Refusal(404, NOT_FOUND)
    call.repository.variables[call.params["name"]] = call.body["value"]
    return Reply(204)


def _read_actions(call: Call, path: str) -> Reply:
    return Reply(200, ACTIONS_DEFAULTS[path] | call.repository.actions.get(path, {}))


def _write_actions(call: Call, path: str) -> Reply:
    call.repository.actions[path] = ACTIONS_DEFAULTS[path] | dict(call.body)
    return Reply(204)


for _path in ACTIONS_DEFAULTS:
    setting("GET", f"/{_path}", "administration: read")(
        lambda call, path=_path: _read_actions(call, path)
    )
    setting("PUT", f"/{_path}", "administration: write")(
        lambda call, path=_path: _write_actions(call, path)
    )


@setting("PATCH", "", "administration: write")
def change_repository(call: Call) -> Reply:
    from .endpoints_repositories import get_repository

    call.repository.merging.update({k: v for k, v in call.body.items() if k in MERGE_KEYS})
    answer = get_repository(call)
    assert isinstance(answer, Reply)
    return answer


@setting("GET", "/pages", "pages: read")
def get_pages(call: Call) -> Reply:
    if call.repository.pages is None:
        raise Refusal(404, NOT_FOUND)
    return Reply(200, _pages(call))


@setting("POST", "/pages", "pages: write", "administration: write")
def create_pages(call: Call) -> Reply:
    if call.repository.pages is not None:
        raise Refusal(409, "GitHub Pages is already enabled.")
    call.repository.pages = {"build_type": call.body["build_type"]}
    return Reply(201, _pages(call))


@setting("PUT", "/pages", "pages: write", "administration: write")
def change_pages(call: Call) -> Reply:
    if call.repository.pages is None:
        raise Refusal(404, NOT_FOUND)
    call.repository.pages |= call.body
    return Reply(204)


def _pages(call: Call) -> Json:
    url = f"{call.world.site.repository_url(call.repository)}/pages"
    fixed = {"url": url, "status": None, "cname": None, "custom_404": False, "public": True}
    return fixed | (call.repository.pages or {})


@setting("GET", "/keys", "administration: read")
def list_keys(call: Call) -> Listing:
    return Listing(list(call.repository.deploy_keys.values()), dict)


@setting("POST", "/keys", "administration: write")
def create_key(call: Call) -> Reply:
    kind, _, rest = call.body["key"].partition(" ")
    try:
        is_key = kind.encode() in base64.b64decode(rest.split()[0], validate=True)
    except (binascii.Error, IndexError):
        is_key = False
    if not is_key:
        raise invalid("PublicKey", "key", "custom", "key is invalid. You must supply a key")
    everywhere = (k for one in call.world.repositories.values() for k in one.deploy_keys.values())
    if any(known["key"] == call.body["key"] for known in everywhere):
        raise invalid("PublicKey", "key", "custom", "key is already in use")
    number = call.world.next_id()
    made: Json = {
        "id": number,
        "key": call.body["key"],
        "url": f"{call.world.site.repository_url(call.repository)}/keys/{number}",
        "title": call.body.get("title", ""),
        "verified": True,
        "created_at": call.world.time(),
        "read_only": call.body.get("read_only", False),
    }
    call.repository.deploy_keys[number] = made
    return Reply(201, made)


@setting("DELETE", "/keys/{key_id}", "administration: write")
def delete_key(call: Call) -> Reply:
    if call.repository.deploy_keys.pop(int(call.params["key_id"]), None) is None:
        raise Refusal(404, NOT_FOUND)
    return Reply(204)


@endpoint("GET", REPO + "/codeowners/errors", "contents")
def list_code_owner_errors(call: Call) -> Reply:
    repository = call.repository
    sha = call.commit(call.query.get("ref") or repository.default_branch)
    path = ".github/CODEOWNERS"
    if not repository.git.run("ls-tree", sha, "--", path):
        return Reply(404)  # the description says that it comes without a body
    errors = [
        _owner_error(number, line, owner, path)
        for number, line in enumerate(repository.git.run("show", f"{sha}:{path}").splitlines(), 1)
        for owner in line.partition("#")[0].split()[1:]
        if repository.role(owner.removeprefix("@")) not in MAY_OWN
    ]
    return Reply(200, {"errors": errors})


def _owner_error(number: int, line: str, owner: str, path: str) -> Json:
    column = line.index(owner) + 1
    rule = f"make sure {owner} exists and has write access to the repository"
    return {
        "line": number,
        "column": column,
        "source": line,
        "kind": "Unknown owner",
        "suggestion": rule,
        "message": f"Unknown owner on line {number}: {rule}\n\n  {line}\n{' ' * column} ^",
        "path": path,
    }


@endpoint("PUT", REPO + "/contents/{path}", "contents")
def put_contents(call: Call) -> Reply:
    from .endpoints_setup_rules import rules_of

    repository, path = call.repository, call.params["path"]
    branch = call.body.get("branch") or repository.default_branch
    kinds = {rule["type"] for rule in rules_of(repository, branch)}
    if kinds & {"pull_request", "update", "required_status_checks"}:
        said = "Changes must be made through a pull request."
        raise Refusal(409, f"Repository rule violations found\n\n{said}\n\n")
    listed = repository.git.run("ls-tree", f"refs/heads/{branch}", "--", path).split()
    present = listed[2] if listed else None
    if present is not None and "sha" not in call.body:
        raise Refusal(422, 'Invalid request.\n\n"sha" wasn\'t supplied.')
    if present != call.body.get("sha"):
        raise Refusal(409, f"{path} does not match {call.body.get('sha')}")
    data = base64.b64decode(call.body["content"])
    login = call.caller.account.login
    made = repository.git.commit(branch, {path: data}, call.body["message"], login)
    listed = repository.git.run("ls-tree", "-z", "-l", made, "--", path)
    document = {
        "content": content_document(call, branch, listed.rstrip("\0")),
        "commit": git_commit_document(describe_commit(call, made)),
    }
    return Reply(200 if present else 201, document)
