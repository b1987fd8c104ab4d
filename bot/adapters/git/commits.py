"""Commits made from objects, and pushed by whoever is fastest without losing the others' work."""

from __future__ import annotations

import random
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.adapters.git.push_credentials import is_refusal, refused_push
from bot.adapters.git.repository import GitRepository, failure_of
from bot.domain.limits import PLAIN_FILE
from bot.errors import ServiceUnavailable

PUSH_ATTEMPTS = 20


@dataclass(frozen=True)
class Author:
    """Who signs the commits that the bot makes."""

    name: str
    """Display name."""
    email: str
    """Address."""


def write_commit(
    repository: GitRepository,
    parent: str | None,
    files: Mapping[str, bytes | None],
    message: str,
    author: Author,
) -> str | None:
    """Write a commit that adds, replaces (bytes) or removes (None) files of its parent.

    Returns:
        The new commit, None when the files are already as they should be.
    """
    with tempfile.TemporaryDirectory(prefix="rexrank-index-") as folder:
        index = {"GIT_INDEX_FILE": f"{folder}/index"}
        repository.run("read-tree", *([parent] if parent else ["--empty"]), environment=index)
        lines = []
        for path, content in sorted(files.items()):
            if content is None:
                lines.append(f"0 {'0' * 40}\t{path}")
            else:
                oid = repository.run("hash-object", "-w", "--stdin", data=content).decode().strip()
                lines.append(f"{PLAIN_FILE} {oid}\t{path}")
        info = "".join(f"{line}\0" for line in lines).encode()
        repository.run("update-index", "-z", "--index-info", data=info, environment=index)
        tree = repository.run("write-tree", environment=index).decode().strip()
    if parent and tree == repository.run("rev-parse", f"{parent}^{{tree}}").decode().strip():
        return None
    identity = {
        "GIT_AUTHOR_NAME": author.name,
        "GIT_AUTHOR_EMAIL": author.email,
        "GIT_COMMITTER_NAME": author.name,
        "GIT_COMMITTER_EMAIL": author.email,
    }
    parents = ["-p", parent] if parent else []
    made = repository.run(
        "commit-tree", *parents, tree, data=message.encode(), environment=identity
    )  # fmt: skip
    return made.decode().strip()


def push_on_tip(
    repository: GitRepository,
    remote: str,
    branch: str,
    make_files: Callable[[str | None], Mapping[str, bytes | None] | None],
    message: str,
    author: Author,
) -> str | None:
    """Commit on top of a remote branch and push; start over whenever somebody was faster.

    Args:
        repository: Where the objects are made.
        remote: Name or address of the remote.
        branch: Branch there; made when absent.
        make_files: Takes the tip (None for a new branch) and returns what to add, replace or
            remove, or None to leave the branch as it is. Called again for every attempt, so it
            must not remember the last one.
        message: Commit message.
        author: Who signs.

    Returns:
        The pushed commit, None when nothing had to change.

    Raises:
        Misconfigured: The remote's rules forbid the push, or it does not know who pushes.
        ServiceUnavailable: The remote does not answer, or others won PUSH_ATTEMPTS times.
    """
    for attempt in range(PUSH_ATTEMPTS):
        tip = repository.remote_tip(remote, branch)
        files = make_files(tip)
        commit = None if files is None else write_commit(repository, tip, files, message, author)
        if commit is None:
            return None
        done = repository.push(remote, f"{commit}:refs/heads/{branch}")
        if done.returncode == 0:
            return commit
        tip_now = repository.remote_tip(remote, branch)
        if tip_now == commit:  # it was pushed, and the answer got lost
            return commit
        if is_refusal(done.stderr):  # even if another push came first, trying again ends the same
            raise refused_push(branch, done.stderr)
        if tip_now == tip and not is_locked(done):
            raise failure_of("push", done)
        time.sleep(min(0.05 * 2**attempt, 3.0) * random.uniform(0.5, 1.5))
    raise ServiceUnavailable(
        f"{branch}: others pushed {PUSH_ATTEMPTS} times in a row; run the same command again"
    )


def is_locked(done: subprocess.CompletedProcess[bytes]) -> bool:
    """Return whether a push failed because another one is just being written."""
    return b"failed to update ref" in done.stderr or b"cannot lock ref" in done.stderr
