"""Who asks for a pull request, and whether it is still the one that a run was started for."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from bot.adapters.disk.files import read_bytes, write_atomic
from bot.adapters.github.actions import write_outputs
from bot.domain.owners import PullFacts
from bot.errors import Misconfigured, SubmissionRejected
from bot.jobs.installation import Installation
from bot.pipeline.merging.gate import read_asker
from bot.ports import PullRequest


def write_facts(
    installation: Installation, number: int, head: str, output: Path | None
) -> PullRequest:
    """Return a pull request that is open at a head; a workflow is told its base and author.

    Args:
        installation: Says which repository.
        number: The pull request.
        head: Commit for which the run was started.
        output: File that gets the author and who takes part.

    Raises:
        SubmissionRejected: It has another head by now, or is closed.
    """
    host = installation.host()
    pull = host.read(number)
    if pull.head != head or pull.state != "open":
        raise SubmissionRejected(
            f"pull request {number} is {pull.state} at {pull.head[:12]}, not open at "
            f"{head[:12]}; look at what it is now, then start again"
        )
    if output:
        asker = read_asker(host, pull)
        facts = PullFacts(
            number=number,
            author=pull.author,
            author_id=pull.author_id,
            may_write=bool(asker.may_write),
            base=pull.base,
            head=pull.head,
            participants=asker.participants or (),
        )
        write_atomic(output, facts.to_json())
    write_outputs({"base": pull.base, "author": pull.author, "author_id": str(pull.author_id)})
    return pull


def read_facts(path: Path, head: str) -> PullFacts:
    """Return what `write_facts` wrote about exactly this head.

    Raises:
        Misconfigured: The file is something else, or about another head.
    """
    try:
        facts = PullFacts.from_json(read_bytes(path))
    except ValidationError as error:
        raise Misconfigured(f"{path}: not what `rexrank pull --output` writes: {error}") from error
    if facts.head != head:
        raise Misconfigured(f"{path}: it is about {facts.head[:12]}, not {head[:12]}")
    return facts
