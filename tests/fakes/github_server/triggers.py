"""Which workflows an event starts: triggers, types, branches and paths of the workflow files.

Source: "Events that trigger workflows", "Workflow syntax for GitHub Actions" and "Skipping
workflow runs" of GitHub's documentation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import yaml

from .bare import GitError
from .happenings import Happening
from .state import Json, Repository

FOLDER = ".github/workflows"
SKIP = re.compile(
    r"\[(skip ci|ci skip|no ci|skip actions|actions skip)\]|^skip-checks: ?true$", re.M
)
PULL_TYPES = ("opened", "synchronize", "reopened")
FROM_DEFAULT_BRANCH = (
    "pull_request_target", "issue_comment", "pull_request_review", "repository_dispatch",
    "schedule",
)  # fmt: skip
BY_RUNS = ("workflow_dispatch", "repository_dispatch")
"""What a workflow's own token starts; nothing else it does starts a run."""


def names_of(happening: Happening) -> tuple[str, ...]:
    """Return the events that are sent for what happened."""
    if happening.name == "pull_request":
        return ("pull_request", "pull_request_target")
    return (happening.name,)


def started_by(happening: Happening) -> list[tuple[str, str, Json]]:
    """Return (event, workflow file, its document) for each workflow that an event starts."""
    if happening.by_run and happening.name not in BY_RUNS:
        return []
    return [
        (event, file, document)
        for event in names_of(happening)
        for file, document in workflows_at(happening.repository, _revision(event, happening))
        if starts(event, file, triggers_of(document), happening)
    ]


def starts(event: str, file: str, triggers: Json, happening: Happening) -> bool:
    """Return whether a workflow with these triggers runs."""
    if event not in triggers:
        return False
    wanted = triggers[event] or {}
    repository = happening.repository
    if event == "workflow_dispatch":
        return happening.action == file
    if event == "push":
        branch = happening.ref.removeprefix("refs/heads/")
        if not happening.head or _skips(repository, happening.head):
            return False
        if not _fits_branch(wanted, branch):
            return False
        return _fits_paths(wanted, changed_paths(repository, happening.before, happening.head))
    types = wanted.get("types")
    if event.startswith("pull_request") and event != "pull_request_review":
        pull = repository.issues[happening.number].pull
        assert pull is not None
        if event == "pull_request" and _skips(repository, pull.head_sha):
            return False
        if happening.action not in (types or PULL_TYPES):
            return False
        if not _fits_branch(wanted, pull.base_ref):
            return False
        changed = repository.git.run("diff", "--name-only", f"{pull.base_sha}...{pull.head_sha}")
        return _fits_paths(wanted, changed.split("\n")[:-1])
    return not types or happening.action in types


def workflows_at(repository: Repository, revision: str) -> list[tuple[str, Json]]:
    """Return the workflow files of a commit, read."""
    try:
        listed = repository.git.run("ls-tree", "-z", "--name-only", revision, f"{FOLDER}/")
    except GitError:
        return []
    names = [
        path.rpartition("/")[2] for path in listed.split("\0") if path.endswith((".yml", ".yaml"))
    ]
    return [
        (name, yaml.safe_load(repository.git.run("show", f"{revision}:{FOLDER}/{name}")))
        for name in names
    ]


def triggers_of(document: Any) -> Json:
    """Return a workflow's triggers, whichever way `on:` is written.

    Example:
        >>> triggers_of({"on": ["push"]}), triggers_of({True: "push"})
        ({'push': None}, {'push': None})
    """
    given = document.get("on", document.get(True))  # YAML 1.1 reads the key `on` as true
    if isinstance(given, str):
        given = [given]
    return dict.fromkeys(given) if isinstance(given, list) else dict(given or {})


def changed_paths(repository: Repository, before: str, head: str) -> list[str]:
    """Return which paths a push changed."""
    if not before:
        return repository.git.run("ls-tree", "-r", "--name-only", head).split("\n")[:-1]
    return repository.git.run("diff", "--name-only", before, head).split("\n")[:-1]


def matches(pattern: str, text: str) -> bool:
    """Return whether a branch or path fits a filter; `**` crosses slashes, `*` does not.

    Example:
        >>> matches("submissions/**", "submissions/a/b"), matches("*.md", "docs/a.md")
        (True, False)
    """
    parts = re.split(r"(\*\*/?|\*|\?)", pattern)
    signs = {"**": ".*", "**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}
    return (
        re.fullmatch("".join(signs.get(part, re.escape(part)) for part in parts), text) is not None
    )


def _revision(event: str, happening: Happening) -> str:
    """Return the commit whose workflow files count."""
    repository = happening.repository
    if event == "push":
        return happening.head or "HEAD"
    if event == "workflow_dispatch":
        return happening.ref
    if event in FROM_DEFAULT_BRANCH:
        return f"refs/heads/{repository.default_branch}"
    pull = repository.issues[happening.number].pull
    return pull.head_sha if pull else f"refs/heads/{repository.default_branch}"


def _skips(repository: Repository, sha: str) -> bool:
    return SKIP.search(repository.git.run("show", "-s", "--format=%B", sha)) is not None


def _fits_branch(wanted: Json, branch: str) -> bool:
    if "branches-ignore" in wanted:
        return not _any_fits(wanted["branches-ignore"], branch)
    return "branches" not in wanted or _any_fits(wanted["branches"], branch)


def _fits_paths(wanted: Json, paths: Sequence[str]) -> bool:
    if "paths-ignore" in wanted:
        return any(not _any_fits(wanted["paths-ignore"], path) for path in paths)
    return "paths" not in wanted or any(_any_fits(wanted["paths"], path) for path in paths)


def _any_fits(patterns: Sequence[str], text: str) -> bool:
    """Return whether the last pattern that fits is not a `!` one."""
    fits = False
    for pattern in patterns:
        if matches(pattern.removeprefix("!"), text):
            fits = not pattern.startswith("!")
    return fits
