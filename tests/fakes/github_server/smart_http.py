"""git over http, answered by git's own http-backend."""

from __future__ import annotations

import base64
import binascii
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .accounts import Token, role_grants
from .bare import GIT_ENVIRONMENT
from .state import Repository
from .world import World


@dataclass(frozen=True)
class GitAnswer:
    """Status, headers and body as http-backend gave them."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


def answer_git(
    world: World, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
) -> tuple[GitAnswer, str]:
    """Return the answer to a git request and the login of the caller.

    Args:
        world: the repositories.
        method: GET or POST.
        path: such as /owner/name.git/info/refs; the .git may be missing.
        query: what stood behind the question mark.
        headers: by lower-case name.
        body: the whole request body.
    """
    _, owner, name, *rest = path.split("/")
    repository = world.repositories.get(f"{owner}/{name.removesuffix('.git')}".lower())
    token = _token(world, headers.get("authorization", ""))
    login = token.account.login if token else ""
    pushes = rest == ["git-receive-pack"] or query == "service=git-receive-pack"
    if repository is None or not rest or not may_git(repository, token, pushes):
        wants_login = token is None and (pushes or repository is None or repository.private)
        challenge = (("WWW-Authenticate", 'Basic realm="GitHub"'),) if wants_login else ()
        status = 401 if wants_login else 403 if repository else 404
        return GitAnswer(status, (*challenge, ("Content-Type", "text/plain")), b"refused\n"), login
    with world.lock:
        repository.sync_pulls()
    path_info = f"/{owner}/{repository.name}.git/{'/'.join(rest)}"
    given = _run_backend(world.folder, method, path_info, query, headers, body, login)
    if rest == ["git-receive-pack"]:
        with world.lock:
            for upstream in world.repositories.values():
                upstream.sync_pulls()
    return given, login


def may_git(repository: Repository, token: Token | None, pushes: bool) -> bool:
    """Return whether a token opens a repository for fetching, or for pushing."""
    if not pushes and not repository.private:
        return True
    if token is None:
        return False
    level = "write" if pushes else "read"
    if token.permissions is not None:
        return token.grants(level, ("contents",)) and repository.parent is None
    return role_grants(repository.role(token.account.login), level)


def _token(world: World, authorization: str) -> Token | None:
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() != "basic":
        return world.tokens.get(rest)
    try:
        user, _, password = base64.b64decode(rest).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return world.tokens.get(password) or world.tokens.get(user)


def _run_backend(
    root: Path,
    method: str,
    path_info: str,
    query: str,
    headers: Mapping[str, str],
    body: bytes,
    login: str,
) -> GitAnswer:
    environment = {
        **GIT_ENVIRONMENT,
        "GIT_PROJECT_ROOT": str(root),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": path_info,
        "QUERY_STRING": query,
        "REQUEST_METHOD": method,
        "CONTENT_TYPE": headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_CONTENT_ENCODING": headers.get("content-encoding", ""),
        "GIT_PROTOCOL": headers.get("git-protocol", ""),
        "REMOTE_ADDR": "127.0.0.1",
    }
    if login:
        environment["REMOTE_USER"] = login
    done = subprocess.run(
        ["git", "http-backend"], input=body, capture_output=True, env=environment, check=False
    )
    head, _, rest = done.stdout.partition(b"\r\n\r\n")
    lines = [line.partition(": ") for line in head.decode().split("\r\n") if line]
    status = next((int(value[:3]) for key, _, value in lines if key == "Status"), 200)
    if not lines:
        return GitAnswer(500, (), done.stderr)
    return GitAnswer(
        status, tuple((key, value) for key, _, value in lines if key != "Status"), rest
    )
