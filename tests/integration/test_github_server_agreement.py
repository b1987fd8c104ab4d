"""The loopback GitHub and the emulator of another maker answer the same calls alike."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.fakes.github_server import GitHubServer
from tests.fakes.github_server.accounts import App
from tests.fakes.github_server.calls import ROUTES
from tests.fakes.github_server.description import DESCRIPTION
from tests.integration.peer_calls import CALLS, LEFT_OUT, OTHERWISE, VALUES, Ask
from tests.require import require

NPM = Path(__file__).resolve().parents[1] / "npm"
EMULATE = NPM / "node_modules" / "emulate" / "dist"
APP = App(7, "reader", "Reader")
MAY = {"checks": "write", "contents": "read"}


@dataclass
class Side:
    """One of the two servers: where it is, whom it lets in, and what it said before."""

    root: str
    tokens: dict[str, str]
    kept: dict[str, str] = field(default_factory=dict)

    def ask(self, call: Ask) -> tuple[int, Any]:
        """Return status and decoded answer of a call."""
        token = self.tokens.get(call.who) or self.kept.get(call.who)
        body = None if call.body is None else self._fill(json.dumps(call.body)).encode()
        request = urllib.request.Request(
            self.root + self._fill(call.path), method=call.method, data=body
        )
        request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                status, document = answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read() or b"null")
        for name, place in call.keep.items():
            value = document
            for key in place.split("."):
                value = value[key]
            self.kept[name] = str(value)
        return status, document

    def _fill(self, text: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda found: self.kept.get(found[1], found[0]), text)


@pytest.fixture
def ours() -> Iterator[Side]:
    """The loopback GitHub with a repository, two people and an app."""
    require(DESCRIPTION.exists(), "npm packages are missing: (cd tests/npm && npm ci)")
    with GitHubServer() as server:
        server.create_repository("mia/reports", collaborators={"ben": "write"})
        tokens = {login: f"{login}-token" for login in ("mia", "ben")}
        for login, secret in tokens.items():
            server.add_token(secret, login)
        made = server.add_app(APP, "mia", MAY)
        yield Side(server.api_url, tokens | {"jwt": statement(made.private_key)})


@pytest.fixture
def peer(ours: Side) -> Iterator[Side]:
    """The emulator with the same in it."""
    node = shutil.which("node")
    require(node and EMULATE.exists(), "emulate is missing: (cd tests/npm && npm ci)")
    key = new_key()
    app = {"app_id": APP.id, "slug": APP.slug, "name": APP.name, "private_key": key}
    app |= {"permissions": MAY, "installations": [{"installation_id": 70, "account": "mia"}]}
    logins = ("mia", "ben")
    seed = {
        "tokens": {f"{login}-token": {"login": login, "scopes": ["repo"]} for login in logins},
        "github": {
            "users": [{"login": login} for login in logins],
            "repos": [{"owner": "mia", "name": "reports", "auto_init": True}],
            "apps": [app],
        },
    }
    with subprocess.Popen(
        [str(node), "peer.mjs", json.dumps(seed)],
        cwd=NPM,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        root = process.stdout.readline().strip()
        assert root, "emulate did not start"
        side = Side(root, ours.tokens | {"jwt": statement(key)})
        invited = Ask("mia", "PUT", "/repos/mia/reports/collaborators/ben", {"permission": "push"})
        assert side.ask(invited)[0] == 201
        yield side
        process.stdin.close()  # ends it


def new_key() -> str:
    """Return a private key, PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    return key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain).decode()


def statement(key: str) -> str:
    """Return what an app signs to be known."""
    now = int(time.time())
    claims = {"iat": now - 60, "exp": now + 540, "iss": str(APP.id)}
    return jwt.encode(claims, key, algorithm="RS256")


def differences(call: Ask, ours: Any, theirs: Any, name: str = "") -> Iterator[str]:
    """Yield what the peer's answer has that ours has not, or has otherwise."""
    asked = f"{call.method} {call.path}"
    allowed = {key for pattern, key in (*LEFT_OUT, *OTHERWISE) if re.search(pattern, asked)}
    if "" in allowed or name in allowed:
        return
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for key in theirs.keys() - allowed:
            if key not in ours:
                yield f"{name} lacks {key}"
            else:
                yield from differences(call, ours[key], theirs[key], key)
    elif isinstance(theirs, list) and isinstance(ours, list):
        if len(theirs) != len(ours):
            yield f"{name}: {len(ours)} but {len(theirs)}"
        for one, other in zip(
            sorted(ours, key=place_of), sorted(theirs, key=place_of), strict=False
        ):
            yield from differences(call, one, other, name)
    elif theirs is None or ours is None:  # one of them knows nothing
        return
    elif type(ours) is not type(theirs) or (name in VALUES and ours != theirs):
        yield f"{name}: {ours!r} but {theirs!r}"


def place_of(document: Any) -> str:
    """Return what a list is sorted by where GitHub promises no order."""
    return str(document.get("name", "")) if isinstance(document, dict) else ""


def test_both_answer_alike_but_for_what_is_written_down(ours: Side, peer: Side) -> None:
    complaints = []
    for call in CALLS:
        (status, document), (their_status, their_document) = ours.ask(call), peer.ask(call)
        said = f"{call.who} {call.method} {call.path}"
        if their_status != (call.theirs or status) or call.theirs == status:
            complaints.append(f"{said}: {status} {document} but {their_status} {their_document}")
        elif status < 400 and their_status < 400:
            found = differences(call, document, their_document, call.path.rpartition("/")[2])
            complaints += [f"{said}: {one}" for one in sorted(found)]
    assert not complaints, "\n".join(complaints)


def test_everything_that_both_answer_is_asked() -> None:
    require(EMULATE.exists(), "emulate is missing: (cd tests/npm && npm ci)")
    code = "".join(path.read_text(encoding="utf-8") for path in EMULATE.glob("dist-*.js"))
    theirs = {
        (method.upper(), re.sub(r":\w+(\{[^}]*\})?", "*", path))
        for method, path in re.findall(r'\bapp\.(get|post|put|patch|delete)\(\s*"([^"]+)"', code)
    }
    both = [
        route
        for route in ROUTES
        if (route.method, re.sub(r"\{\w+\}", "*", route.template)) in theirs
    ]
    assert len(both) > 50, "the peer writes its paths in another way now"
    asked = [(call.method, call.path.partition("?")[0]) for call in CALLS]
    missing = [
        f"{route.method} {route.template}"
        for route in both
        if not any(
            route.method == method and route.pattern.fullmatch(path) for method, path in asked
        )
    ]
    assert missing == []


def test_a_difference_between_the_two_is_decided_by_the_documentation() -> None:
    undecided = [call for call in CALLS if (call.theirs is None) != (not call.because)]
    assert undecided == []
    assert all([*LEFT_OUT.values(), *OTHERWISE.values()])
