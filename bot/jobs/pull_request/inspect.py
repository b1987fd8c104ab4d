"""The head of a pull request, judged offline; and what the stages that follow get of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.adapters.disk.files import write_atomic, write_files
from bot.adapters.git.repository import GitRepository
from bot.adapters.github.actions import write_outputs
from bot.adapters.ledger.owners import read_fetched_owners
from bot.domain.finding import has_errors
from bot.domain.inspection import Inspection
from bot.domain.submission import SUBMISSIONS_FOLDER, SubmissionFolder
from bot.errors import WrongUsage
from bot.jobs.installation import Installation
from bot.jobs.pull_request.facts import read_facts
from bot.jobs.pull_request.handover import INSPECTION_FILE
from bot.pipeline.merging.ownership import Asker
from bot.pipeline.pull_request.inspect import inspect_pull_request


@dataclass(frozen=True)
class Named:
    """Who was said to ask for a change, in one of two ways or not at all."""

    author: str | None
    """Login of who opened the pull request."""
    author_id: int | None
    """Numeric id of that account."""
    pull_file: Path | None
    """What `write_facts` wrote, instead of both."""


def inspect_head(
    installation: Installation,
    repo: Path,
    base: str,
    head: str,
    named: Named,
    output: Path | None,
) -> Inspection:
    """Return the inspection of a head; it is handed over, and a workflow told what comes next.

    Args:
        installation: Has the catalog and the references.
        repo: Bare repository that has both commits.
        base: Tip of the target branch.
        head: Tip of the pull request.
        named: Who asks for the change.
        output: Folder that gets the inspection and, when all is in order, the entry's files.
    """
    repository = GitRepository(repo)
    inspected = inspect_pull_request(
        repository,
        base,
        head,
        installation.catalog,
        installation.public_texts,
        asker=find_asker(named, repository.resolve(head)),
        owners=read_fetched_owners(repository),
    )
    if output:
        hand_over(inspected.inspection, inspected.folder, output)
    tell_workflow(inspected.inspection)
    return inspected.inspection


def hand_over(inspection: Inspection, folder: SubmissionFolder | None, output: Path) -> None:
    """Write what the stages that follow read."""
    write_atomic(output / INSPECTION_FILE, inspection.to_json())
    if folder and not has_errors(inspection.findings):
        write_files(output / SUBMISSIONS_FOLDER / folder.id, folder.files)


def tell_workflow(inspection: Inspection) -> None:
    """Set the step's outputs: what kind of change it is, and which stages follow."""
    failed = has_errors(inspection.findings)
    flags = {
        "ready": not failed and any(plan.readiness == "ready" for plan in inspection.plans),
        "sealed": not failed and any(plan.readiness != "ready" for plan in inspection.plans),
        "valid": not failed and inspection.kind == "submission",
    }
    words = {name: "true" if flag else "false" for name, flag in flags.items()}
    write_outputs({"kind": inspection.kind, **words})


def find_asker(named: Named, head: str) -> Asker | None:
    """Return who asks for the change, None when nothing is said about that.

    Raises:
        WrongUsage: What is said is empty or does not go together.
        Misconfigured: The file is no pull request's, or that of another head.
    """
    author, author_id = named.author, named.author_id
    if named.pull_file is not None:
        if author is not None or author_id is not None:
            raise WrongUsage("give --pull, or --author and --author-id, not both")
        facts = read_facts(named.pull_file, head)
        return Asker(facts.author, facts.author_id, facts.participants, facts.may_write)
    if author is None:
        if author_id is not None:
            raise WrongUsage("--author-id needs --author")
        return None
    if not author.strip():
        raise WrongUsage("--author is empty; leave it out where nobody opened a pull request")
    return Asker(author, author_id)
