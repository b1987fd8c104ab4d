"""`rexrank doctor`: what this installation can do, and what to run for the rest."""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from bot.cli.maintenance import app_option
from bot.cli.options import branch_option, catalog_option, exit_status, output_format
from bot.errors import RexrankError

if TYPE_CHECKING:
    from bot.cli.wiring import Workshop

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
    help="Check how the repository GITHUB_REPOSITORY is set up instead: rules, environment, "
    "variables, Actions, pages. Reads with REXRANK_TOKEN and changes nothing.",
)
@branch_option
@app_option
@output_format("text", "json")
@catalog_option
def doctor(
    github: bool, branch: str, app_id: int, format_: str, catalog_folder: Path | None
) -> int:
    """Check this installation: exit 1 when something is broken, 0 when only extras are missing.

    With --github, exit 1 when anything is missing there, or cannot be read.
    """
    import json

    if github:
        found = list(diagnose_github(catalog_folder, branch, app_id))
    else:
        found = list(diagnose(catalog_folder))
    if format_ == "json":
        click.echo(json.dumps([asdict(each) for each in found], indent=2))
    else:
        for each in found:
            click.echo(f"{each.verdict:<9}{each.name:<30}{each.detail}")
    return exit_status(any(each.verdict == "broken" for each in found))


def diagnose(catalog_folder: Path | None) -> Iterator[Diagnosis]:
    """Yield what was found, one thing after the other."""
    from bot.cli.wiring import Workshop

    yield Diagnosis("Python", "ok", platform.python_version())
    yield program("git", "--version", "the bot reads pull requests with it")
    yield container_engine()
    yield program("java", "-version", "METEOR needs it")
    try:
        workshop = Workshop(catalog_folder)
    except RexrankError as error:
        yield Diagnosis("catalog", "broken", str(error))
        return
    boards = len(list(workshop.catalog.boards()))
    yield Diagnosis("catalog", "ok", f"{workshop.folder}, {boards} boards")
    yield from references(workshop)
    yield from metrics()


def diagnose_github(catalog_folder: Path | None, branch: str, app_id: int) -> Iterator[Diagnosis]:
    """Yield how the repository is set up; what is missing there counts as broken."""
    from bot.adapters.github_settings import GitHubSettings
    from bot.checks.repository_setup import check_setup
    from bot.cli.maintenance import open_repository
    from bot.cli.wiring import Workshop

    settings = open_repository(Workshop(catalog_folder), GitHubSettings)
    for point in check_setup(settings.read_setup(branch, app_id)):
        detail = f"{point.problem}; {point.fix}" if point.problem else "as it should be"
        yield Diagnosis(point.name, "broken" if point.problem else "ok", detail)


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


def references(workshop: Workshop) -> Iterator[Diagnosis]:
    """Yield for each dataset whether its references are here and the right ones."""
    from bot.domain.dataset import list_studies

    for name in workshop.catalog.datasets:
        label = f"references {name}"
        if not workshop.references.has(name):
            detail = f"not here; run `rexrank dataset import {name} FILE` to score it"
            yield Diagnosis(label, "missing", detail)
            continue
        try:
            present = list_studies(workshop.references.read(name))
        except RexrankError as error:
            yield Diagnosis(label, "broken", str(error))
            continue
        listed = workshop.catalog.studies.get(name)
        if listed is not None and present.boards != listed.boards:
            detail = "differ from the study list in the catalog; import the right release"
            yield Diagnosis(label, "broken", detail)
        else:
            amounts = ", ".join(f"{len(b.ids)} {s}" for s, b in present.boards.items())
            yield Diagnosis(label, "ok", amounts)


def metrics() -> Iterator[Diagnosis]:
    """Yield for each metric whether it runs here."""
    from bot.cli.wiring import equipment
    from bot.metrics.registry import METRICS, availability

    here = equipment()
    for metric in METRICS:
        reason = availability(metric, here)
        yield Diagnosis(f"metric {metric.id}", "missing" if reason else "ok", reason or "runs here")
