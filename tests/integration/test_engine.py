"""The engine is private and ends with its tests; the flags a scorer runs under really hold."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.require import require

from .engine import Engine, start_engine
from .engine.cache import claim_slot, hold_lock, open_cache

CONFINEMENT = (
    "--network=none",
    "--read-only",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
    "--user=65534:65534",
    "--pids-limit=32",
    "--memory=256m",
    "--memory-swap=256m",
    "--tmpfs=/tmp:rw,noexec,nosuid,nodev,size=16m",
)

# Prints one JSON object: what the inside of a container sees of its own confinement.
LOOK_AROUND = """
import json, os, socket

def outcome(action):
    try:
        action()
    except OSError as error:
        return type(error).__name__ + ": " + os.strerror(error.errno)
    return "allowed"

def write(path):
    with open(path, "w") as file:
        file.write("x")

status = dict(line.split(":\\t", 1) for line in open("/proc/self/status") if ":\\t" in line)
print(json.dumps({
    "uid": os.getuid(),
    "gid": os.getgid(),
    "capabilities": int(status["CapEff"], 16) | int(status["CapBnd"], 16),
    "no_new_privileges": int(status["NoNewPrivs"]),
    "seccomp": int(status["Seccomp"]),
    "interfaces": [name for _, name in socket.if_nameindex()],
    "connect": outcome(lambda: socket.create_connection(("192.0.2.1", 443), 3)),
    "write_root": outcome(lambda: write("/written")),
    "write_home": outcome(lambda: write("/usr/written")),
    "write_input": outcome(lambda: write("/input/predictions.json")),
    "write_tmp": outcome(lambda: write("/tmp/written")),
    "write_output": outcome(lambda: write("/output/scorecard.json")),
    "input": open("/input/predictions.json").read(),
}))
"""

FORK_UNTIL_REFUSED = """
import os, time
children = 0
try:
    while children < 500:
        if os.fork() == 0:
            time.sleep(30)
            os._exit(0)
        children += 1
except OSError:
    print("refused after", children)
