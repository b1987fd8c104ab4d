"""What the loopback GitHub and its peer are both asked, and where the peer answers otherwise.

A path and a body may name what earlier answers said: `{head}`. Where the statuses differ, the
call has the peer's and, in words, what GitHub's documentation says that decides for ours.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

REPO = "/repos/mia/reports"
NO_COMMIT = "0123456789" * 4


@dataclass(frozen=True)
class Ask:
    """One call to both servers."""

    who: str
    """Whose token it has: mia owns the repository, ben may write, `app` and `jwt` are an app's."""
    method: str
    path: str
    body: dict[str, Any] | None = None
    keep: dict[str, str] = field(default_factory=dict)
    """Name for later calls -> where the answer has the value, such as `commit.sha`."""
    theirs: int | None = None
    """The peer's status where it is another."""
    because: str = ""
    """What GitHub's documentation has for ours."""


def entry(text: str, **more: str) -> dict[str, Any]:
    """Return the body that writes a file on the branch of the pull request."""
    return {"message": "Add an entry", "content": text, "branch": "topic", **more}


UNKNOWN_REF = "Get a commit, Update a reference, Delete a reference: 422 for what does not exist"
REVIEW = "Create a review: 200"
ISSUE = "Every pull request is an issue; Get an issue: 200"
COMMENTS = "List issue comments for a repository: 200"
MERGE = "Merge a pull request: 405 if it cannot be merged, 409 if the head is another"
PULL = "Create a pull request: 422 for a second one, and for a branch that does not exist"

