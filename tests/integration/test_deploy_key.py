"""A deploy key pushes over a real ssh, and leaves neither the key nor a question behind."""

from __future__ import annotations

import json
import os
import stat
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from bot.adapters.git.commits import push_on_tip
from bot.adapters.git.push_credentials import deploy_key, known_hosts_lines, ssh_remote
from bot.adapters.git.repository import create_bare
from bot.errors import Misconfigured
from bot.jobs.remotes import pushing_repository
from tests.integration.git_objects import AUTHOR
from tests.integration.sshd import Sshd, make_key, run_sshd

VARIABLES = ("REXRANK_PUSH_TOKEN", "REXRANK_DEPLOY_KEY", "REXRANK_TOKEN", "GITHUB_API_URL")


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    folder = tmp_path / "sshd"
    folder.mkdir()
    with run_sshd(folder) as running:
        yield running


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    return monkeypatch


@contextmanager
def serve_meta(keys: tuple[str, ...]) -> Iterator[str]:
    """Yield the root of an API that answers GET /meta as GitHub does."""

    class Meta(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path.endswith("/meta")
            document = {"verifiable_password_authentication": False, "ssh_keys": list(keys)}
            data = json.dumps(document if found else {"message": "Not Found"}).encode()
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Meta) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def push(remote: str) -> str | None:
    with pushing_repository(remote) as repository:
        return push_on_tip(repository, remote, "ledger", lambda _: {"a": b"1"}, "Add\n", AUTHOR)


def test_a_deploy_key_pushes_over_ssh_and_leaves_nothing(
    sshd: Sshd, tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
    upstream = create_bare(tmp_path / "upstream.git")
    # As a secret that was saved with other line ends, and without the last one.
    environment.setenv("REXRANK_DEPLOY_KEY", sshd.private_key.strip().replace("\n", "\r\n"))
    with serve_meta(sshd.host_keys) as api:
        environment.setenv("GITHUB_API_URL", api)
        made = push(sshd.address(upstream.folder))
    assert made is not None
    assert upstream.resolve("ledger") == made
    assert "REXRANK_DEPLOY_KEY" not in os.environ
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_host_with_another_key_gets_no_push(
    sshd: Sshd, tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
    upstream = create_bare(tmp_path / "upstream.git")
    environment.setenv("REXRANK_DEPLOY_KEY", sshd.private_key)
    with serve_meta((make_key(tmp_path / "other"),)) as api:
        environment.setenv("GITHUB_API_URL", api)
        with pytest.raises(Misconfigured, match="Host key verification failed"):
            push(sshd.address(upstream.folder))
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_key_that_the_repository_does_not_know_is_told(
    sshd: Sshd, tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
    upstream = create_bare(tmp_path / "upstream.git")
    make_key(tmp_path / "stranger")
    environment.setenv("REXRANK_DEPLOY_KEY", (tmp_path / "stranger").read_text())
    with serve_meta(sshd.host_keys) as api:
        environment.setenv("GITHUB_API_URL", api)
        with pytest.raises(Misconfigured, match="Permission denied \\(publickey\\)"):
            push(sshd.address(upstream.folder))


def test_an_api_that_names_no_host_keys_ends_the_run(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("REXRANK_DEPLOY_KEY", "key")
    with serve_meta(()) as api:
        environment.setenv("GITHUB_API_URL", api)
        with pytest.raises(Misconfigured, match="names no ssh_keys"):
            push("https://host.invalid/o/n")


def test_an_app_token_goes_before_a_deploy_key_which_is_taken_all_the_same(
    tmp_path: Path, environment: pytest.MonkeyPatch
) -> None:
    upstream = create_bare(tmp_path / "upstream.git")
    environment.setenv("REXRANK_PUSH_TOKEN", "ghs_app")
    environment.setenv("REXRANK_DEPLOY_KEY", "key")
    assert push(str(upstream.folder)) == upstream.resolve("ledger")
    assert "REXRANK_DEPLOY_KEY" not in os.environ


def test_a_push_without_any_credentials_names_all_three() -> None:
    with pytest.raises(Misconfigured) as caught:
        push("https://host.invalid/o/n.git")
    assert all(name in str(caught.value) for name in VARIABLES[:3])


def test_only_this_user_can_read_the_key() -> None:
    with deploy_key("key", "https://host.invalid/o/n", ["ssh-ed25519 AAAA"]) as key:
        assert stat.S_IMODE(key.key_file.stat().st_mode) == 0o600
        assert stat.S_IMODE(key.key_file.parent.stat().st_mode) == 0o700
        assert key.key_file.read_text() == "key\n"
        assert key.known_hosts.read_text() == "host.invalid ssh-ed25519 AAAA\n"
    assert not key.key_file.parent.exists()


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("https://github.com/o/n", "ssh://git@github.com/o/n.git"),
        ("https://github.com/o/n.git", "ssh://git@github.com/o/n.git"),
        ("https://user:secret@ghe.invalid:8443/o/n/", "ssh://git@ghe.invalid/o/n.git"),
        ("ssh://git@ghe.invalid:122/o/n.git", "ssh://git@ghe.invalid:122/o/n.git"),
    ],
)
def test_the_ssh_address_follows_from_the_remote(remote: str, address: str) -> None:
    assert ssh_remote(remote) == address


def test_a_folder_has_no_ssh_address() -> None:
    with pytest.raises(Misconfigured, match="https or ssh"):
        ssh_remote("/srv/upstream.git")


def test_the_usual_port_is_not_named_among_known_hosts() -> None:
    assert known_hosts_lines("ssh://git@h.invalid:22/o/n.git", ["k 1", "k 2"]) == (
        "h.invalid k 1\nh.invalid k 2\n"
    )
