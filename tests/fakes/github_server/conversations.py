"""The JSON of issues, comments, pull requests, reviews, check runs and statuses."""

from __future__ import annotations

from .documents import (
    Site,
    app_document,
    label_document,
    node_id,
    person_document,
    repository_document,
    rollup_document,
    user_document,
)
from .state import CheckRun, Comment, Issue, Json, Pull, Repository, Review, Status

COMMENT_LINKS = ("comments", "commits", "review_comments")


def association(repository: Repository, login: str) -> str:
    """Return what somebody is to a repository: OWNER, COLLABORATOR, CONTRIBUTOR or NONE."""
    if login == repository.owner.login:
        return "OWNER"
    if login in repository.collaborators:
        return "COLLABORATOR"
    merged = any(
        issue.user.login == login and issue.pull is not None and issue.pull.merged_at
        for issue in repository.issues.values()
    )
    return "CONTRIBUTOR" if merged else "NONE"


def comment_document(site: Site, repository: Repository, comment: Comment) -> Json:
    """Return an issue-comment."""
    url = f"{site.repository_url(repository)}/issues/comments/{comment.id}"
    issue = repository.issues[comment.issue_number]
    page = "pull" if issue.pull else "issues"
    made = app_document(site, comment.app, repository.created_at) if comment.app else None
    return {
        "id": comment.id,
        "node_id": node_id("IssueComment", comment.id),
        "url": url,
        "html_url": f"{site.html_url(repository)}/{page}/{issue.number}#issuecomment-{comment.id}",
        "issue_url": f"{site.repository_url(repository)}/issues/{issue.number}",
        "user": person_document(site, comment.user),
        "body": comment.body,
        "created_at": comment.created_at,
        "updated_at": comment.updated_at,
        "author_association": association(repository, comment.user.login),
        "performed_via_github_app": made,
        "reactions": rollup_document(url, comment.reactions),
    }


def issue_document(site: Site, repository: Repository, issue: Issue) -> Json:
    """Return an issue; one that is a pull request says so."""
    url = f"{site.repository_url(repository)}/issues/{issue.number}"
    html = f"{site.html_url(repository)}/{'pull' if issue.pull else 'issues'}/{issue.number}"
    document: Json = {
        "id": issue.id,
        "node_id": node_id("Issue", issue.id),
        "url": url,
        "repository_url": site.repository_url(repository),
        "labels_url": url + "/labels{/name}",
        "comments_url": url + "/comments",
        "events_url": url + "/events",
        "timeline_url": url + "/timeline",
        "performed_via_github_app": None,
        "html_url": html,
        "number": issue.number,
        "state": issue.state,
        "state_reason": None,
        "title": issue.title,
        "body": issue.body,
        "user": person_document(site, issue.user),
        "labels": _labels(site, repository, issue),
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "locked": False,
        "active_lock_reason": None,
        "comments": len(issue.comments),
        "closed_at": issue.closed_at,
        "created_at": issue.created_at,
        "updated_at": issue.updated_at,
        "author_association": association(repository, issue.user.login),
        "reactions": rollup_document(url, issue.reactions),
    }
    if issue.pull is not None:
        document["pull_request"] = {
            "url": f"{site.repository_url(repository)}/pulls/{issue.number}",
            "html_url": html,
            "diff_url": html + ".diff",
            "patch_url": html + ".patch",
            "merged_at": issue.pull.merged_at,
        }
    return document


def pull_document(site: Site, repository: Repository, issue: Issue, full: bool = True) -> Json:
    """Return a pull-request, or a pull-request-simple as lists have it."""
    pull = _pull(issue)
    url = f"{site.repository_url(repository)}/pulls/{issue.number}"
    issue_url = f"{site.repository_url(repository)}/issues/{issue.number}"
    html = f"{site.html_url(repository)}/pull/{issue.number}"
    statuses = f"{site.repository_url(repository)}/statuses/{pull.head_sha}"
    links = {
        "self": url, "html": html, "issue": issue_url, "comments": f"{issue_url}/comments",
        "review_comments": f"{url}/comments", "review_comment": url + "/comments{/number}",
        "commits": f"{url}/commits", "statuses": statuses,
    }  # fmt: skip
    document: Json = {
        "url": url,
        "id": issue.id + 1,
        "node_id": node_id("PullRequest", issue.id),
        "html_url": html,
        "diff_url": html + ".diff",
        "patch_url": html + ".patch",
        **{f"{name}_url": links[name] for name in links if name not in ("self", "html")},
        "number": issue.number,
        "state": issue.state,
        "locked": False,
        "title": issue.title,
        "user": user_document(site, issue.user),
        "body": issue.body,
        "labels": _labels(site, repository, issue),
        "milestone": None,
        "created_at": issue.created_at,
        "updated_at": issue.updated_at,
        "closed_at": issue.closed_at,
        "merged_at": pull.merged_at,
        "merge_commit_sha": pull.merge_commit_sha,
        "assignee": None,
        **{name: [] for name in ("assignees", "requested_reviewers", "requested_teams")},
        "head": _end(site, pull.head, pull.head_ref, pull.head_sha),
        "base": _end(site, repository, pull.base_ref, pull.base_sha),
        "_links": {name: {"href": href} for name, href in links.items()},
        "author_association": association(repository, issue.user.login),
        "auto_merge": None,
        "draft": pull.draft,
    }
    return document | (_measures(site, repository, issue, pull) if full else {})


