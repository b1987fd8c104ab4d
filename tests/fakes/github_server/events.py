"""Payloads of the events that start workflows, on the pattern of GitHub's published examples."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

from .conversations import comment_document, issue_document, pull_document
from .documents import label_document, repository_document, user_document
from .git_documents import commit_document
from .people import People
from .state import Json, Repository

EXAMPLES = (
    Path(__file__).resolve().parents[2]
    / "npm/node_modules/@octokit/webhooks-examples/api.github.com/index.json"
)
EXAMPLE_REPOSITORY = "Codertocat/Hello-World"
NO_COMMIT = "0" * 40


@functools.cache
def load_examples() -> dict[str, list[Json]]:
    """Return event name -> published payloads."""
    events = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    return {event["name"]: event["examples"] for event in events}


def find_example(event: str, action: str | None) -> Json:
    """Return the first published payload of an event, with this action where there is one."""
    examples = load_examples()[event]
    fitting = [one for one in examples if one.get("action") == action] or examples
    return dict(fitting[0])


class Events(People):
    """A world that can say what happened in it, as files for a workflow runner."""

    def pull_request_event(
        self,
        number: int,
        action: str = "opened",
        full_name: str | None = None,
        sender: str | None = None,
        label: str | None = None,
    ) -> Json:
        """Return the payload of pull_request and pull_request_target.

        Args:
            number: of the pull request.
            action: opened, synchronize, reopened, labeled, closed, ...
            full_name: owner/name of the upstream; the only one that is no fork when not given.
            sender: whose doing it is; the author's when not given.
            label: the label that a `labeled` event is about.
        """
        repository = self._upstream(full_name)
        repository.sync_pulls()
        issue = repository.issues[number]
        payload = self._payload("pull_request", action, repository, sender or issue.user.login)
        payload["number"] = number
        payload["pull_request"] |= pull_document(self.site, repository, issue)
        if label is not None:
            known = repository.labels[label]
            payload["label"] = label_document(self.site, repository, known)
        if action == "synchronize":
            payload["after"] = payload["pull_request"]["head"]["sha"]
        return payload

    def pull_request_review_event(
        self, number: int, action: str = "submitted", full_name: str | None = None
    ) -> Json:
        """Return the payload of pull_request_review for the newest review."""
        repository = self._upstream(full_name)
        issue = repository.issues[number]
        assert issue.pull is not None, f"#{number} is not a pull request"
        review = issue.pull.reviews[-1]
        payload = self._payload("pull_request_review", action, repository, review.user.login)
        payload["pull_request"] |= pull_document(self.site, repository, issue, full=False)
        payload["review"] |= {
            "id": review.id,
            "user": user_document(self.site, review.user),
            "body": review.body,
            "state": review.state.lower(),
            "commit_id": review.commit_id,
            "submitted_at": review.submitted_at,
        }
        return payload

    def issue_comment_event(
        self,
        number: int,
        comment_id: int | None = None,
        action: str = "created",
        full_name: str | None = None,
    ) -> Json:
        """Return the payload of issue_comment; about the newest comment when no id is given."""
        repository = self._upstream(full_name)
        issue = repository.issues[number]
        comment = issue.comments[-1] if comment_id is None else repository.comment(comment_id)
        assert comment is not None, f"no comment {comment_id}"
        payload = self._payload("issue_comment", action, repository, comment.user.login)
        payload["issue"] = issue_document(self.site, repository, issue)
        payload["comment"] = comment_document(self.site, repository, comment)
        return payload

    def push_event(
        self,
        before: str | None = None,
        branch: str = "main",
        full_name: str | None = None,
        sender: str | None = None,
    ) -> Json:
        """Return the payload of push for a branch's present tip.

        Args:
            before: the commit before the push; the tip's first parent when not given.
            branch: short name.
            full_name: owner/name; the only repository that is no fork when not given.
            sender: who pushed; the owner when not given.
        """
        repository = self._upstream(full_name)
        login = sender or repository.owner.login
        after = repository.git.resolve(f"refs/heads/{branch}") or NO_COMMIT
        before = before or repository.git.resolve(f"{after}~1") or NO_COMMIT
        since = (f"{before}..{after}",) if before != NO_COMMIT else (after,)
        shas = repository.git.run("rev-list", "--reverse", *since).split()
        payload = self._payload("push", None, repository, login)
        payload |= {
            "ref": f"refs/heads/{branch}",
            "before": before,
            "after": after,
            "created": before == NO_COMMIT,
            "deleted": False,
            "forced": False,
            "compare": f"{self.site.html_url(repository)}/compare/{before[:12]}...{after[:12]}",
            "commits": [self._pushed_commit(repository, sha) for sha in shas],
            "head_commit": self._pushed_commit(repository, after),
            "pusher": {"name": login, "email": f"{login}@users.noreply.invalid"},
        }
        return payload

    def workflow_dispatch_event(
        self, inputs: Json, sender: str, branch: str = "main", full_name: str | None = None
    ) -> Json:
        """Return the payload of workflow_dispatch."""
        repository = self._upstream(full_name)
        payload = self._payload("workflow_dispatch", None, repository, sender)
        return payload | {"inputs": inputs, "ref": f"refs/heads/{branch}"}

    def _payload(self, event: str, action: str | None, repository: Repository, sender: str) -> Json:
        """Return a published example, moved to this server and this repository."""
        payload: Json = self._moved(find_example(event, action), repository)
        payload["repository"] |= repository_document(self.site, repository)
        payload["sender"] = user_document(self.site, self.account(sender))
        if action is not None:
            payload["action"] = action
        for key in ("organization", "installation", "enterprise"):
            payload.pop(key, None)
        return payload

    def _moved(self, node: Any, repository: Repository) -> Any:
        if isinstance(node, dict):
            return {key: self._moved(value, repository) for key, value in node.items()}
        if isinstance(node, list):
            return [self._moved(value, repository) for value in node]
        if not isinstance(node, str):
            return node
        text = node.replace(EXAMPLE_REPOSITORY, repository.full_name)
        text = text.replace("https://api.github.com", self.site.api_url)
        return text.replace("https://github.com", self.site.server_url)

    def _pushed_commit(self, repository: Repository, sha: str) -> Json:
        given = commit_document(self.site, repository, sha, self.accounts)["commit"]
        listed = repository.git.run(
            "diff-tree", "--root", "--no-commit-id", "-r", "-m", "--first-parent",
            "--name-status", "--no-renames", "-z", sha,
        ).split("\0")  # fmt: skip
        changed = list(zip(listed[0::2], listed[1::2], strict=False))
        names = {"A": "added", "D": "removed", "M": "modified", "T": "modified"}
        return {
            "id": sha,
            "tree_id": given["tree"]["sha"],
            "distinct": True,
            "message": given["message"],
            "timestamp": given["committer"]["date"],
            "url": f"{self.site.html_url(repository)}/commit/{sha}",
            "author": given["author"],
            "committer": given["committer"],
            **{
                kind: [path for letter, path in changed if names[letter] == kind]
                for kind in ("added", "removed", "modified")
            },
        }

    def _upstream(self, full_name: str | None) -> Repository:
        if full_name is not None:
            return self.repository(full_name)
        upstreams = [one for one in self.repositories.values() if one.parent is None]
        assert len(upstreams) == 1, "say which repository: there are several that are no fork"
        return upstreams[0]
