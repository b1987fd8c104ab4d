"""A private container engine: started for the tests, ended with them, invisible to any other.

The engine runs in its own process and mount namespaces. Nothing it starts can outlive it, its
mounts vanish with it, and it meets neither a system-wide containerd nor a system-wide dockerd.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
INSTALL_HINT = "run: python tests/system_parts.py install"
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 20.0

# Process 1 of the engine's namespace. It reaps orphans, and ends the engine when its standard
# input closes, which also happens when the test process is killed. A system-wide containerd is
# hidden, so dockerd starts its own; so is the folder where dockerd keeps its identity.
INIT = """
exec 3<&0
for folder in /run/containerd /etc/docker; do
    mkdir -p "$folder" && mount -t tmpfs tmpfs "$folder" || exit 1
done
dockerd "$@" </dev/null 3<&- &
engine=$!
{ read -r _ <&3; kill -TERM "$engine"; } &
exec 3<&-
wait "$engine"
"""


class EngineError(RuntimeError):
    """The container engine cannot be started, or refused a command."""


class EngineUnavailable(EngineError):
    """This system lacks what an engine or its base image needs; the message says what to do."""


@dataclass(frozen=True)
class Engine:
    """A container engine that answers."""

    host: str
    """Where it listens, as DOCKER_HOST takes it: unix:///path/docker.sock."""
    private: bool = True
    """Whether these tests started it, and may tag or remove whatever they like in it."""

    def environment(self) -> dict[str, str]:
        """Return the environment variables that point a docker client at this engine."""
        return {"DOCKER_HOST": self.host, "DOCKER_BUILDKIT": "0"}

    def try_docker(
        self, *arguments: str, timeout_s: float = 120.0
    ) -> subprocess.CompletedProcess[str]:
        """Return what a docker command did, whatever its exit status."""
        return subprocess.run(
            ("docker", *arguments),
            check=False,
            env={**os.environ, **self.environment()},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout_s,
        )

    def docker(self, *arguments: str, timeout_s: float = 120.0) -> str:
        """Return the standard output of a docker command, stripped.

        Raises:
            EngineError: The command failed; the message ends with its last lines.
        """
        done = self.try_docker(*arguments, timeout_s=timeout_s)
        if done.returncode:
            tail = "\n".join((done.stdout + done.stderr).splitlines()[-30:])
            raise EngineError(f"docker {arguments[0]} ended with {done.returncode}:\n{tail}")
        return done.stdout.strip()


def find_running_engine() -> Engine | None:
    """Return the engine this user can already reach (DOCKER_HOST or the system's), or None."""
    if shutil.which("docker") is None:
        return None
    host = os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"
    engine = Engine(host, private=False)
    return engine if is_ready(engine) else None


def is_ready(engine: Engine) -> bool:
    """Return whether the engine answers its client."""
    return engine.try_docker("version", "--format", "{{.Server.Version}}").returncode == 0


def check_prerequisites() -> None:
    """Raise EngineUnavailable when this system cannot start an engine, saying what to do."""
    names = ("dockerd", "docker", "containerd", "runc", "unshare", "mount")
    absent = [name for name in names if shutil.which(name, path=search_path()) is None]
    if absent:
        raise EngineUnavailable(f"no {', '.join(absent)} on this system; {INSTALL_HINT}")
    if os.geteuid() != 0:
        raise EngineUnavailable("a private container engine needs root; run the tests as root")


def search_path() -> str:
    """Return PATH with the system folders added, where engines are installed."""
    return os.environ.get("PATH", "") + ":" + SYSTEM_PATH


def choose_storage_driver(data_root: Path) -> str:
    """Return `overlay2` when the file system under `data_root` can carry it, else `vfs`."""
    with tempfile.TemporaryDirectory(dir=data_root, prefix="probe-") as name:
        for part in ("lower", "upper", "work", "merged"):
            Path(name, part).mkdir()
        options = f"lowerdir={name}/lower,upperdir={name}/upper,workdir={name}/work"
        # The mount lives and dies with the namespace that unshare makes for it.
        mount = ("mount", "-t", "overlay", "overlay", "-o", options, f"{name}/merged")
        probe = subprocess.run(("unshare", "--mount", *mount), check=False, capture_output=True)
    return "overlay2" if probe.returncode == 0 else "vfs"


def list_flags(folder: Path, data_root: Path) -> list[str]:
    """Return the arguments of dockerd for an engine whose files are below `folder`."""
    configuration = folder / "daemon.json"
    configuration.write_text("{}\n")
    return [
        f"--config-file={configuration}",
        f"--data-root={data_root}",
        f"--exec-root={folder}/exec",
        f"--pidfile={folder}/pid",
        f"--host=unix://{folder}/docker.sock",
        f"--storage-driver={choose_storage_driver(data_root)}",
        "--iptables=false",
        "--ip6tables=false",
        "--bridge=none",
        "--exec-opt=native.cgroupdriver=cgroupfs",
        f"--cgroup-parent=/{folder.name}",
    ]


def launch(flags: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
    """Start dockerd in namespaces of its own and return the process that holds them."""
    namespaces = ("--mount", "--propagation", "slave", "--pid", "--fork", "--kill-child")
    with log.open("ab") as output:
        return subprocess.Popen(
            ("unshare", *namespaces, "--mount-proc", "sh", "-c", INIT, "init", *flags),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            env={**os.environ, "PATH": search_path()},
            start_new_session=True,
        )


def await_ready(engine: Engine, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the engine answers.

    Raises:
        EngineError: It ended, or did not answer in START_TIMEOUT_S seconds; quotes its log.
    """
    deadline = time.monotonic() + START_TIMEOUT_S
    socket = Path(engine.host.removeprefix("unix://"))
    while process.poll() is None and time.monotonic() < deadline:
        if socket.exists() and is_ready(engine):
            return
        time.sleep(0.05)
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
    raise EngineError(f"dockerd did not become ready; the end of its log:\n{tail}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the engine and everything it started: politely, then by ending its namespace."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def remove_control_groups(name: str) -> None:
    """Remove the control groups that the engine's containers were in."""
    root = Path("/sys/fs/cgroup")
    for group in (root / name, *root.glob(f"*/{name}")):
        for folder, _, _ in os.walk(group, topdown=False):
            # The kernel refuses while a group is in use or being emptied; it is harmless then.
            try:
                Path(folder).rmdir()
            except OSError:
                continue


@contextmanager
def start_engine(data_root: Path | None = None) -> Iterator[Engine]:
    """Yield a private engine that is ready, and end it with every process it started.

    Args:
        data_root: Where images are kept from one run to the next; no other engine may be using
            it. None keeps nothing.

    Raises:
        EngineUnavailable: This system cannot start one; the message says what to do.
        EngineError: It was started and did not become ready.
    """
    check_prerequisites()
    with tempfile.TemporaryDirectory(prefix="rexrank-engine-", ignore_cleanup_errors=True) as name:
        folder, log = Path(name), Path(name, "dockerd.log")
        data_root = data_root or folder / "data"
        data_root.mkdir(exist_ok=True)
        engine = Engine(f"unix://{folder}/docker.sock")
        process = launch(list_flags(folder, data_root), log)
        try:
            await_ready(engine, process, log)
            remove_containers(engine)  # those of a run that was killed
            yield engine
            remove_containers(engine)
        finally:
            stop(process)
            remove_control_groups(folder.name)


def remove_containers(engine: Engine) -> None:
    """End and remove every container of a private engine."""
    containers = engine.docker("ps", "--all", "--quiet").split()
    if containers:
        engine.docker("rm", "--force", "--volumes", *containers)
