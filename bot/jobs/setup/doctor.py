"""What this installation can do, and what to run for the rest; and how its repository is set up."""

from __future__ import annotations

import platform
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.checks.setup.repository import check_setup
from bot.domain.dataset import list_studies
from bot.domain.repository_setup import SetupWish
from bot.errors import RexrankError
from bot.jobs.installation import Installation
from bot.jobs.scoring.scorer import equipment
from bot.jobs.setup.wish import open_settings, read_setup
from bot.metrics.registry import METRICS, availability
from bot.render.setup_plan import fix_of

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


def diagnose(catalog_folder: Path | None) -> Iterator[Diagnosis]:
    """Yield what was found, one thing after the other."""
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


def diagnose_repository(wish: SetupWish, app_key: str | None) -> Iterator[Diagnosis]:
    """Yield how the repository is set up; what is missing there counts as broken."""
    host = open_settings(wish.repository)
    for point in check_setup(read_setup(host, wish, app_key)):
        if point.problem:
            yield Diagnosis(point.name, "broken", fix_of(point, wish.repository))
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
    here = equipment()
    for metric in METRICS:
        reason = availability(metric, here)
        yield Diagnosis(f"metric {metric.id}", "missing" if reason else "ok", reason or "runs here")
