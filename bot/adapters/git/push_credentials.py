"""What may push to a protected branch: a deploy key for ssh, and what a refusal of a push means."""

from __future__ import annotations

import re
import shlex
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bot.adapters.github.calls import Patience, call_again
from bot.errors import Misconfigured

SSH_PORT = 22
CONNECT_TIMEOUT_S = 30
MAX_SAID_CHARS = 400
GUIDE = "docs/how-to/set-up-github.md"

REFUSED_BY_RULES = (
    "GH006",
    "GH013",
    "protected branch",
    "push declined due to repository rule violations",
)
REFUSED_TO_CALLER = (
    r"permission to \S+ denied",
    r"permission denied \(publickey",
    r"marked as read.only",
    r"returned error: 40[13]\b",
    r"write access to repository not granted",
    r"authentication failed",
    r"could not read (username|password)",
    r"repository '.*' not found",
    r"host key verification failed",
)
REFUSAL = re.compile("|".join((*REFUSED_BY_RULES, *REFUSED_TO_CALLER)), re.IGNORECASE)


@dataclass(frozen=True)
class DeployKey:
    """A private key that one repository lets push, as files that only this user can read."""

    key_file: Path
    """The private key."""
    known_hosts: Path
    """The keys of the only host that is talked to."""

    def command(self) -> str:
        """Return the ssh that git calls: this key, this host, nobody's settings, no questions."""
        options = (
            "IdentitiesOnly=yes",
            "IdentityAgent=none",
            "BatchMode=yes",
            "StrictHostKeyChecking=yes",
            f"UserKnownHostsFile={self.known_hosts}",
            "GlobalKnownHostsFile=/dev/null",
            f"ConnectTimeout={CONNECT_TIMEOUT_S}",
        )
        flags = [word for option in options for word in ("-o", option)]
        return shlex.join(["ssh", "-F", "none", "-i", str(self.key_file), *flags])


def ssh_remote(remote: str) -> str:
    """Return the ssh address of a repository; the port of an http address is not ssh's.

    Raises:
        Misconfigured: It is neither an http nor an ssh address.

    Example:
        >>> ssh_remote("https://host.example/owner/name")
        'ssh://git@host.example/owner/name.git'
        >>> ssh_remote("ssh://git@host.example:2222/owner/name.git")
        'ssh://git@host.example:2222/owner/name.git'
    """
    parts = urlsplit(remote)
    if parts.scheme == "ssh" and parts.hostname:
        return remote
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Misconfigured(f"{remote}: a deploy key needs an https or ssh address to push to")
    path = parts.path.rstrip("/").removesuffix(".git")
    return f"ssh://git@{parts.hostname}{path}.git"


def known_hosts_lines(remote: str, keys: Sequence[str]) -> str:
    r"""Return what ssh must know of a remote's host.

    Example:
        >>> known_hosts_lines("ssh://git@host.example:2222/o/n.git", ["ssh-ed25519 AAAA"])
        '[host.example]:2222 ssh-ed25519 AAAA\n'
    """
    parts = urlsplit(ssh_remote(remote))
    host = str(parts.hostname)
    name = f"[{host}]:{parts.port}" if parts.port not in {None, SSH_PORT} else host
    return "".join(f"{name} {key}\n" for key in keys)


def read_host_keys(
    api_url: str, token: str | None, patience: Patience | None = None
) -> tuple[str, ...]:
    """Return the ssh host keys that a GitHub says are its own.

    Raises:
        Misconfigured: It names none.
        ServiceUnavailable: It does not answer.
    """
    from github import Auth, Github

    auth = Auth.Token(token) if token else None
    github = Github(auth=auth, base_url=api_url, retry=None, timeout=CONNECT_TIMEOUT_S)

    def read() -> object:
        return github.requester.requestJsonAndCheck("GET", "/meta")[1]

    meta = call_again("reading its ssh host keys", "metadata: read", read, patience)
    keys = meta.get("ssh_keys") if isinstance(meta, dict) else None
    lines = [key.strip() for key in keys or () if isinstance(key, str) and "\n" not in key.strip()]
    if not lines:
        raise Misconfigured(f"{api_url}/meta names no ssh_keys, so a deploy key cannot be used")
    return tuple(lines)


@contextmanager
def deploy_key(text: str, remote: str, host_keys: Sequence[str]) -> Iterator[DeployKey]:
    """Yield a private key as a file of mode 600 in a folder of its own, removed at the end.

    Args:
        text: The private key, as the secret holds it.
        remote: Address of the repository.
        host_keys: Keys of its host.
    """
    lines = known_hosts_lines(remote, host_keys)
    with tempfile.TemporaryDirectory(prefix="rexrank-key-") as folder:
        key = DeployKey(Path(folder, "key"), Path(folder, "known_hosts"))
        key.key_file.touch(mode=0o600)
        # A secret is easily saved with Windows line ends, or without the last one; ssh wants it.
        key.key_file.write_text(text.replace("\r\n", "\n").strip() + "\n")
        key.known_hosts.write_text(lines)
        yield key


def is_refusal(said: bytes) -> bool:
    """Return whether git's words say that asking again cannot help: rules, or who we are.

    Example:
        >>> is_refusal(b"remote: error: GH013: Repository rule violations found"), is_refusal(b"")
        (True, False)
    """
    return REFUSAL.search(said.decode(errors="replace")) is not None


def reasons_of(said: bytes) -> str:
    r"""Return those of git's lines that say why a remote refused.

    Example:
        >>> reasons_of(b"remote: error: GH006: no.\nremote:\nerror: failed to push some refs")
        'error: GH006: no'
    """
    rows = [" ".join(row.split()) for row in said.decode(errors="replace").splitlines()]
    reasons = [
        row.removeprefix("remote: ")
        for row in rows
        if row not in {"", "remote:"} and (row.startswith("remote:") or REFUSAL.search(row))
    ]
    return "; ".join(reasons)[:MAX_SAID_CHARS].rstrip(".")


def refused_push(branch: str, said: bytes) -> Misconfigured:
    """Return the exception for a push that was not allowed; `said` is git's output."""
    return Misconfigured(
        f"git push: {branch} does not take what the bot pushes: {reasons_of(said)}. Set up one of "
        "these: an app's token (REXRANK_APP_ID and REXRANK_APP_KEY), a deploy key "
        "(REXRANK_DEPLOY_KEY) on the branch's bypass list, or a branch without protection for the "
        f"run's own token (REXRANK_TOKEN); see {GUIDE}"
    )


def refused_reading(verb: str, said: bytes) -> Misconfigured:
    """Return the exception for a remote that does not let us read; `said` is git's output."""
    return Misconfigured(
        f"git {verb}: the remote refused: {reasons_of(said)}. Check its address, and give "
        "REXRANK_TOKEN a token that may read it (`contents: read`)"
    )
