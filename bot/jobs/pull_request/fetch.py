"""What a judgement of a pull request needs, brought into a bare repository."""

from __future__ import annotations

import re
from pathlib import Path

from bot.adapters.git.repository import GitRepository, create_bare
from bot.checks.reading.ledger_records import FETCHED_LEDGER
from bot.domain.repository_setup import LEDGER_BRANCH
from bot.errors import Misconfigured
from bot.jobs.environment import optional_token

HEAD = "refs/rexrank/head"
TARGET = "refs/rexrank/target"


def fetch_for_judging(
    folder: Path, remote: str, number: int, branch: str, base: str | None
) -> tuple[str, str]:
    """Fetch all that judging needs, and return the head and the tip of the target branch.

    Args:
        folder: Bare repository that gets everything; made when absent.
        remote: Address of the leaderboard's repository.
        number: The pull request.
        branch: Its target branch.
        base: Another commit that is needed.
    """
    create_bare(folder)
    repository = GitRepository(folder, token=optional_token())
    fetch_pull(repository, remote, number, branch)
    if base:
        fetch_commit(repository, remote, base)
    return repository.resolve(HEAD), repository.resolve(TARGET)


def fetch_pull(repository: GitRepository, remote: str, number: int, branch: str) -> None:
    """Bring a pull request, its target branch and the ledger, as they are now.

    Raises:
        Misconfigured: There is no such pull request, or no such branch.
        ServiceUnavailable: The remote does not answer.
    """
    wanted = {
        HEAD: f"refs/pull/{number}/head",
        TARGET: f"refs/heads/{branch}",
        FETCHED_LEDGER: f"refs/heads/{LEDGER_BRANCH}",
    }
    there = repository.remote_refs(remote, *wanted.values())
    if wanted[HEAD] not in there:
        raise Misconfigured(f"{remote}: no pull request {number}")
    if wanted[TARGET] not in there:
        raise Misconfigured(f"{remote}: no branch {branch}")
    for ref, source in wanted.items():
        if source not in there:  # a ledger of an earlier remote must not be taken for this one's
            repository.run("update-ref", "-d", ref)
    repository.fetch(
        remote, *(f"+{source}:{ref}" for ref, source in wanted.items() if source in there)
    )


def fetch_commit(repository: GitRepository, remote: str, commit: str) -> None:
    """Bring one commit, unless it came with what is there already.

    Raises:
        Misconfigured: It is no full object name.
        ServiceUnavailable: The remote does not answer, or does not have it.
    """
    if not re.fullmatch(r"[0-9a-f]{40}", commit):
        raise Misconfigured(f"--base {commit!r}: give the full name of a commit")
    if repository.attempt("cat-file", "-e", f"{commit}^{{commit}}").returncode:
        repository.fetch(remote, commit)
