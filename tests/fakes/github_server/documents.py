"""The JSON of people, apps, repositories and labels, as GitHub's description has it."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from .accounts import GHOST, Account, App
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
    still_open = sum(issue.state == "open" for issue in repository.issues.values())
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
        **dict.fromkeys(("open_issues", "open_issues_count"), still_open),
        "default_branch": repository.default_branch,
        "topics": [],
        **dict.fromkeys(("has_issues", "has_projects", "has_wiki", "has_downloads"), True),
        **dict.fromkeys(("has_pages", "has_discussions", "archived", "disabled"), False),
        "allow_forking": True,
        "is_template": False,
        **dict.fromkeys(("pushed_at", "created_at", "updated_at"), repository.created_at),
        "permissions": {
            name: rank >= needed
            for needed, name in enumerate(("pull", "triage", "push", "maintain", "admin"), 1)
        },
    }
    if repository.parent is not None and role is not None:
        document["parent"] = document["source"] = repository_document(site, repository.parent)
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
