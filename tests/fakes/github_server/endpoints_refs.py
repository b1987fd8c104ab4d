"""Refs that are made, moved and removed through the API, under the same rules as a push."""

from __future__ import annotations

from .bare import GitError
from .calls import Call, Refusal, Reply, endpoint
from .documents import node_id
from .endpoints_repositories import REPO
from .rulesets import RefUpdate, describe_violations, refuse_update
from .state import Json


@endpoint("POST", REPO + "/git/refs", "contents")
def create_ref(call: Call) -> Reply:
    ref, sha = str(call.body["ref"]), str(call.body["sha"])
    git = call.repository.git
    if git.resolve(ref) is not None:
        raise Refusal(422, "Reference already exists")
    if not ref.startswith("refs/") or ref.count("/") < 2 or git.resolve(sha) is None:
        raise Refusal(422, "Object does not exist")
    _move(call, RefUpdate(ref, "", sha))
    return Reply(201, ref_document(call, ref, sha))


@endpoint("PATCH", REPO + "/git/refs/{ref}", "contents")
def update_ref(call: Call) -> Reply:
    git, ref = call.repository.git, f"refs/{call.params['ref']}"
    old, new = git.resolve(ref), git.resolve(str(call.body["sha"]))
    if old is None:
        raise Refusal(422, "Reference does not exist")
    if new is None:
        raise Refusal(422, "Object does not exist")
    forward = not git.commits(new, old)
    if not forward and not call.body.get("force"):
        raise Refusal(422, "Update is not a fast forward")
    _move(call, RefUpdate(ref, old, new, forward))
    return Reply(200, ref_document(call, ref, new))


@endpoint("DELETE", REPO + "/git/refs/{ref}", "contents")
def delete_ref(call: Call) -> Reply:
    ref = f"refs/{call.params['ref']}"
    old = call.repository.git.resolve(ref)
    if old is None:
        raise Refusal(422, "Reference does not exist")
    _move(call, RefUpdate(ref, old, ""))
    return Reply(204)


def ref_document(call: Call, ref: str, sha: str) -> Json:
    """Return a git-ref."""
    url = call.world.site.repository_url(call.repository)
    return {
        "ref": ref,
        "node_id": node_id("Ref", int(sha[:8], 16)),
        "url": f"{url}/git/{ref}",
        "object": {"type": "commit", "sha": sha, "url": f"{url}/git/commits/{sha}"},
    }


def _move(call: Call, update: RefUpdate) -> None:
    repository, token = call.repository, call.caller
    said = refuse_update(repository, token, update)
    if said:
        raise Refusal(422, describe_violations(said))
    words = ("-d", update.ref) if not update.new else (update.ref, update.new)
    try:
        repository.git.run("update-ref", *words)
    except GitError as error:
        raise Refusal(422, "Reference update failed") from error
    repository.pushers[update.ref] = token.account.login
    call.world.note("push", repository, token, ref=update.ref, before=update.old, head=update.new)