CALLS = [
    Ask("mia", "GET", "/user"),
    Ask("none", "GET", "/user"),
    Ask("mia", "GET", "/users/mia"),
    Ask("mia", "GET", "/users/nobody"),
    Ask("mia", "GET", "/rate_limit"),
    # the repository
    Ask("mia", "GET", REPO),
    Ask("mia", "GET", "/repos/mia/absent"),
    Ask("mia", "PATCH", REPO, {"delete_branch_on_merge": True}),
    Ask("mia", "GET", f"{REPO}/forks"),
    Ask("mia", "GET", f"{REPO}/collaborators/mia/permission"),
    Ask("mia", "GET", f"{REPO}/branches/main", keep={"main": "commit.sha"}),
    Ask("mia", "GET", f"{REPO}/branches/absent"),
    Ask("mia", "GET", f"{REPO}/branches/main/protection"),
    Ask("mia", "GET", f"{REPO}/commits/main"),
    Ask("mia", "GET", f"{REPO}/commits/absent", theirs=404, because=UNKNOWN_REF),
    Ask("mia", "POST", f"{REPO}/actions/workflows/absent.yml/dispatches", {"ref": "main"}),
    # references and files
    Ask("mia", "GET", f"{REPO}/git/ref/heads/main"),
    Ask("mia", "GET", f"{REPO}/git/ref/heads/absent"),
    Ask("mia", "POST", f"{REPO}/git/refs", {"ref": "refs/heads/topic", "sha": "{main}"}),
    Ask("mia", "POST", f"{REPO}/git/refs", {"ref": "refs/heads/topic", "sha": "{main}"}),
    Ask("mia", "POST", f"{REPO}/git/refs", {"ref": "refs/heads/other", "sha": NO_COMMIT}),
    Ask("mia", "GET", f"{REPO}/contents/README.md"),
    Ask("mia", "GET", f"{REPO}/contents/absent"),
    Ask("mia", "PUT", f"{REPO}/contents/entry.txt", entry("aGVsbG8K"), {"blob": "content.sha"}),
    Ask("mia", "PUT", f"{REPO}/contents/entry.txt", entry("aGVsbG8K")),
    Ask("mia", "PUT", f"{REPO}/contents/entry.txt", entry("aGVsbG8K", sha=NO_COMMIT)),
    Ask(
        "mia",
        "PUT",
        f"{REPO}/contents/entry.txt",
        entry("aGVsbG8=", sha="{blob}"),
        {"head": "commit.sha"},
    ),
    Ask("mia", "GET", f"{REPO}/contents/entry.txt?ref=topic"),
    Ask("mia", "PATCH", f"{REPO}/git/refs/heads/topic", {"sha": "{main}"}),
    Ask("mia", "PATCH", f"{REPO}/git/refs/heads/topic", {"sha": "{main}", "force": True}),
    Ask("mia", "PATCH", f"{REPO}/git/refs/heads/topic", {"sha": "{head}"}),
    Ask(
        "mia",
        "PATCH",
        f"{REPO}/git/refs/heads/absent",
        {"sha": "{head}"},
        theirs=404,
        because=UNKNOWN_REF,
    ),
    # a pull request
    Ask(
        "mia",
        "POST",
        f"{REPO}/pulls",
        {"title": "Entry", "head": "topic", "base": "main", "body": "please"},
    ),
    Ask("mia", "GET", f"{REPO}/pulls"),
    Ask("mia", "GET", f"{REPO}/pulls?state=closed"),
    Ask("mia", "GET", f"{REPO}/pulls/1"),
    Ask("mia", "GET", f"{REPO}/pulls/99"),
    Ask("mia", "PATCH", f"{REPO}/pulls/1", {"title": "An entry"}),
    Ask("mia", "GET", f"{REPO}/pulls/1/files"),
    Ask("mia", "GET", f"{REPO}/pulls/1/commits"),
    Ask("mia", "GET", f"{REPO}/pulls/1/reviews"),
    Ask(
        "ben",
        "POST",
        f"{REPO}/pulls/1/reviews",
        {"event": "APPROVE", "body": "good"},
        {"review": "id"},
        theirs=201,
        because=REVIEW,
    ),
    Ask("mia", "GET", f"{REPO}/pulls/1/reviews"),
    Ask("mia", "GET", f"{REPO}/pulls/1/reviews/{{review}}"),
    Ask("mia", "GET", f"{REPO}/pulls/1/reviews/999999"),
    Ask("mia", "GET", f"{REPO}/issues/1", theirs=404, because=ISSUE),
    # an issue
    Ask("mia", "POST", f"{REPO}/issues", {"title": "Talk", "body": "long"}),
    Ask("mia", "POST", f"{REPO}/issues", {}),
    Ask("none", "POST", f"{REPO}/issues", {"title": "Talk"}),
    Ask("mia", "GET", f"{REPO}/issues?state=closed"),
    Ask("mia", "GET", f"{REPO}/issues"),
    Ask("mia", "GET", f"{REPO}/issues/2"),
    Ask("mia", "GET", f"{REPO}/issues/99"),
    Ask("mia", "PATCH", f"{REPO}/issues/2", {"title": "Talks"}),
    Ask("mia", "PATCH", f"{REPO}/issues/2", {"state": "closed"}),
    Ask("mia", "PATCH", f"{REPO}/issues/2", {"state": "open"}),
    Ask("mia", "POST", f"{REPO}/issues/2/comments", {"body": "first"}, {"comment": "id"}),
    Ask("mia", "POST", f"{REPO}/issues/2/comments", {}),
    Ask("mia", "POST", f"{REPO}/issues/99/comments", {"body": "first"}),
    Ask("mia", "GET", f"{REPO}/issues/2/comments"),
    Ask("mia", "GET", f"{REPO}/issues/comments", theirs=404, because=COMMENTS),
    Ask("mia", "GET", f"{REPO}/issues/comments/{{comment}}"),
    Ask("mia", "PATCH", f"{REPO}/issues/comments/{{comment}}", {"body": "second"}),
    Ask("ben", "PATCH", f"{REPO}/issues/comments/{{comment}}", {"body": "third"}),
    Ask("mia", "DELETE", f"{REPO}/issues/comments/{{comment}}"),
    Ask("mia", "GET", f"{REPO}/issues/comments/{{comment}}"),
    # labels
    Ask("mia", "POST", f"{REPO}/labels", {"name": "ready", "color": "00ff00", "description": "x"}),
    Ask("mia", "POST", f"{REPO}/labels", {"name": "ready", "color": "00ff00"}),
    Ask("mia", "POST", f"{REPO}/labels", {"name": "late", "color": "ff0000"}),
    Ask("mia", "GET", f"{REPO}/labels"),
    Ask("mia", "GET", f"{REPO}/labels/ready"),
    Ask("mia", "GET", f"{REPO}/labels/absent"),
    Ask("mia", "PATCH", f"{REPO}/labels/ready", {"new_name": "done", "color": "0000ff"}),
    Ask("mia", "PATCH", f"{REPO}/labels/absent", {"color": "0000ff"}),
    Ask("mia", "POST", f"{REPO}/issues/2/labels", {"labels": ["done"]}),
    Ask("mia", "GET", f"{REPO}/issues/2/labels"),
    Ask("mia", "PUT", f"{REPO}/issues/2/labels", {"labels": ["late"]}),
    Ask("mia", "DELETE", f"{REPO}/issues/2/labels/late"),
    Ask("mia", "DELETE", f"{REPO}/issues/2/labels/late"),
    Ask("mia", "POST", f"{REPO}/issues/2/labels", {"labels": ["done", "late"]}),
    Ask("mia", "DELETE", f"{REPO}/issues/2/labels"),
    Ask("mia", "GET", f"{REPO}/issues/2/labels"),
    # an app and its checks
    Ask("jwt", "GET", "/app"),
    Ask("mia", "GET", "/app"),
    Ask("jwt", "GET", f"{REPO}/installation"),
    Ask("jwt", "GET", "/repos/mia/absent/installation"),
    Ask("jwt", "GET", "/users/mia/installation", keep={"installation": "id"}),
    Ask("jwt", "GET", "/users/ben/installation"),
    Ask(
        "jwt",
        "POST",
        "/app/installations/{installation}/access_tokens",
        {"permissions": {"issues": "write"}},
    ),
    Ask("jwt", "POST", "/app/installations/999/access_tokens", {}),
    Ask("jwt", "POST", "/app/installations/{installation}/access_tokens", {}, {"app": "token"}),
    Ask(
        "app",
        "POST",
        f"{REPO}/check-runs",
        {
            "name": "verdict",
            "head_sha": "{head}",
            "status": "completed",
            "conclusion": "success",
            "output": {
                "title": "Verdict",
                "summary": "Fine",
                "annotations": [
                    {
                        "path": "entry.txt",
                        "start_line": 1,
                        "end_line": 1,
                        "annotation_level": "notice",
                        "message": "Read",
                    }
                ],
            },
        },
        {"run": "id"},
    ),
    Ask("app", "POST", f"{REPO}/check-runs", {"name": "verdict"}),
    Ask("app", "GET", f"{REPO}/check-runs/{{run}}"),
    Ask("app", "GET", f"{REPO}/check-runs/999999"),
    Ask("app", "PATCH", f"{REPO}/check-runs/{{run}}", {"conclusion": "failure"}),
    Ask("app", "GET", f"{REPO}/check-runs/{{run}}/annotations"),
    Ask("app", "GET", f"{REPO}/commits/{{head}}/check-runs"),
    Ask("app", "GET", f"{REPO}/commits/main/check-runs"),
    # merging
    Ask("mia", "PUT", f"{REPO}/pulls/1/merge", {"sha": "{main}"}, theirs=422, because=MERGE),
    Ask("mia", "PUT", f"{REPO}/pulls/99/merge", {}),
    Ask("ben", "PUT", f"{REPO}/pulls/1/merge", {"sha": "{head}", "merge_method": "squash"}),
    Ask("mia", "PUT", f"{REPO}/pulls/1/merge", {}, theirs=422, because=MERGE),
    Ask("mia", "GET", f"{REPO}/pulls/1"),
    Ask("mia", "GET", f"{REPO}/git/ref/heads/topic"),
    Ask("mia", "POST", f"{REPO}/git/refs", {"ref": "refs/heads/topic", "sha": "{head}"}),
    Ask("mia", "DELETE", f"{REPO}/git/refs/heads/topic"),
    Ask("mia", "DELETE", f"{REPO}/git/refs/heads/topic", theirs=404, because=UNKNOWN_REF),
    # last: the peer lets these through, and has something more from then on
    Ask(
        "mia",
        "POST",
        f"{REPO}/pulls",
        {"title": "Entry", "head": "absent", "base": "main"},
        theirs=201,
        because=PULL,
    ),
    Ask(
        "mia",
        "POST",
        f"{REPO}/check-runs",
        {"name": "verdict", "head_sha": "{head}"},
        theirs=201,
        because="Create a check run: only of a GitHub App",
    ),
]

