"""The sandbox, against the real engine: what a scorer inside can and cannot do."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.scorer.container import LOG_BYTES, ContainerSandbox
from bot.errors import Misconfigured, ServiceUnavailable

from .engine import Engine

TAG = "rexrank-sandbox-probe:test"
# Runs its first argument, so that a test says what happens inside.
DOCKERFILE = """\
FROM python:3.13-slim
ENTRYPOINT ["python3", "-I", "-c", "import sys; exec(sys.argv[1])"]
"""


@pytest.fixture(scope="module")
def probe(container_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    context = tmp_path_factory.mktemp("probe")
    (context / "Dockerfile").write_text(DOCKERFILE)
    container_engine.docker("build", "--tag", TAG, str(context), timeout_s=600)
    yield TAG
    container_engine.docker("image", "rm", "--force", TAG)


@pytest.fixture
def sandbox(container_engine: Engine, probe: str) -> ContainerSandbox:
    environment = {**os.environ, **container_engine.environment()}
    return ContainerSandbox("docker", probe, memory="256m", client_environment=environment)


@pytest.fixture
def output(tmp_path: Path) -> Path:
    folder = tmp_path / "output"
    folder.mkdir(mode=0o700)
    return folder


def run(sandbox: ContainerSandbox, output: Path, code: str, **options):
    settings = {"read_only": {}, "environment": {}, "timeout_s": 60.0, **options}
    return sandbox.run([code], output=output, **settings)


def list_containers(engine: Engine) -> str:
    return engine.docker("ps", "--all", "--quiet", "--filter", "name=rexrank-")


def test_it_writes_to_the_output_folder_and_gives_its_mode_back(
    sandbox: ContainerSandbox, output: Path, container_engine: Engine
) -> None:
    code = "open('/output/score', 'w').write('1'); print('done'); sys.exit(3)"
    ended = run(sandbox, output, code)
    assert (ended.exit_status, ended.log) == (3, "done\n")
    assert (output / "score").read_text() == "1"
    assert output.stat().st_mode & 0o777 == 0o700
    assert not list_containers(container_engine)


def test_nothing_but_the_output_and_tmp_is_writable(
    sandbox: ContainerSandbox, output: Path, tmp_path: Path
) -> None:
    given = tmp_path / "given"
    given.mkdir()
    given.chmod(0o777)
    code = """
import os
for folder in ('/', '/usr', '/var/tmp', '/given', '/home', '/run', '/output', '/tmp'):
    try:
        open(folder + '/x', 'w').close()
        print(folder)
    except OSError:
        pass
"""
    ended = run(sandbox, output, code, read_only={"/given": given})
    assert ended.log.split() == ["/output", "/tmp"]


def test_it_is_nobody_without_capability_privilege_or_network(
    sandbox: ContainerSandbox, output: Path
) -> None:
    code = """
import os, socket
status = dict(line.split(':', 1) for line in open('/proc/self/status') if ':' in line)
print(os.getuid(), os.getgid(), int(status['CapEff'], 16), int(status['CapBnd'], 16))
print(status['NoNewPrivs'].strip(), [name for _, name in socket.if_nameindex()])
try:
    socket.create_connection(('192.0.2.1', 80), 2)
except OSError as error:
    print(type(error).__name__)
"""
    lines = run(sandbox, output, code).log.splitlines()
    assert lines[0] == "65534 65534 0 0"
    assert lines[1].startswith("1 ['lo'")
    assert lines[2] == "OSError"


def test_tmp_holds_no_program(sandbox: ContainerSandbox, output: Path) -> None:
    code = """
import os, subprocess
open('/tmp/program', 'w').write('#!/bin/sh\\necho ran\\n')
os.chmod('/tmp/program', 0o755)
try:
    subprocess.run(['/tmp/program'])
except PermissionError:
    print('refused')
"""
    assert run(sandbox, output, code).log == "refused\n"


def test_memory_is_limited(sandbox: ContainerSandbox, output: Path) -> None:
    ended = run(sandbox, output, "x = bytearray(1 << 30); x[::4096] = b'1' * (1 << 18)")
    assert ended.exit_status == 137


def test_processes_are_limited(sandbox: ContainerSandbox, output: Path) -> None:
    code = """
import os, time
count = 0
try:
    while count < 1000:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        count += 1
except OSError:
    print(count < 256)
