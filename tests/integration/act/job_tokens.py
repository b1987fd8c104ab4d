"""Each job's own token: exactly the `permissions:` of that job, for as long as its run lasts.

On GitHub the job has it as `github.token`. act knows one token for all jobs, so in the copy of a
workflow that act runs every job's `github.token` becomes a secret of its own.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import yaml

RUN_TOKEN = re.compile(r"\b(?:github\.token|github\[\s*'token'\s*\]|secrets\.GITHUB_TOKEN)\b")
SECRET = re.compile(r"\bsecrets\.(?!GITHUB_TOKEN\b)(\w+)")
SCOPES = (
    "actions", "attestations", "checks", "contents", "deployments", "discussions", "id-token",
    "issues", "packages", "pages", "pull-requests", "security-events", "statuses",
)  # fmt: skip
"""What a workflow may write below `permissions:`."""
RESTRICTED = {"contents": "read", "packages": "read"}
"""What a job has that says nothing, where the repository's default is the restricted one."""


class TokenStore(Protocol):
    """The part of the loopback GitHub that gives and takes tokens."""

    def add_token(
        self,
        secret: str,
        *,
        permissions: Mapping[str, str],
        repository: str,
    ) -> object:
        """Let a secret open what these permissions allow in a repository."""

    def remove_token(self, secret: str) -> None:
        """Let it open nothing any more."""


@dataclass(frozen=True)
class JobTokens:
    """A workflow whose jobs have tokens of their own."""

    text: str
    """The workflow for act to run."""
    permissions: Mapping[str, Mapping[str, str]]
    """Name of the secret -> what the job's token may do."""
    jobs: Mapping[str, str]
    """Job -> name of the secret that holds its token."""


def job_permissions(workflow: str, job: str) -> dict[str, str]:
    """Return what a job's token may do; what is not named is not given.

    Example:
        >>> job_permissions("permissions: {}\\njobs: {a: {permissions: {checks: write}}}", "a")
        {'checks': 'write'}
    """
    document = yaml.safe_load(workflow)
    given = document["jobs"][job].get("permissions", document.get("permissions", RESTRICTED))
    if isinstance(given, str):  # read-all, write-all
        return dict.fromkeys(SCOPES, given.removesuffix("-all"))
    unknown = sorted(set(given) - set(SCOPES))
    if unknown:
        message = f"job {job}: GitHub knows no permission {', '.join(unknown)}"
        raise ValueError(message)
    return {scope: level for scope, level in given.items() if level != "none"}


def permissions_of(workflow: Path, job: str) -> dict[str, str]:
    """Return what the token of a job of this workflow's file may do."""
    return job_permissions(workflow.read_text(encoding="utf-8"), job)


def separate_tokens(workflow: str) -> JobTokens:
    """Return a workflow in which every job names a token of its own.

    Raises:
        ValueError: A token is named outside of all jobs, where it belongs to none of them.
    """
    pieces: list[str] = []
    permissions: dict[str, dict[str, str]] = {}
    jobs: dict[str, str] = {}
    position = 0
    for job, start, end in _spans(workflow):
        secret = f"JOB_TOKEN_{re.sub(r'[^A-Z0-9]', '_', job.upper())}"
        permissions[secret], jobs[job] = job_permissions(workflow, job), secret
        pieces += [
            workflow[position:start],
            RUN_TOKEN.sub(f"secrets.{secret}", workflow[start:end]),
        ]
        position = end
    rest = "".join([*pieces[0::2], workflow[position:]])
    if RUN_TOKEN.search(rest):
        message = "a workflow names the token of a run outside of its jobs"
        raise ValueError(message)
    return JobTokens("".join([*pieces, workflow[position:]]), permissions, jobs)


def bind_secrets(workflow: str) -> str:
    r"""Return a workflow in which a job's secrets are those of its environment, and no others.

    act knows secrets by name alone; on GitHub a job that names no environment has none of theirs.

    Example:
        >>> job = "jobs:\n  a: {environment: bot, env: {K: '${{ secrets.KEY }}'}}\n"
        >>> "secrets.BOT__KEY" in bind_secrets(job)
        True
    """
    pieces, position = [], 0
    document = yaml.safe_load(workflow)
    for job, start, end in _spans(workflow):
        given = document["jobs"][job].get("environment", "")
        prefix = environment_prefix(given["name"] if isinstance(given, dict) else given)
        pieces += [
            workflow[position:start],
            SECRET.sub(rf"secrets.{prefix}\1", workflow[start:end]),
        ]
        position = end
    return "".join([*pieces, workflow[position:]])


def environment_prefix(name: str) -> str:
    """Return what the names of an environment's secrets begin with, for act."""
    return f"{re.sub(r'[^A-Z0-9]', '_', name.upper()) or 'NONE'}__"


@contextmanager
def lend_tokens(
    server: TokenStore, made: JobTokens, repository: str, *, read_only: bool
) -> Iterator[dict[str, str]]:
    """Yield the secrets that act is to know; when the run is over they open nothing.

    Args:
        server: the loopback GitHub.
        made: the workflow's jobs.
        repository: owner/name of the only repository that the tokens are for.
        read_only: whether the run is one of `pull_request` from a fork, which may write nothing.
    """
    given = {}
    for name, permissions in made.permissions.items():
        given[name] = f"ghs_{secrets.token_hex(18)}"
        least = dict.fromkeys(permissions, "read") if read_only else dict(permissions)
        server.add_token(given[name], permissions=least, repository=repository)
    try:
        yield given
    finally:
        for secret in given.values():
            server.remove_token(secret)


def is_from_fork(event: str, payload: Mapping[str, Any]) -> bool:
    """Return whether a run is one of `pull_request` whose head is in another repository."""
    if event != "pull_request":
        return False
    head = payload["pull_request"]["head"]["repo"]
    return head is None or head["full_name"] != payload["repository"]["full_name"]


def _spans(workflow: str) -> Iterator[tuple[str, int, int]]:
    """Yield each job's name and where its text begins and ends."""
    root = yaml.compose(workflow, Loader=yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)
    for key, value in root.value:
        if key.value == "jobs":
            for name, job in value.value:
                yield name.value, job.start_mark.index, job.end_mark.index