VALUES = {
    "additions", "annotations_count", "body", "color", "conclusion", "default_branch",
    "delete_branch_on_merge", "description", "draft", "encoding", "filename", "full_name", "login",
    "merged", "number", "path", "permission", "private", "ref", "slug", "state", "status", "title",
    "total_count", "type",
}  # fmt: skip
"""Names whose values must be the same on both."""

LEFT_OUT = {
    (r"/issues", "closed_by"): "not required, and nobody reads who closed an issue",
    (r"/commits/", "files"): "not required of a single commit; read from pulls/N/files",
    (r"/commits/", "stats"): "not required of a single commit",
    (r"/rate_limit", "resource"): "not in the description",
    (r"/rate_limit", "resources"): "core and search are required, and there",
    (r"/check-runs", "check_suite"): "only its id is required",
    (r"/pulls", "repo"): "a branch's repository is compared where it is asked for",
    (r"/reviews", "created_at"): "the description has submitted_at",
    (r"/reviews", "updated_at"): "the description has submitted_at",
}
"""Pattern of calls, and a name that the peer's answers have and ours need not have."""

OTHERWISE = {
    (r"/collaborators/", "permission"): "write, where the peer has push",
    (r"/annotations$", ""): "List check run annotations: a list, where the peer has an object",
    (r"GET .*/issues$", ""): "pull requests are among the issues, and not for the peer",
    (r"GET .*/pulls$", ""): "List pull requests: without the counts that the peer has",
    (r"/pulls", "additions"): "the peer counts no changes of a pull request",
    (r"/pulls/1/files", ""): "the peer counts no changes of a pull request",
    (r"/pulls/1/commits", ""): "the peer lists the commits of the base too",
}
"""Pattern of calls, and what is another there by GitHub's documentation; "": the whole answer."""
