"""The server itself: one loopback port for the API, for pages' addresses and for git."""

from __future__ import annotations

import json
import tempfile
import threading
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

from .calls import Refusal
from .documents import Site
from .events import Events
from .exchange import Answer, Question, answer, token_of
from .faults import Fault, fault_answer
from .smart_http import answer_git
from .state import Json
from .world import now

API_PREFIX = "/api/v3"


@dataclass(frozen=True)
class Request:
    """One line of the server's log."""

    method: str
    path: str
    """Below the API's root and without the query; git paths start with the owner."""
    login: str
    """Whose token it was; "" for none."""
    status: int
    """What was answered; 0 when the connection was dropped or left hanging."""
    query: str = ""
    """What stood behind the question mark."""
    body_bytes: int = 0
    """Length of the request body."""
    annotations: int = 0
    """Annotations in a check run request."""


class GitHubServer(Events):
    """GitHub on a loopback port, for as long as the `with` block lasts.

    Leaving the block fails the test when an answer did not fit GitHub's own description.

    Example:
        with GitHubServer() as server:
            server.create_repository("board/reports")
            server.add_token("secret", permissions={"pull-requests": "write"})
            github = Github(auth=Auth.Token("secret"), base_url=server.api_url)
    """

    def __init__(
        self,
        folder: Path | None = None,
        clock: Callable[[], datetime] = now,
        hang_s: float = 30.0,
    ) -> None:
        """Prepare a server; entering the `with` block starts it.

        Args:
            folder: where the bare repositories go; a temporary folder when not given.
            clock: gives the time of comments and merges.
            hang_s: how long a "timeout" fault keeps the caller waiting at most.
        """
        self._scratch = tempfile.TemporaryDirectory() if folder is None else None
        super().__init__(folder or Path(self._scratch.name if self._scratch else "."), clock)
        self.faults: list[Fault] = []
        self.requests: list[Request] = []
        self.failures: list[str] = []
        self.hang_s = hang_s
        self._closing = threading.Event()
        self._http: ThreadingHTTPServer | None = None

    @property
    def api_url(self) -> str:
        """Return the API's root, without a slash at its end: GITHUB_API_URL."""
        return self.site.api_url

    @property
    def server_url(self) -> str:
        """Return the address of pages and of git: GITHUB_SERVER_URL."""
        return self.site.server_url

    @property
    def git_url(self) -> str:
        """Return what comes before /owner/name.git in a clone address."""
        return self.site.server_url

    def clone_url(self, full_name: str, secret: str | None = None) -> str:
        """Return the address to clone or push, with a token in it when one is given."""
        login = f"x-access-token:{secret}@" if secret else ""
        return f"{self.git_url.replace('://', f'://{login}', 1)}/{full_name}.git"

    def __enter__(self) -> GitHubServer:
        handler = type("Handler", (_Handler,), {"github": self})
        self._http = _Loopback(("127.0.0.1", 0), handler)
        root = f"http://127.0.0.1:{self._http.server_address[1]}"
        self.site = Site(root + API_PREFIX, root)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()
            self._thread.join()
        if self._scratch is not None:
            self._scratch.cleanup()
        report = "\n".join(["answers that GitHub would not give:", *self.failures])
        if self.failures and error is None:
            raise AssertionError(report)
        if self.failures and error is not None:
            error.add_note(report)

    def strike(self, method: str, path: str) -> Fault | None:
        """Return the fault that falls due with this request, or None; counts the request."""
        with self.lock:
            due = [fault for fault in list(self.faults) if fault.strikes(method, path)]
        return due[0] if due else None

    def hang(self) -> None:
        """Wait until the caller must have given up or the server closes."""
        self._closing.wait(self.hang_s)


@dataclass(frozen=True)
class _Reply:
    """What a request is answered with."""

    status: int
    data: bytes
    headers: Mapping[str, str]


