"""git over http, answered by git's own http-backend once a caller may have what it asks for."""

from __future__ import annotations

import base64
import binascii
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from .accounts import Token, role_grants
from .bare import GIT_ENVIRONMENT
from .pushes import Push, read_push, refuse_push
from .state import Repository
from .world import World

RECEIVE = "git-receive-pack"
CHALLENGE = (("WWW-Authenticate", 'Basic realm="GitHub"'), ("Content-Type", "text/plain"))


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
    repository = world.find_repository(f"{owner}/{name.removesuffix('.git')}")
    shown = headers.get("authorization", "")
    token = find_token(world, shown)
    login = token.account.login if token else ""
    if shown and token is None:
        return GitAnswer(401, CHALLENGE, b"Invalid username or token.\n"), ""
    pushes = rest == [RECEIVE] or query == f"service={RECEIVE}"
    if repository is None or not rest or not may_git(repository, token, pushes):
        return _refusal(repository, token, pushes), login
    push = Push((), frozenset(), b"")
    with world.lock:
        repository.sync_pulls()
        if rest == [RECEIVE] and token is not None:
            push = read_push(body, headers)
            refused = refuse_push(repository, token, push, world.site.server_url)
            if refused is not None:
                kind = (("Content-Type", f"application/x-{RECEIVE}-result"),)
                return GitAnswer(200, kind, refused), login
    path_info = f"/{repository.git.folder.relative_to(world.folder)}/{'/'.join(rest)}"
    given = _run_backend(world, method, path_info, query, headers, body, login)
    if token is not None:
        with world.lock:
            _remember(world, repository, token, push)
    return given, login


def may_git(repository: Repository, token: Token | None, pushes: bool) -> bool:
    """Return whether a token opens a repository for fetching, or for pushing."""
    if not pushes and not repository.private:
        return True
    if token is None or token.is_jwt:
        return False
    level = "write" if pushes else "read"
    if token.permissions is None:
        return role_grants(repository.role(token.account.login), level)
    if not token.grants(level, ("contents",)) or not token.covers(repository.full_name):
        return False
    if token.app is None and not token.deploy_key:
        return role_grants(repository.role(token.account.login), level)
    return repository.parent is None


def find_token(world: World, authorization: str) -> Token | None:
    """Return the token that an Authorization header shows, None when nobody has it."""
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() != "basic":
        return world.tokens.get(rest)
    try:
        user, _, password = base64.b64decode(rest).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return world.tokens.get(password) or world.tokens.get(user)


def _refusal(repository: Repository | None, token: Token | None, pushes: bool) -> GitAnswer:
    if token is None and (pushes or repository is None or repository.private):
        return GitAnswer(401, CHALLENGE, b"Authentication required.\n")
    if repository is None or (repository.private and not pushes):
        return GitAnswer(404, CHALLENGE[1:], b"Repository not found.\n")
    login = token.account.login if token else ""
    words = f"Permission to {repository.full_name}.git denied to {login}.\n"
    return GitAnswer(403, CHALLENGE[1:], words.encode())


def _remember(world: World, repository: Repository, token: Token, push: Push) -> None:
    """Note which refs of a push were really moved, and let pull requests follow them."""
    for update in push.updates:
        if (repository.git.resolve(update.ref) or "") != update.new:
            continue
        repository.pushers[update.ref] = token.account.login
        world.note("push", repository, token, ref=update.ref, before=update.old, head=update.new)
        world.note_moved_heads(repository, token, update.ref)
    if push.updates:
        for upstream in world.repositories.values():
            upstream.sync_pulls()


def _run_backend(
    world: World,
    method: str,
    path_info: str,
    query: str,
    headers: Mapping[str, str],
    body: bytes,
    login: str,
) -> GitAnswer:
    environment = {
        **GIT_ENVIRONMENT,
        "GIT_PROJECT_ROOT": str(world.folder),
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
