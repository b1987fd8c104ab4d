"""Whether a push is taken, decided before git's own receive-pack sees it."""

from __future__ import annotations

import gzip
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from .accounts import Token
from .bare import GIT_ENVIRONMENT, BareRepository, GitError
from .rulesets import RefUpdate, refuse_update
from .state import Repository

NOTHING = "0" * 40
DECLINED = "push declined due to repository rule violations"


@dataclass(frozen=True)
class Push:
    """What a client asks receive-pack for."""

    updates: tuple[RefUpdate, ...]
    capabilities: frozenset[str]
    pack: bytes


def read_push(body: bytes, headers: Mapping[str, str]) -> Push:
    """Return the commands and the pack of a request to git-receive-pack.

    Source: gitprotocol-pack(5), "Reference Update Request and Packfile Transfer".
    """
    if headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    updates, capabilities, position = [], frozenset[str](), 0
    while position + 4 <= len(body):
        size = int(body[position : position + 4], 16)
        line = body[position + 4 : position + size]
        position += max(size, 4)
        if size == 0:
            break
        command, _, extra = line.partition(b"\0")
        capabilities |= frozenset(extra.decode().split())
        old, new, ref = command.decode().rstrip("\n").split(" ", 2)
        updates.append(RefUpdate(ref, old.replace(NOTHING, ""), new.replace(NOTHING, "")))
    return Push(tuple(updates), capabilities, body[position:])


def refuse_push(repository: Repository, token: Token, push: Push, server_url: str) -> bytes | None:
    """Return the answer that refuses a push, None when it may go on."""
    if not push.updates or (not repository.rulesets and token.app is None):
        return None
    with tempfile.TemporaryDirectory() as scratch:
        objects = Path(scratch) / "objects"
        environment = _unpack(repository.git, push.pack, objects)
        updates = [_measured(repository.git, one, environment) for one in push.updates]
        for update in updates:
            path = _changed_workflow(repository.git, token, update, environment)
            if path:
                why = (
                    "refusing to allow a GitHub App to create or update workflow "
                    f"`{path}` without `workflows` permission"
                )
                return _answer(push, [], why)
    said = []
    for update in updates:
        refused = refuse_update(repository, token, update)
        if refused:
            said += _violations(repository, update.ref, refused, server_url)
    return _answer(push, said, DECLINED) if said else None


def _unpack(git: BareRepository, pack: bytes, objects: Path) -> dict[str, str]:
    """Return an environment in which git sees what is pushed; the repository keeps none of it."""
    (objects / "pack").mkdir(parents=True)
    environment = {
        "GIT_OBJECT_DIRECTORY": str(objects),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(git.folder / "objects"),
    }
    if pack:
        subprocess.run(
            ["git", "index-pack", "--stdin", "--fix-thin"],
            cwd=git.folder, input=pack, capture_output=True, check=False,
            env={**GIT_ENVIRONMENT, **environment},
        )  # fmt: skip
    return environment


def _measured(git: BareRepository, update: RefUpdate, environment: Mapping[str, str]) -> RefUpdate:
    if not update.old or not update.new:
        return update
    lost = git.run("rev-list", "-1", f"{update.new}..{update.old}", env=environment)
    return replace(update, forward=not lost.strip())


def _changed_workflow(
    git: BareRepository, token: Token, update: RefUpdate, environment: Mapping[str, str]
) -> str:
    """Return a workflow that an app changes without the permission to; "" when there is none."""
    if token.app is None or not update.new or token.grants("write", ("workflows",)):
        return ""
    known = ("--not", "--branches") if not update.old else ("--not", update.old, "--branches")
    try:
        listed = git.run(
            "log", "--format=", "--name-only", "-m", "--first-parent", update.new, *known,
            "--", ".github/workflows", env=environment,
        )  # fmt: skip
    except GitError:
        return ""
    return listed.strip().split("\n")[0]


def _violations(repository: Repository, ref: str, said: list[str], server_url: str) -> list[str]:
    address = f"{server_url}/{repository.full_name}/rules?ref={ref.replace('/', '%2F')}"
    lines = [f"error: GH013: Repository rule violations found for {ref}."]
    lines += [f"Review all repository rules at {address}", ""]
    for one in said:
        lines += [f"- {one}", ""]
    return lines


def _answer(push: Push, said: list[str], why: str) -> bytes:
    """Return receive-pack's report: every ref is refused, whichever was the reason."""
    report = b"".join(
        _packet(line.encode())
        for line in ("unpack ok\n", *(f"ng {one.ref} {why}\n" for one in push.updates))
    )
    report += b"0000"
    if "side-band-64k" not in push.capabilities:
        return report
    told = b"".join(_packet(b"\x02" + f"{line}\n".encode()) for line in said)
    return told + _packet(b"\x01" + report) + b"0000"


def _packet(data: bytes) -> bytes:
    return f"{len(data) + 4:04x}".encode() + data
