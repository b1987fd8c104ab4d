"""The JSON of commits and changed files, as GitHub's description has it."""

from __future__ import annotations

from .accounts import Account
from .bare import Change
from .documents import Site, node_id, user_document
from .state import Json, Repository

UNSIGNED = {
    "verified": False,
    "reason": "unsigned",
    **dict.fromkeys(("signature", "payload", "verified_at")),
}


def commit_document(
    site: Site, repository: Repository, sha: str, known: dict[str, Account]
) -> Json:
    """Return a commit; its author is an account when the name in it is a login."""
    url = site.repository_url(repository)
    html = site.html_url(repository)
    shown = repository.git.ask(
        "show", "-s", "--date=format-local:%Y-%m-%dT%H:%M:%SZ", "--encoding=UTF-8",
        "--format=%T%x00%P%x00%an%x00%ae%x00%ad%x00%cn%x00%ce%x00%cd%x00%B", sha,
    )  # fmt: skip
    tree, parents, *people, message = shown.split("\0")
    author = dict(zip(("name", "email", "date"), people[:3], strict=True))
    committer = dict(zip(("name", "email", "date"), people[3:], strict=True))
    who = [known.get(person["name"]) for person in (author, committer)]
    return {
        "sha": sha,
        "node_id": node_id("Commit", int(sha[:8], 16)),
        "url": f"{url}/commits/{sha}",
        "html_url": f"{html}/commit/{sha}",
        "comments_url": f"{url}/commits/{sha}/comments",
        "commit": {
            "url": f"{url}/git/commits/{sha}",
            "author": author,
            "committer": committer,
            "message": message.rstrip("\n"),
            "comment_count": 0,
            "tree": {"sha": tree, "url": f"{url}/git/trees/{tree}"},
            "verification": dict(UNSIGNED),
        },
        "author": user_document(site, who[0]) if who[0] else None,
        "committer": user_document(site, who[1]) if who[1] else None,
        "parents": [
            {"sha": parent, "url": f"{url}/commits/{parent}", "html_url": f"{html}/commit/{parent}"}
            for parent in parents.split()
        ],
    }


def git_commit_document(commit: Json) -> Json:
    """Return a commit as git knows it: no accounts and no comments."""
    inside = {key: value for key, value in commit["commit"].items() if key != "comment_count"}
    return {**{key: commit[key] for key in ("sha", "node_id", "html_url", "parents")}, **inside}


def file_document(site: Site, repository: Repository, change: Change, head_sha: str) -> Json:
    """Return a diff-entry."""
    place = f"{change.path}".replace(" ", "%20").replace("\n", "%0A")
    document: Json = {
        "sha": change.blob,
        "filename": change.path,
        "status": change.status,
        "additions": change.additions,
        "deletions": change.deletions,
        "changes": change.additions + change.deletions,
        "blob_url": f"{site.html_url(repository)}/blob/{head_sha}/{place}",
        "raw_url": f"{site.html_url(repository)}/raw/{head_sha}/{place}",
        "contents_url": f"{site.repository_url(repository)}/contents/{place}?ref={head_sha}",
    }
    if change.patch is not None:
        document["patch"] = change.patch
    if change.previous_path is not None:
        document["previous_filename"] = change.previous_path
    return document
