"""Repositories, commits, refs, contents, collaborators, people and rate limits."""

from __future__ import annotations

import base64

import yaml

from .accounts import legacy_permission
from .calls import NOT_FOUND, Call, Listing, Refusal, Reply, endpoint
from .documents import (
    node_id,
    profile_document,
    repository_document,
    user_document,
)
from .git_documents import commit_document
from .state import Json

REPO = "/repos/{owner}/{repo}"
RATE = {"limit": 5000, "used": 1, "remaining": 4999}


@endpoint("GET", REPO)
def get_repository(call: Call) -> Reply:
    login = call.token.account.login if call.token else ""
    role = call.repository.role(login)
    document = repository_document(call.world.site, call.repository, role)
    if role in ("write", "maintain", "admin"):
        document |= call.repository.merging
    return Reply(200, document)


@endpoint("GET", REPO + "/commits/{ref}", "contents")
def getdescribe_commit(call: Call) -> Reply:
    call.repository.sync_pulls()
    return Reply(200, describe_commit(call, call.commit(call.params["ref"])))


@endpoint("GET", REPO + "/branches/{branch}", "contents")
def get_branch(call: Call) -> Reply:
    name = call.params["branch"]
    sha = call.repository.git.resolve(f"refs/heads/{name}")
    if sha is None:
        raise Refusal(404, "Branch not found")
    url = f"{call.world.site.repository_url(call.repository)}/branches/{name}"
    html = f"{call.world.site.html_url(call.repository)}/tree/{name}"
    document = {
        "name": name,
        "commit": describe_commit(call, sha),
        "_links": {"self": url, "html": html},
        "protected": False,
        "protection": {
            "enabled": False,
            "required_status_checks": {
                "enforcement_level": "off", "contexts": [], "checks": []
            },
        },
        "protection_url": f"{url}/protection",
    }  # fmt: skip
    return Reply(200, document)


@endpoint("GET", REPO + "/git/ref/{ref}", "contents")
def get_ref(call: Call) -> Reply:
    call.repository.sync_pulls()
    name = f"refs/{call.params['ref']}"
    sha = call.repository.git.resolve(name)
    if sha is None:
        raise Refusal(404, NOT_FOUND)
    url = call.world.site.repository_url(call.repository)
    document = {
        "ref": name,
        "node_id": node_id("Ref", int(sha[:8], 16)),
        "url": f"{url}/git/{name}",
        "object": {"type": "commit", "sha": sha, "url": f"{url}/git/commits/{sha}"},
    }
    return Reply(200, document)


@endpoint("GET", REPO + "/contents/{path}", "contents")
def get_contents(call: Call) -> Reply:
    git, path = call.repository.git, call.params["path"].strip("/")
    call.repository.sync_pulls()
    ref = call.query.get("ref") or call.repository.default_branch
    sha = git.resolve(f"refs/heads/{ref}") or git.resolve(ref)
    if sha is None:
        raise Refusal(404, f"No commit found for the ref {ref}")
    listed = git.run("--literal-pathspecs", "ls-tree", "-z", "-l", sha, "--", path)
    if not listed:
        raise Refusal(404, NOT_FOUND)
    entry = content_document(call, ref, listed.rstrip("\0"))
    if entry["type"] == "dir":
        inside = git.run("--literal-pathspecs", "ls-tree", "-z", "-l", sha, "--", path + "/")
        return Reply(200, [content_document(call, ref, line) for line in inside.split("\0")[:-1]])
    data = git.run_bytes("cat-file", "blob", entry["sha"])
    return Reply(200, entry | {"encoding": "base64", "content": base64.encodebytes(data).decode()})


@endpoint("GET", REPO + "/collaborators/{username}")
def is_collaborator(call: Call) -> Reply:
    role = call.repository.collaborators.get(call.params["username"])
    if role is None and call.params["username"] != call.repository.owner.login:
        raise Refusal(404, NOT_FOUND)
    return Reply(204)


@endpoint("GET", REPO + "/collaborators/{username}/permission")
def get_permission(call: Call) -> Reply:
    _ = call.caller  # a public repository does not tell strangers who may do what
    wanted = call.params["username"].casefold()
    accounts = call.world.accounts.values()
    account = next((one for one in accounts if one.login.casefold() == wanted), None)
    if account is None:
        raise Refusal(404, f"{call.params['username']} is not a user")
    role = call.repository.role(account.login)
    user = user_document(call.world.site, account) | {"role_name": role}
    document = {"permission": legacy_permission(role), "role_name": role, "user": user}
    return Reply(200, document)


