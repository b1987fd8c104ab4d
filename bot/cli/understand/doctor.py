"""`rexrank doctor`: what this installation can do, and what to run for the rest."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from bot.cli.options import (
    app_key_option,
    app_option,
    branch_option,
    catalog_option,
    exit_status,
    maintainer_option,
    output_format,
    squash_option,
    through_bot_option,
    token_only_option,
)
from bot.jobs.environment import repository_name
from bot.jobs.installation import Installation
from bot.jobs.setup.doctor import diagnose, diagnose_repository
from bot.jobs.setup.wish import make_wish, read_secret, writer_of


@click.command()
@click.option(
    "--github",
    is_flag=True,
    help="Check how the repository GITHUB_REPOSITORY is set up instead. Reads with REXRANK_TOKEN "
    "and changes nothing; the options below say what it should be.",
)
@branch_option
@app_option
@app_key_option
@token_only_option
@maintainer_option
@through_bot_option
@squash_option
@output_format("text", "json")
@catalog_option
def doctor(github: bool, format_: str, catalog_folder: Path | None, **wishes: Any) -> int:
    """Check this installation: exit 1 when something is broken, 0 when only extras are missing.

    With --github, exit 1 when anything is wrong there, or cannot be read. The list is the one
    that `rexrank setup` works off. Without --app, a deploy key is expected to push.
    """
    if github:
        repository = repository_name()
        installation = Installation(catalog_folder)
        key = read_secret(wishes.pop("app_key"))
        writer = writer_of(wishes["app_id"], wishes.pop("token_only"))
        wish = make_wish(installation, repository, writer=writer, **wishes)
        found = list(diagnose_repository(wish, key))
    else:
        found = list(diagnose(catalog_folder))
    if format_ == "json":
        click.echo(json.dumps([asdict(each) for each in found], indent=2))
    else:
        for each in found:
            click.echo(f"{each.verdict:<9}{each.name:<40} {each.detail}")
    return exit_status(any(each.verdict == "broken" for each in found))