def _measures(site: Site, repository: Repository, issue: Issue, pull: Pull) -> Json:
    merges = repository.git.merge_tree(pull.base_sha, pull.head_sha) is not None
    fork_point = merge_base(repository, pull)
    changes = repository.git.changes(fork_point, pull.head_sha)
    open_ = issue.state == "open"
    return {
        "merged": pull.merged_at is not None,
        "mergeable": merges if open_ else None,
        "rebaseable": merges if open_ else None,
        "mergeable_state": ("clean" if merges else "dirty") if open_ else "unknown",
        "merged_by": user_document(site, pull.merged_by) if pull.merged_by else None,
        "comments": len(issue.comments),
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": len(repository.git.commits(fork_point, pull.head_sha)),
        "additions": sum(change.additions for change in changes),
        "deletions": sum(change.deletions for change in changes),
        "changed_files": len(changes),
    }


def merge_base(repository: Repository, pull: Pull) -> str:
    """Return where the pull request's branch left the base branch."""
    return repository.git.ask("merge-base", pull.base_sha, pull.head_sha).strip()


def review_document(site: Site, repository: Repository, issue: Issue, review: Review) -> Json:
    """Return a pull-request-review."""
    url = f"{site.repository_url(repository)}/pulls/{issue.number}"
    page = f"{site.html_url(repository)}/pull/{issue.number}#pullrequestreview-{review.id}"
    return {
        "id": review.id,
        "node_id": node_id("PullRequestReview", review.id),
        "user": person_document(site, review.user),
        "body": review.body,
        "state": review.state,
        "html_url": page,
        "pull_request_url": url,
        "_links": {"html": {"href": page}, "pull_request": {"href": url}},
        "submitted_at": review.submitted_at,
        "commit_id": review.commit_id,
        "author_association": association(repository, review.user.login),
    }


def check_run_document(site: Site, repository: Repository, run: CheckRun) -> Json:
    """Return a check-run."""
    url = f"{site.repository_url(repository)}/check-runs/{run.id}"
    html = f"{site.html_url(repository)}/runs/{run.id}"
    return {
        "id": run.id,
        "name": run.name,
        "head_sha": run.head_sha,
        "node_id": node_id("CheckRun", run.id),
        "external_id": run.external_id,
        "url": url,
        "html_url": html,
        "details_url": run.details_url or html,
        "status": run.status,
        "conclusion": run.conclusion,
        "started_at": run.started_at,
        "completed_at": run.completed_at,
        "output": {
            "title": run.title,
            "summary": run.summary,
            "text": run.text,
            "annotations_count": len(run.annotations),
            "annotations_url": f"{url}/annotations",
        },
        "check_suite": {"id": run.app.id * 1000 + 1},
        "app": app_document(site, run.app, repository.created_at),
        "pull_requests": [],
    }


def status_document(site: Site, repository: Repository, status: Status) -> Json:
    """Return a status."""
    creator = user_document(site, status.creator)
    return {
        "id": status.id,
        "node_id": node_id("StatusContext", status.id),
        "url": f"{site.repository_url(repository)}/statuses/{status.sha}",
        "avatar_url": creator["avatar_url"],
        "state": status.state,
        "description": status.description,
        "target_url": status.target_url,
        "context": status.context,
        "created_at": status.created_at,
        "updated_at": status.created_at,
        "creator": creator,
    }


def _labels(site: Site, repository: Repository, issue: Issue) -> list[Json]:
    return [label_document(site, repository, repository.labels[name]) for name in issue.labels]


def _end(site: Site, repository: Repository, ref: str, sha: str) -> Json:
    return {
        "label": f"{repository.owner.login}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": user_document(site, repository.owner),
        "repo": None if repository.deleted else repository_document(site, repository),
    }


def _pull(issue: Issue) -> Pull:
    assert issue.pull is not None, f"#{issue.number} is not a pull request"
    return issue.pull