@endpoint("POST", REPO + "/actions/workflows/{workflow_id}/dispatches", "actions")
def dispatch_workflow(call: Call) -> Reply:
    git, name = call.repository.git, call.params["workflow_id"]
    path = f".github/workflows/{name}"
    listed = git.run("--literal-pathspecs", "ls-tree", "--name-only", call.body["ref"], "--", path)
    if not listed.strip():
        raise Refusal(404, NOT_FOUND)
    document = yaml.safe_load(git.run("show", f"{call.body['ref']}:{path}"))
    triggers = document.get("on", document.get(True))  # YAML 1.1 reads the key `on` as true
    if "workflow_dispatch" not in triggers:
        raise Refusal(422, "Workflow does not have 'workflow_dispatch' trigger")
    known = set(((triggers["workflow_dispatch"] or {}).get("inputs")) or {})
    unexpected = sorted(set(call.body.get("inputs") or {}) - known)
    if unexpected:
        raise Refusal(422, f"Unexpected inputs provided: {unexpected}")
    call.repository.dispatches.append({"workflow": call.params["workflow_id"], **call.body})
    call.world.note(
        "workflow_dispatch", call.repository, call.caller,
        action=name, ref=f"refs/heads/{call.body['ref']}", inputs=call.body.get("inputs") or {},
    )  # fmt: skip
    return Reply(204)


@endpoint("POST", REPO + "/dispatches", "contents")
def dispatch_repository(call: Call) -> Reply:
    call.repository.dispatches.append(dict(call.body))
    call.world.note(
        "repository_dispatch", call.repository, call.caller, action=call.body["event_type"]
    )
    return Reply(204)


@endpoint("GET", "/users/{username}")
def get_user(call: Call) -> Reply:
    wanted = call.params["username"].casefold()
    accounts = call.world.accounts.values()
    account = next((one for one in accounts if one.login.casefold() == wanted), None)
    if account is None:
        raise Refusal(404, NOT_FOUND)
    return Reply(200, profile_document(call.world.site, account, call.world.time()))


@endpoint("GET", "/user/{account_id}")
def get_user_by_id(call: Call) -> Reply:
    for account in call.world.accounts.values():
        if str(account.id) == call.params["account_id"]:
            return Reply(200, profile_document(call.world.site, account, call.world.time()))
    raise Refusal(404, NOT_FOUND)


@endpoint("GET", "/user")
def get_own_user(call: Call) -> Reply:
    if call.caller.permissions is not None:
        raise Refusal(403, "Resource not accessible by integration")
    return Reply(200, profile_document(call.world.site, call.caller.account, call.world.time()))


@endpoint("GET", "/rate_limit")
def get_rate_limit(call: Call) -> Reply:
    rate = RATE | {"reset": int(call.world.clock().timestamp()) + 3600}
    return Reply(200, {"resources": {"core": rate, "search": rate}, "rate": rate})


def describe_commit(call: Call, sha: str) -> Json:
    """Return a commit of the repository that is asked about."""
    return commit_document(call.world.site, call.repository, sha, call.world.accounts)


def content_document(call: Call, ref: str, line: str) -> Json:
    """Return a file or folder of a commit, as `git ls-tree -l` has it in a line."""
    meta, _, path = line.partition("\t")
    _, kind, sha, size = meta.split()
    url = call.world.site.repository_url(call.repository)
    html = call.world.site.html_url(call.repository)
    own = f"{url}/contents/{path}?ref={ref}"
    git_url = f"{url}/git/{kind}s/{sha}"
    page = f"{html}/{kind}/{ref}/{path}"
    return {
        "type": {"blob": "file", "tree": "dir"}.get(kind, "submodule"),
        "size": int(size) if size.isdigit() else 0,
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": sha,
        "url": own,
        "git_url": git_url,
        "html_url": page,
        "download_url": f"{html}/raw/{ref}/{path}" if kind == "blob" else None,
        "_links": {"self": own, "git": git_url, "html": page},
    }


@endpoint("GET", REPO + "/forks")
def list_forks(call: Call) -> Listing:
    repository, site = call.repository, call.world.site
    forks = [one for one in call.world.repositories.values() if one.parent is repository]
    return Listing(forks, lambda fork: repository_document(site, fork))
