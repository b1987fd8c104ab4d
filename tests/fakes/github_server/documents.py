"""The JSON of people, repositories, commits and changed files, as GitHub's description has it."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from .accounts import GHOST, Account, App
from .bare import Change
from .state import Json, Label, Reaction, Repository

USER_LINKS = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}
REPOSITORY_LINKS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "statuses_url": "/statuses/{sha}",
    "trees_url": "/git/trees{/sha}",
}
PLAIN_REPOSITORY_LINKS = (
    "contributors",
    "deployments",
    "downloads",
    "events",
    "forks",
    "hooks",
    "languages",
    "merges",
    "stargazers",
    "subscribers",
    "subscription",
    "tags",
    "teams",
)
COUNTS = (
    "forks",
    "forks_count",
    "network_count",
    "open_issues",
    "open_issues_count",
    "size",
    "stargazers_count",
    "subscribers_count",
    "watchers",
    "watchers_count",
)


@dataclass(frozen=True)
class Site:
    """Where the server is: what every address in an answer starts with."""

    api_url: str
    server_url: str

    def repository_url(self, repository: Repository) -> str:
        """Return the repository's address below the API."""
        return f"{self.api_url}/repos/{repository.full_name}"

    def html_url(self, repository: Repository) -> str:
        """Return the address of the repository's page."""
        return f"{self.server_url}/{repository.full_name}"


def node_id(kind: str, number: int) -> str:
    """Return an opaque id of the form GraphQL uses.

    Example:
        >>> node_id("User", 7)
        'VXNlcjo3'
    """
    return base64.b64encode(f"{kind}:{number}".encode()).decode()


def user_document(site: Site, account: Account) -> Json:
    """Return a simple-user; GitHub's ghost where the account was deleted."""
    account = GHOST if account.gone else account
    url = f"{site.api_url}/users/{account.login}"
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node_id(account.type, account.id),
        "avatar_url": f"{site.server_url}/avatars/u/{account.id}?v=4",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{site.server_url}/{account.login}",
        **{key: url + suffix for key, suffix in USER_LINKS.items()},
        "type": account.type,
        "user_view_type": "public",
        "site_admin": False,
    }


def person_document(site: Site, account: Account) -> Json | None:
    """Return a nullable-simple-user: nobody where the account was deleted."""
    return None if account.gone else user_document(site, account)


def profile_document(site: Site, account: Account, created_at: str) -> Json:
    """Return a public-user."""
    empty = ("name", "company", "blog", "location", "email", "hireable", "bio", "twitter_username")
    return {
        **user_document(site, account),
        **dict.fromkeys(empty),
        **dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0),
        "created_at": created_at,
        "updated_at": created_at,
    }


def app_document(site: Site, app: App, created_at: str) -> Json:
    """Return an integration."""
    return {
        "id": app.id,
        "slug": app.slug,
        "node_id": node_id("App", app.id),
        "client_id": f"Iv1.{app.id:016x}",
        "owner": user_document(site, Account(app.slug.split("-")[0], 9919, "Organization")),
        "name": app.name,
        "description": None,
        "external_url": f"{site.server_url}/features/{app.slug}",
        "html_url": f"{site.server_url}/apps/{app.slug}",
        "created_at": created_at,
        "updated_at": created_at,
        "permissions": {"checks": "write", "metadata": "read"},
        "events": [],
    }


def repository_document(site: Site, repository: Repository, role: str | None = None) -> Json:
    """Return a full-repository, which is a repository too.

    Args:
        site: where the server is.
        repository: the repository.
        role: the caller's role in it, for `permissions`.
    """
    url = site.repository_url(repository)
    html = site.html_url(repository)
    rank = ("none", "read", "triage", "write", "maintain", "admin").index(role or "read")
    document: Json = {
        "id": repository.id,
        "node_id": node_id("Repository", repository.id),
        "name": repository.name,
        "full_name": repository.full_name,
        "owner": user_document(site, repository.owner),
        "private": repository.private,
        "visibility": "private" if repository.private else "public",
        "html_url": html,
        "description": None,
        "fork": repository.parent is not None,
        "url": url,
        **{key: url + suffix for key, suffix in REPOSITORY_LINKS.items()},
        **{f"{name}_url": f"{url}/{name}" for name in PLAIN_REPOSITORY_LINKS},
        "git_url": html.replace("http:", "git:", 1) + ".git",
        "ssh_url": f"git@127.0.0.1:{repository.full_name}.git",
        "clone_url": html + ".git",
        "svn_url": html,
        "mirror_url": None,
        "homepage": None,
        "language": None,
        "license": None,
        **dict.fromkeys(COUNTS, 0),
        "default_branch": repository.default_branch,
        "has_issues": True,
        **dict.fromkeys(("has_projects", "has_wiki", "has_pages", "has_downloads"), False),
        **dict.fromkeys(("has_discussions", "archived", "disabled"), False),
        **dict.fromkeys(("pushed_at", "created_at", "updated_at"), repository.created_at),
        "permissions": {
            name: rank >= needed
            for needed, name in enumerate(("pull", "triage", "push", "maintain", "admin"), 1)
        },
    }
    if repository.parent is not None and role is not None:
        document["parent"] = document["source"] = repository_document(site, repository.parent)
    return document


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
        },
        "author": user_document(site, who[0]) if who[0] else None,
        "committer": user_document(site, who[1]) if who[1] else None,
        "parents": [
            {"sha": parent, "url": f"{url}/commits/{parent}", "html_url": f"{html}/commit/{parent}"}
            for parent in parents.split()
        ],
    }


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


def label_document(site: Site, repository: Repository, label: Label) -> Json:
    """Return a label."""
    name = label.name.replace(" ", "%20")
    return {
        "id": label.id,
        "node_id": node_id("Label", label.id),
        "url": f"{site.repository_url(repository)}/labels/{name}",
        "name": label.name,
        "description": label.description,
        "color": label.color,
        "default": False,
    }


def reaction_document(site: Site, reaction: Reaction) -> Json:
    """Return a reaction."""
    return {
        "id": reaction.id,
        "node_id": node_id("Reaction", reaction.id),
        "user": person_document(site, reaction.user),
        "content": reaction.content,
        "created_at": reaction.created_at,
    }


def rollup_document(url: str, reactions: list[Reaction]) -> Json:
    """Return a reaction-rollup."""
    kinds = ("+1", "-1", "laugh", "confused", "heart", "hooray", "eyes", "rocket")
    contents = [reaction.content for reaction in reactions]
    return {
        "url": f"{url}/reactions",
        "total_count": len(contents),
        **{kind: contents.count(kind) for kind in kinds},
    }