"""

FILL_MEMORY = "kept = [bytearray(b'x' * 2**20) for _ in range(1024)]; print('all of it')"

HOLD_AN_ENGINE = """
import sys, time
from integration.engine import start_engine
with start_engine() as engine:
    print(engine.host, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def confined(
    container_engine: Engine, base_image: str, tmp_path: Path
) -> Callable[[str], subprocess.CompletedProcess[str]]:
    """Run Python code in a container as a scorer runs, and return what it did."""
    (tmp_path / "input").mkdir()
    (tmp_path / "input" / "predictions.json").write_text("{}")
    (tmp_path / "output").mkdir()
    for path in (tmp_path / "input", tmp_path / "output"):
        path.chmod(0o777)

    def run(code: str) -> subprocess.CompletedProcess[str]:
        mounts = (
            f"--mount=type=bind,src={tmp_path}/input,dst=/input,readonly",
            f"--mount=type=bind,src={tmp_path}/output,dst=/output",
        )
        command = ("python3", "-c", code)
        return container_engine.try_docker(
            "run", "--rm", *CONFINEMENT, *mounts, base_image, *command
        )

    return run


def find_processes(word: str) -> list[int]:
    """Return the ids of the processes that have a word in their command line."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
        except OSError:  # it ended meanwhile
            continue
        if word.encode() in command:
            found.append(int(folder.name))
    return found


def test_the_engine_answers(container_engine: Engine) -> None:
    assert container_engine.docker("version", "--format", "{{.Server.Os}}") == "linux"


def test_the_base_image_is_python_3_13(container_engine: Engine, base_image: str) -> None:
    version = container_engine.docker(
        "run", "--rm", "--network=none", base_image, "python", "--version"
    )
    assert version.startswith("Python 3.13.")


def test_a_confined_container_sees_no_more_than_it_is_given(
    confined: Callable[[str], subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    done = confined(LOOK_AROUND)
    assert done.returncode == 0, done.stderr
    read_only = "OSError: Read-only file system"
    assert json.loads(done.stdout) == {
        "uid": 65534,
        "gid": 65534,
        "capabilities": 0,
        "no_new_privileges": 1,
        "seccomp": 2,
        "interfaces": ["lo"],
        "connect": "OSError: Network is unreachable",
        "write_root": read_only,
        "write_home": read_only,
        "write_input": read_only,
        "write_tmp": "allowed",
        "write_output": "allowed",
        "input": "{}",
    }
    assert (tmp_path / "output" / "scorecard.json").read_text() == "x"
    assert (tmp_path / "input" / "predictions.json").read_text() == "{}"


def test_a_confined_container_cannot_start_processes_without_end(
    confined: Callable[[str], subprocess.CompletedProcess[str]],
) -> None:
    done = confined(FORK_UNTIL_REFUSED)
    assert done.stdout.startswith("refused after "), done.stderr
    assert int(done.stdout.split()[-1]) < 32


def test_a_confined_container_is_ended_when_it_takes_too_much_memory(
    confined: Callable[[str], subprocess.CompletedProcess[str]],
) -> None:
    done = confined(FILL_MEMORY)
    assert (done.returncode, done.stdout) == (128 + signal.SIGKILL, "")


def test_the_scorer_image_answers_under_its_confinement(
    container_engine: Engine, scorer_image: str
) -> None:
    version = container_engine.docker("run", "--rm", *CONFINEMENT, scorer_image, "--version")
    assert version.startswith("rexrank")
    usage = container_engine.docker("run", "--rm", *CONFINEMENT, scorer_image, "--help")
    assert usage.startswith("Usage: rexrank ")


def test_the_scorer_image_runs_as_nobody_even_when_no_user_is_named(
    container_engine: Engine, scorer_image: str
) -> None:
    user = container_engine.docker("image", "inspect", "--format", "{{.Config.User}}", scorer_image)
    assert user == "65534:65534"


@pytest.mark.usefixtures("private_engines")
def test_an_engine_is_gone_after_its_context() -> None:
    with start_engine() as engine:
        folder = Path(engine.host.removeprefix("unix://")).parent
        assert find_processes(str(folder))
    assert find_processes(str(folder)) == []
    assert not folder.exists()
    assert str(folder) not in Path("/proc/mounts").read_text()


@pytest.mark.usefixtures("private_engines")
def test_two_engines_at_once_do_not_meet(tmp_path: Path) -> None:
    (tmp_path / "empty.tar").write_bytes(bytes(10240))
    with start_engine() as one, start_engine() as other:
        one.docker("import", str(tmp_path / "empty.tar"), "only-in-one:test")
        assert one.docker("images", "--quiet", "only-in-one:test")
        assert one.docker("info", "--format", "{{.ID}}") != other.docker(
            "info", "--format", "{{.ID}}"
        )
        assert other.docker("images", "--quiet") == ""


@pytest.mark.usefixtures("private_engines")
def test_a_killed_test_process_leaves_no_engine() -> None:
    tests = Path(__file__).parents[1]
    with TemporaryDirectory(prefix="killed-") as folder:
        environment = {**os.environ, "TMPDIR": folder, "PYTHONPATH": str(tests)}
        with subprocess.Popen(
            (sys.executable, "-c", HOLD_AN_ENGINE),
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        ) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline().startswith(f"unix://{folder}/")
            assert len(find_processes(folder)) > 1
            holder.kill()
        deadline = time.monotonic() + 20
        while find_processes(folder) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert find_processes(folder) == []


def test_two_runs_at_once_get_a_slot_each(tmp_path: Path) -> None:
    with claim_slot(tmp_path) as one, claim_slot(tmp_path) as other:
        assert one != other
    with claim_slot(tmp_path) as again:
        assert again == one


def test_a_lock_is_free_after_its_context(tmp_path: Path) -> None:
    for _ in range(2):
        with hold_lock(tmp_path / "lock"):
            pass


def test_the_cache_is_private_to_its_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert open_cache("base-image").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)]
)
def test_what_is_missing_skips_a_test_but_fails_it_in_ci(
    ci: str, outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", ci)
    require(True, "never shown")
    with pytest.raises(outcome, match="run: apt-get install git"):
        require(False, "no git; run: apt-get install git")
