"""A real sshd on a loopback port, which serves git repositories to the holder of one key."""

from __future__ import annotations

import os
import pwd
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.require import require
from tests.system_parts import find_executable

HINT = "sshd is missing; run: python tests/system_parts.py install"


@dataclass(frozen=True)
class Sshd:
    """A running server."""

    port: int
    """On 127.0.0.1."""
    private_key: str
    """Text of the key that may log in."""
    host_keys: tuple[str, ...]
    """Public keys of the host, as an API would name them."""

    def address(self, folder: Path) -> str:
        """Return the remote of a repository on this machine."""
        return f"ssh://{pwd.getpwuid(os.geteuid()).pw_name}@127.0.0.1:{self.port}{folder}"


def make_key(file: Path) -> str:
    """Make a key pair and return the public key, without its comment."""
    tool = find_executable("ssh-keygen")
    require(tool, HINT)
    words = ("-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(file))
    subprocess.run((str(tool), *words), check=True)
    return " ".join(file.with_suffix(".pub").read_text().split()[:2])


@contextmanager
def run_sshd(folder: Path) -> Iterator[Sshd]:
    """Yield a server whose only user is this one, and whose only program is git's shell."""
    program = find_executable("sshd")
    require(program, HINT)
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # sshd demands it of root
    host_key, user_key = make_key(folder / "host"), make_key(folder / "user")
    shell = f"{sys.executable} {shlex.quote(str(write_shell(folder)))}"
    (folder / "authorized_keys").write_text(f'restrict,command="{shell}" {user_key}\n')
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        "ListenAddress": "127.0.0.1",
        "Port": port,
        "HostKey": folder / "host",
        "AuthorizedKeysFile": folder / "authorized_keys",
        "PidFile": "none",
        "StrictModes": "no",
        "UsePAM": "no",
        "PasswordAuthentication": "no",
        "KbdInteractiveAuthentication": "no",
        "PermitRootLogin": "prohibit-password",
    }
    (folder / "sshd_config").write_text("".join(f"{k} {v}\n" for k, v in settings.items()))
    log = (folder / "log").open("wb")
    command = (str(program), "-D", "-e", "-f", str(folder / "sshd_config"))
    with log, subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=log) as process:
        try:
            while b"Server listening" not in (folder / "log").read_bytes():
                assert process.poll() is None, (folder / "log").read_text()
                time.sleep(0.02)
            yield Sshd(port, (folder / "user").read_text(), (host_key,))
        finally:
            process.terminate()
            process.wait()


def write_shell(folder: Path) -> Path:
    """Write the program that every login gets: git's two services and nothing else."""
    script = folder / "shell.py"
    script.write_text(
        "import os, shlex\n"
        "words = shlex.split(os.environ.get('SSH_ORIGINAL_COMMAND', ''))\n"
        "if words[:1] in (['git-upload-pack'], ['git-receive-pack']) and len(words) == 2:\n"
        "    os.execvp(words[0], words)\n"
        "raise SystemExit('git only')\n"
    )
    return script
