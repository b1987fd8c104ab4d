"""Processes that are forked from a Python which has imported what they need already.

Each has its own environment, folder and streams, and can be killed. What it does not have is the
second in which the program is imported, or the ten of a large library: that is spent once.

It runs as `python -m tests.warm_program FD MODULE...`, listens there, and ends when its input does.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import json
import os
import pkgutil
import runpy
import select
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[1]
SOCKETS = tempfile.gettempdir()
"""Asked before any test has a folder of its own for what is temporary: a socket's path is short."""
PROGRAM = "bot"
CLIENT = """#!{python} -S
import sys
sys.path.insert(0, {checkout!r})
from tests.warm_program import lend
lend({address!r}, sys.argv[1:])
"""


class WarmProcess:
    """One process of the program; what `subprocess.Popen` has, as far as tests ask for it."""

    def __init__(
        self, words: Sequence[str], environment: Mapping[str, str], address: str | None = None
    ) -> None:
        """Start it.

        Args:
            words: The command line, without the program's name.
            environment: All of its environment.
            address: Of a Python that has imported the program; this process has one of its own.
        """
        self.returncode: int | None = None
        self._waits = threading.Lock()
        ours, theirs = zip(os.pipe(), os.pipe(), strict=True)
        self._streams: tuple[int, ...] = ours
        nothing = os.open(os.devnull, os.O_RDONLY)
        try:
            self._connection = ask(
                address or warm_python(PROGRAM),
                ("-m", PROGRAM, *words),
                environment,
                (nothing, *theirs),
            )
        finally:
            for each in (nothing, *theirs):
                os.close(each)
        self._said = self._connection.makefile("r", encoding="ascii")
        self.pid = int(self._said.readline())

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def send_signal(self, number: int) -> None:
        """Send it a signal; nothing happens when it has ended."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def wait(self) -> int:
        """Return its exit status, or minus the signal that ended it."""
        with self._waits:
            if self.returncode is None:
                self.returncode = os.waitstatus_to_exitcode(int(self._said.readline()))
                self._said.close()
                self._connection.close()
            return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Return what it said on both streams, when it has ended.

        Raises:
            subprocess.TimeoutExpired: It said nothing for so many seconds; it is killed.
        """
        parts: dict[int, list[bytes]] = {stream: [] for stream in self._streams}
        with selectors.DefaultSelector() as waiting:
            for stream in self._streams:
                waiting.register(stream, selectors.EVENT_READ)
            while waiting.get_map():
                ready = waiting.select(timeout)
                if not ready:
                    self.kill()
                    raise subprocess.TimeoutExpired(PROGRAM, timeout or 0)
                for key, _ in ready:
                    data = os.read(key.fd, 1 << 16)
                    parts[key.fd].append(data)
                    if not data:
                        waiting.unregister(key.fd)
                        os.close(key.fd)
        self.wait()
        said, complained = (b"".join(each).decode() for each in parts.values())
        return said, complained


def write_interpreter(
    path: Path, *modules: str, python: str = sys.executable, **variables: str
) -> Path:
    """Write a Python that has imported these modules when it starts, and return its path.

    Args:
        path: Where to.
        modules: What is imported.
        python: What it is besides.
        variables: Of its environment when it imports.
    """
    address = warm_python(*modules, python=python, **variables)
    text = CLIENT.format(python=sys.executable, checkout=str(CHECKOUT), address=address)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


def lend(address: str, words: Sequence[str]) -> None:
    """Give this process's streams to a warm Python's, wait for it, and end as it did."""
    with ask(address, words, os.environ, (0, 1, 2)) as connection, connection.makefile() as said:
        said.readline()
        status = os.waitstatus_to_exitcode(int(said.readline()))
    if status < 0:
        os.kill(os.getpid(), -status)
    sys.exit(status)


def ask(
    address: str, words: Sequence[str], environment: Mapping[str, str], streams: Sequence[int]
) -> socket.socket:
    """Ask for a process, and return the connection that says its id and how it ended."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(address)
    socket.send_fds(connection, [b"!"], streams)
    request = {"words": list(words), "environment": dict(environment), "folder": str(Path.cwd())}
    connection.sendall(json.dumps(request).encode() + b"\n")
    return connection


@cache
def warm_python(*modules: str, python: str = sys.executable, **variables: str) -> str:
    """Return the address of a Python that has imported modules; it ends with this process."""
    folder = tempfile.mkdtemp(prefix="rexrank-warm-", dir=SOCKETS)
    address = f"{folder}/socket"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen(64)
        server = subprocess.Popen(
            (python, "-m", "tests.warm_program", str(listener.fileno()), *modules),
            cwd=CHECKOUT,
            # To fork, it must be one thread.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **variables},
            stdin=subprocess.PIPE,
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )

    def end() -> None:
        server.communicate()
        shutil.rmtree(folder)

    atexit.register(end)
    return address


def serve(listener: socket.socket) -> list[str] | None:
    """Return a command line in each process that is to run it, None when all is over."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who keeps a process is waited for by nobody
    while True:
        ready, _, _ = select.select((listener, sys.stdin), (), ())
        if sys.stdin in ready:
            return None
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            return keep(connection)
        connection.close()


def keep(connection: socket.socket) -> list[str]:
    """Return the command line in a new process, and in this one wait for it and say how it ended.

    It is killed when nobody waits for it any more.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _, streams, _, _ = socket.recv_fds(connection, 1, 3)
    with connection.makefile("rb") as lines:
        request = json.loads(lines.readline())
    child = os.fork()
    if child == 0:
        connection.close()
        return become(request, streams)
    for stream in streams:
        os.close(stream)
    connection.sendall(f"{child}\n".encode())
    ended = os.pidfd_open(child)
    ready, _, _ = select.select((connection, ended), (), ())
    if ended not in ready:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    with contextlib.suppress(OSError):
        connection.sendall(f"{status}\n".encode())
    os._exit(0)


def become(request: Mapping[str, Any], streams: Sequence[int]) -> list[str]:
    """Let this process be as if it had been started as asked, and return the command line."""
    os.setsid()
    for here, there in enumerate(streams):
        os.dup2(there, here)
        os.close(there)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    tempfile.tempdir = None
    words: list[str] = request["words"]
    return words


def run(words: list[str]) -> None:
    """Do what `python` does with a command line."""
    said = sys.stdout  # which the program may put something else in place of
    while words[0] in {"-I", "-W"}:
        if words.pop(0) == "-W":
            warnings.simplefilter(words.pop(0))  # type: ignore[arg-type]
    try:
        if words[0] == "-m":
            sys.argv = words[1:]
            runpy.run_module(words[1], run_name="__main__", alter_sys=True)
        elif words[0] == "-c":
            sys.argv = ["-c", *words[2:]]
            exec(words[1], {"__name__": "__main__"})
        else:
            sys.argv = words
            runpy.run_path(words[0], run_name="__main__")
    finally:
        with contextlib.suppress(OSError, ValueError):  # nobody reads any more, or it is closed
            said.flush()


def import_all(name: str) -> None:
    """Import a module, and of the program every one."""
    module = importlib.import_module(name)
    for found in pkgutil.walk_packages(module.__path__, "bot.") if name == PROGRAM else ():
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)


if __name__ == "__main__":
    for each in sys.argv[2:]:
        import_all(each)
    command = serve(socket.socket(fileno=int(sys.argv[1])))
    if command is not None:
        run(command)
