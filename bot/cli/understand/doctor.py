"""`rexrank doctor`: what this installation can do, and what to run for the rest."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from bot.cli.options import branch_option, catalog_option, exit_status, output_format
from bot.errors import Misconfigured, RexrankError
from bot.jobs.setup.wish import (
    app_key_option,
    maintainer_option,
    squash_option,
    through_bot_option,
    token_only_option,
)
from bot.jobs.upstream import app_option

if TYPE_CHECKING:
    from bot.jobs.installation import Installation

Verdict = Literal["ok", "missing", "broken"]


@dataclass(frozen=True)
class Diagnosis:
    """One thing that was looked at."""

    name: str
    """What it is."""
    verdict: Verdict
    """Fine, not there (something cannot be done), or wrong (nothing can)."""
    detail: str
    """What was seen, and what to run."""


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
    import json

    if github:
        found = list(diagnose_github(catalog_folder, wishes))
    else:
        found = list(diagnose(catalog_folder))
    if format_ == "json":
        click.echo(json.dumps([asdict(each) for each in found], indent=2))
    else:
        for each in found:
            click.echo(f"{each.verdict:<9}{each.name:<40} {each.detail}")
    return exit_status(any(each.verdict == "broken" for each in found))


def diagnose(catalog_folder: Path | None) -> Iterator[Diagnosis]:
    """Yield what was found, one thing after the other."""
    from bot.jobs.installation import Installation

    yield Diagnosis("Python", "ok", platform.python_version())
    yield program("git", "--version", "the bot reads pull requests with it")
    yield container_engine()
    yield program("java", "-version", "METEOR needs it")
    try:
        installation = Installation(catalog_folder)
    except RexrankError as error:
        yield Diagnosis("catalog", "broken", str(error))
        return
    boards = len(list(installation.catalog.boards()))
    yield Diagnosis("catalog", "ok", f"{installation.folder}, {boards} boards")
    yield from references(installation)
    yield from metrics()


def diagnose_github(catalog_folder: Path | None, wishes: Mapping[str, Any]) -> Iterator[Diagnosis]:
    """Yield how the repository is set up; what is missing there counts as broken."""
    from bot.checks.setup.repository import check_setup
    from bot.jobs.installation import REPOSITORY_VARIABLE, Installation
    from bot.jobs.setup.wish import make_wish, open_settings, read_secret, read_setup, writer_of
    from bot.render.setup_plan import fix_of

    repository = os.environ.get(REPOSITORY_VARIABLE)
    if not repository:
        raise Misconfigured(f"{REPOSITORY_VARIABLE} is not set; give it owner/name")
    installation = Installation(catalog_folder)
    chosen = dict(wishes)
    key = read_secret(chosen.pop("app_key"))
    writer = writer_of(chosen["app_id"], chosen.pop("token_only"))
    wish = make_wish(installation, repository, writer=writer, **chosen)
    host = open_settings(repository)
    for point in check_setup(read_setup(host, wish, key)):
        if point.problem:
            yield Diagnosis(point.name, "broken", fix_of(point, repository))
        elif point.note:
            yield Diagnosis(point.name, "missing", point.note)
        else:
            yield Diagnosis(point.name, "ok", "as it should be")


def program(name: str, version_option: str, purpose: str) -> Diagnosis:
    """Return whether a program is there and which version it is."""
    if shutil.which(name) is None:
        return Diagnosis(name, "missing", f"not installed; {purpose}")
    done = subprocess.run(
        (name, version_option), capture_output=True, text=True, timeout=20, check=False
    )
    lines = (done.stdout or done.stderr).splitlines()
    return Diagnosis(name, "ok" if done.returncode == 0 else "broken", lines[0] if lines else "")


def container_engine() -> Diagnosis:
    """Return which container engine answers."""
    for engine in ("docker", "podman"):
        if shutil.which(engine) is None:
            continue
        done = subprocess.run(
            (engine, "info", "--format", "{{json .}}"),
            capture_output=True,
            timeout=30,
            check=False,
        )
        if done.returncode == 0:
            return Diagnosis("container engine", "ok", f"{engine} answers")
    detail = "neither docker nor podman answers; `rexrank score --in-container` needs one"
    return Diagnosis("container engine", "missing", detail)


def references(installation: Installation) -> Iterator[Diagnosis]:
    """Yield for each dataset whether its references are here and the right ones."""
    from bot.domain.dataset import list_studies

    for name in installation.catalog.datasets:
        label = f"references {name}"
        if not installation.references.has(name):
            detail = f"not here; run `rexrank dataset import {name} FILE` to score it"
            yield Diagnosis(label, "missing", detail)
            continue
        try:
            present = list_studies(installation.references.read(name))
        except RexrankError as error:
            yield Diagnosis(label, "broken", str(error))
            continue
        listed = installation.catalog.studies.get(name)
        if listed is not None and present.boards != listed.boards:
            detail = "differ from the study list in the catalog; import the right release"
            yield Diagnosis(label, "broken", detail)
        else:
            amounts = ", ".join(f"{len(b.ids)} {s}" for s, b in present.boards.items())
            yield Diagnosis(label, "ok", amounts)


def metrics() -> Iterator[Diagnosis]:
    """Yield for each metric whether it runs here."""
    from bot.jobs.installation import equipment
    from bot.metrics.registry import METRICS, availability

    here = equipment()
    for metric in METRICS:
        reason = availability(metric, here)
        yield Diagnosis(f"metric {metric.id}", "missing" if reason else "ok", reason or "runs here")
