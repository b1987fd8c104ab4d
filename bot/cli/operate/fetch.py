"""`rexrank fetch`: what a judgement of a pull request needs, brought into a bare repository."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.options import branch_option, remote_option, say

if TYPE_CHECKING:
    from bot.adapters.git.repository import GitRepository

HEAD = "refs/rexrank/head"
TARGET = "refs/rexrank/target"


@click.command()
@click.argument("number", type=int)
@click.option("--base", help="Another commit that is needed, as the base in the event's payload.")
@remote_option
@click.option(
    "--repo",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Bare repository that gets everything; made when absent.",
)
@branch_option
def fetch(number: int, base: str | None, remote: str, repo: Path, branch: str) -> None:
    """Fetch the head of a pull request, its target branch and the ledger. Nothing is checked out.

    They become refs/rexrank/head, refs/rexrank/target and, where there is a ledger,
    refs/rexrank/ledger. A private repository needs REXRANK_TOKEN. A second run brings what is new.
    """
    from bot.adapters.git.repository import GitRepository, create_bare
    from bot.jobs.installation import optional_token

    create_bare(repo)
    repository = GitRepository(repo, token=optional_token())
    fetch_pull(repository, remote, number, branch)
    if base:
        fetch_commit(repository, remote, base)
    head = repository.resolve(HEAD)
    say(f"pull request {number} at {head[:12]}, {branch} at {repository.resolve(TARGET)[:12]}")


def fetch_pull(repository: GitRepository, remote: str, number: int, branch: str) -> None:
    """Bring a pull request, its target branch and the ledger, as they are now.

    Raises:
        Misconfigured: There is no such pull request, or no such branch.
        ServiceUnavailable: The remote does not answer.
    """
    from bot.adapters.ledger.scores import BRANCH
    from bot.checks.reading.ledger_records import FETCHED_LEDGER
    from bot.errors import Misconfigured

    wanted = {
        HEAD: f"refs/pull/{number}/head",
        TARGET: f"refs/heads/{branch}",
        FETCHED_LEDGER: f"refs/heads/{BRANCH}",
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
    import re

    from bot.errors import Misconfigured

    if not re.fullmatch(r"[0-9a-f]{40}", commit):
        raise Misconfigured(f"--base {commit!r}: give the full name of a commit")
    if repository.attempt("cat-file", "-e", f"{commit}^{{commit}}").returncode:
        repository.fetch(remote, commit)
