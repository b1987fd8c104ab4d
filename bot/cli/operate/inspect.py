"""`rexrank inspect`: the whole untrusted stage, offline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.options import catalog_option, exit_status, output_format, say
from bot.errors import Misconfigured, WrongUsage

if TYPE_CHECKING:
    from bot.domain.owners import PullFacts
    from bot.pipeline.merging.ownership import Asker
    from bot.render.words.console import Format

INSPECTION_FILE = "inspection.json"


@click.command()
@click.option(
    "--repo",
    required=True,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Bare repository that has both commits. Nothing in it is checked out.",
)
@click.option("--base", required=True, help="Tip of the target branch.")
@click.option("--head", required=True, help="Tip of the pull request.")
@click.option("--author", help="Login of who opened it; checked against the entry's owners.")
@click.option(
    "--author-id",
    type=click.IntRange(min=1),
    help="Numeric id of that account; asks whether entry and files are theirs.",
)
@click.option(
    "--pull",
    "pull_file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Instead of --author: what `rexrank pull --output` wrote; who takes part is checked too.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder that gets inspection.json and, when all is in order, the entry's files.",
)
@output_format("text", "json", "github", "markdown")
@catalog_option
def inspect(
    repo: Path,
    base: str,
    head: str,
    author: str | None,
    author_id: int | None,
    pull_file: Path | None,
    output: Path | None,
    format_: Format,
    catalog_folder: Path | None,
) -> int:
    """Judge the head of a pull request without trusting anything in it.

    Where the repository has the ledger as refs/rexrank/ledger, that says whose an entry is, and
    which files another account handed in first. In an Actions job the step's outputs are kind,
    ready, sealed and valid.
    """
    from bot.adapters.disk.files import write_atomic, write_files
    from bot.adapters.git.repository import GitRepository
    from bot.adapters.github.actions import write_outputs
    from bot.adapters.ledger.owners import read_fetched_owners
    from bot.domain.finding import has_errors
    from bot.domain.submission import SUBMISSIONS_FOLDER
    from bot.jobs.installation import Installation
    from bot.pipeline.pull_request.inspect import inspect_pull_request
    from bot.render.words.console import render_findings

    installation = Installation(catalog_folder)
    repository = GitRepository(repo)
    inspected = inspect_pull_request(
        repository,
        base,
        head,
        installation.catalog,
        installation.public_texts,
        asker=find_asker(author, author_id, pull_file, repository.resolve(head)),
        owners=read_fetched_owners(repository),
    )
    inspection, folder = inspected.inspection, inspected.folder
    failed = has_errors(inspection.findings)
    ready = not failed and any(plan.readiness == "ready" for plan in inspection.plans)
    sealed = not failed and any(plan.readiness != "ready" for plan in inspection.plans)
    if output:
        write_atomic(output / INSPECTION_FILE, inspection.to_json())
        if folder and not failed:
            write_files(output / SUBMISSIONS_FOLDER / folder.id, folder.files)
    valid = not failed and inspection.kind == "submission"
    flags = {"ready": ready, "sealed": sealed, "valid": valid}
    words = {name: "true" if flag else "false" for name, flag in flags.items()}
    write_outputs({"kind": inspection.kind, **words})
    if format_ == "json":
        click.echo(inspection.to_json(), nl=False)
    else:
        click.echo(render_findings(inspection.findings, format_), nl=False)
        say(f"{inspection.kind}: {inspection.submission or 'no entry'} at {inspection.head[:12]}")
    return exit_status(failed)


def find_asker(
    author: str | None, author_id: int | None, pull_file: Path | None, head: str
) -> Asker | None:
    """Return who asks for the change, None when nothing is said about that.

    Raises:
        WrongUsage: What is said is empty or does not go together.
        Misconfigured: The file is no pull request's, or that of another head.
    """
    from bot.pipeline.merging.ownership import Asker

    if pull_file is not None:
        if author is not None or author_id is not None:
            raise WrongUsage("give --pull, or --author and --author-id, not both")
        facts = read_facts(pull_file, head)
        return Asker(facts.author, facts.author_id, facts.participants, facts.may_write)
    if author is None:
        if author_id is not None:
            raise WrongUsage("--author-id needs --author")
        return None
    if not author.strip():
        raise WrongUsage("--author is empty; leave it out where nobody opened a pull request")
    return Asker(author, author_id)


def read_facts(path: Path, head: str) -> PullFacts:
    """Return what `rexrank pull` wrote about exactly this head."""
    from pydantic import ValidationError

    from bot.adapters.disk.files import read_bytes
    from bot.domain.owners import PullFacts

    try:
        facts = PullFacts.from_json(read_bytes(path))
    except ValidationError as error:
        raise Misconfigured(f"{path}: not what `rexrank pull --output` writes: {error}") from error
    if facts.head != head:
        raise Misconfigured(f"{path}: it is about {facts.head[:12]}, not {head[:12]}")
    return facts