class _Loopback(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a caller that hangs up is part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    github: GitHubServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two sends: the second would wait 40 ms

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: `server.requests` is the log."""

    def handle_request(self) -> None:
        url = urllib.parse.urlsplit(self.path)
        body = self._read_body()
        is_api = url.path.startswith(API_PREFIX)
        path = url.path.removeprefix(API_PREFIX)
        fault = self.github.strike(self.command, path)
        line = partial(self._log, path, url.query, body)
        if fault is not None and fault.kind in ("timeout", "drop_before"):
            line(status=0, login="")
            if fault.kind == "timeout":
                self.github.hang()
            self.close_connection = True
            return
        if fault is not None and fault.kind != "drop_after":
            status, headers, document = fault_answer(fault, self.github.now_s())
            reply, login = self._json_reply(status, document, headers), ""
        elif is_api:
            reply, login = self._answer_api(path, url.query, body)
        else:
            reply, login = self._answer_git(path, url.query, body)
        # The line stands before the caller has its answer: a test that has it may read the log.
        line(
            status=0 if fault is not None and fault.kind == "drop_after" else reply.status,
            login=login,
        )
        if fault is not None and fault.kind == "drop_after":
            self.close_connection = True
            return
        self._send(reply)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_request  # noqa: N815

    def _answer_api(self, path: str, query: str, body: bytes) -> tuple[_Reply, str]:
        github = self.github
        authorization = self.headers.get("authorization", "")
        pairs = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        with github.lock:
            try:
                given = answer(github, Question(self.command, path, pairs, authorization, body))
            except Exception as error:  # noqa: BLE001 - a bug in here must fail the test, not hang it
                github.failures.append(f"{self.command} {path}: {error!r}")
                given = Answer(500, {"message": repr(error)})
            if given.mismatch is not None:
                github.failures.append(f"{self.command} {path}: {given.mismatch}")
                given = Answer(500, {"message": given.mismatch})
            login = self._login(authorization)
        root = github.api_url
        headers = {key: value.replace("{root}", root) for key, value in given.headers.items()}
        return self._json_reply(given.status, given.document, headers), login

    def _login(self, authorization: str) -> str:
        try:
            token = token_of(self.github, authorization)
        except Refusal:
            return ""
        return token.account.login if token else ""

    def _answer_git(self, path: str, query: str, body: bytes) -> tuple[_Reply, str]:
        if path.count("/") < 2:
            return _Reply(404, b"no page here\n", {"Content-Type": "text/plain"}), ""
        headers = {key.lower(): value for key, value in self.headers.items()}
        given, login = answer_git(self.github, self.command, path, query, headers, body)
        return _Reply(given.status, given.body, dict(given.headers)), login

    def _json_reply(self, status: int, document: Any, headers: Mapping[str, str]) -> _Reply:
        data = b"" if document is None else json.dumps(document).encode()
        reset = self.github.now_s() + 3600
        limits = {
            "content-type": "application/json; charset=utf-8",
            "x-ratelimit-limit": "5000",
            "x-ratelimit-remaining": "4999",
            "x-ratelimit-used": "1",
            "x-ratelimit-reset": str(reset),
            "x-ratelimit-resource": "core",
        }
        return _Reply(status, data, limits | dict(headers))

    def _send(self, reply: _Reply) -> None:
        self.send_response(reply.status)
        for key, value in reply.headers.items():
            self.send_header(key, value)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(reply.data)))
        self.end_headers()
        self.wfile.write(reply.data)

    def _read_body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            return b"".join(iter(self._read_chunk, b""))
        return self.rfile.read(int(self.headers.get("content-length") or 0))

    def _read_chunk(self) -> bytes:
        size = int(self.rfile.readline().split(b";")[0], 16)
        data = self.rfile.read(size)
        self.rfile.readline()
        return data

    def _log(self, path: str, query: str, body: bytes, *, status: int, login: str) -> None:
        annotations = 0
        if "/check-runs" in path and body:
            sent: Json = json.loads(body)
            annotations = len((sent.get("output") or {}).get("annotations") or [])
        line = Request(self.command, path, login, status, query, len(body), annotations)
        with self.github.lock:
            self.github.requests.append(line)