"""
    assert run(sandbox, output, code).log == "True\n"


def test_the_environment_is_only_what_was_given(
    sandbox: ContainerSandbox, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.client_environment = {**(sandbox.client_environment or {}), "OUTSIDE": "secret"}
    code = "import os; print(os.environ['GIVEN'], 'OUTSIDE' in os.environ)"
    given = {"GIVEN": "a=b, c:d"}
    assert run(sandbox, output, code, environment=given).log == "a=b, c:d False\n"


def test_folders_with_commas_colons_quotes_and_spaces_are_mounted(
    sandbox: ContainerSandbox, tmp_path: Path
) -> None:
    odd = tmp_path / 'in,put: "quoted" folder'
    odd.mkdir()
    odd.chmod(0o755)
    (odd / "file").write_text("seen")
    output = tmp_path / "out,put:rw"
    output.mkdir()
    code = "open('/output/copy', 'w').write(open('/given,too/file').read())"
    ended = run(sandbox, output, code, read_only={"/given,too": odd})
    assert ended.exit_status == 0, ended.log
    assert (output / "copy").read_text() == "seen"


def test_a_container_that_does_not_end_is_removed(
    sandbox: ContainerSandbox, output: Path, container_engine: Engine
) -> None:
    code = (
        "import signal, time; signal.signal(15, signal.SIG_IGN); print('secret'); time.sleep(600)"
    )
    start = time.monotonic()
    with pytest.raises(ServiceUnavailable, match="did not end in 3 s") as caught:
        run(sandbox, output, code, timeout_s=3)
    assert time.monotonic() - start < 30
    assert "secret" not in str(caught.value)
    assert not list_containers(container_engine)
    assert output.stat().st_mode & 0o777 == 0o700
    assert not [one for one in threading.enumerate() if one.name.endswith("(drain)")]


def test_only_the_beginning_of_a_long_log_is_kept(sandbox: ContainerSandbox, output: Path) -> None:
    ended = run(sandbox, output, "for _ in range(60): print('x' * 100_000)")
    assert ended.exit_status == 0
    assert len(ended.log) == LOG_BYTES


def test_what_is_not_utf8_does_not_break_the_log(sandbox: ContainerSandbox, output: Path) -> None:
    ended = run(sandbox, output, r"import os; os.write(1, b'a\xffb')")
    assert ended.log == "a\ufffdb"


def test_the_digest_is_the_id_of_an_image_that_was_never_pushed(
    sandbox: ContainerSandbox, container_engine: Engine
) -> None:
    known = container_engine.docker("image", "inspect", "--format", "{{.Id}}", TAG)
    assert sandbox.digest() == known


def test_a_missing_image_is_named_with_what_to_run(container_engine: Engine, output: Path) -> None:
    environment = {**os.environ, **container_engine.environment()}
    sandbox = ContainerSandbox("docker", "nowhere/none:1", client_environment=environment)
    with pytest.raises(Misconfigured, match="run: docker pull nowhere/none:1"):
        run(sandbox, output, "pass")


def test_a_program_that_cannot_start_is_the_services_fault(
    container_engine: Engine, output: Path, tmp_path: Path, probe: str
) -> None:
    (tmp_path / "Dockerfile").write_text(f'FROM {probe}\nENTRYPOINT ["/no/such/program"]\n')
    container_engine.docker("build", "--tag", "rexrank-broken:test", str(tmp_path))
    environment = {**os.environ, **container_engine.environment()}
    sandbox = ContainerSandbox("docker", "rexrank-broken:test", client_environment=environment)
    with pytest.raises(ServiceUnavailable, match=r"could not start a container .* \(status 127\)"):
        run(sandbox, output, "pass")
    assert not list_containers(container_engine)
    container_engine.docker("image", "rm", "--force", "rexrank-broken:test")


def test_an_engine_that_does_not_answer_is_unavailable(output: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "DOCKER_HOST": f"unix://{tmp_path}/none.sock"}
    sandbox = ContainerSandbox("docker", "any", client_environment=environment)
    with pytest.raises(ServiceUnavailable, match="run: docker info"):
        run(sandbox, output, "pass")


STUB = """#!/bin/sh
printf '%s\\n' "$@" >> "{log}"
[ "$2" = inspect ] && printf '%s\\n' '{report}'
exit 0
"""
ID = "sha256:" + "1" * 64
REGISTRY = "sha256:" + "2" * 64


@pytest.fixture
def stub(tmp_path: Path) -> Path:
    """A client that writes down how it was called."""
    folder = tmp_path / "bin"
    folder.mkdir()
    known = [f"a.test/other@sha256:{'3' * 64}", f"z.test/s@{REGISTRY}"]
    report = json.dumps({"Id": ID, "RepoDigests": known})
    client = folder / "docker"
    client.write_text(STUB.format(log=tmp_path / "calls", report=report))
    client.chmod(0o755)
    return client


def test_the_command_line_is_the_designs(stub: Path, output: Path, tmp_path: Path) -> None:
    sandbox = ContainerSandbox(
        "docker", "z.test/s:1", cpus=2, client_environment={"PATH": str(stub.parent)}
    )
    assert sandbox.digest() == REGISTRY
    run(sandbox, output, "--version", environment={"B": "2", "A": "1"})
    calls = (tmp_path / "calls").read_text().splitlines()
    words = calls[calls.index("run") :]
    assert words[:3] == ["run", "--rm", "--name"]
    assert words[3].startswith("rexrank-")
    assert words[4:] == [
        *("--pull", "never", "--network", "none", "--read-only", "--cap-drop", "ALL"),
        *("--security-opt", "no-new-privileges", "--user", "65534:65534"),
        *("--pids-limit", "256", "--memory", "4g", "--memory-swap", "4g", "--cpus", "2"),
        *("--tmpfs", "/tmp:rw,noexec,nosuid,nodev,size=512m", "--log-driver", "none"),
        *("--mount", f"type=bind,source={output},target=/output"),
        *("--env", "A=1", "--env", "B=2", ID, "--version"),
    ]


def test_a_missing_client_or_folder_is_a_misconfiguration(output: Path, tmp_path: Path) -> None:
    sandbox = ContainerSandbox("podman", "any", client_environment={"PATH": str(tmp_path)})
    with pytest.raises(Misconfigured, match="podman cannot be started"):
        run(sandbox, output, "pass")
    with pytest.raises(Misconfigured, match="does not exist"):
        run(sandbox, tmp_path / "none", "pass")
