"""requirements/install.py: uv installs where it can, and pip everywhere else."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from requirements.install import steps_of, uv_settings
from tests.docs.pages import CHECKOUT
from tests.require import require

SCRIPT = CHECKOUT / "requirements" / "install.py"
# What `make` runs: the Python that the environment of the tests was made with.
PYTHON = Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}")
NEEDS_UV = "needs uv; run: .venv/bin/python -m pip install --require-hashes -r requirements/uv.txt"


def make_wheel(folder: Path, name: str) -> str:
    """Put a wheel of one module in the folder and return the line that locks it."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}.py": "ANSWER = 42\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    for place, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
        record += f"{place},sha256={digest.decode()},{len(text)}\n"
    with zipfile.ZipFile(path, "w") as wheel:
        for place, text in files.items():
            wheel.writestr(place, text)
        wheel.writestr(f"{info}/RECORD", f"{record}{info}/RECORD,,\n")
    return f"{name}==1.0 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


class Machine:
    """A machine whose pip is told of one folder of wheels and of no index."""

    def __init__(self, folder: Path) -> None:
        self.venv = folder / "venv"
        self.bin = folder / "bin"
        self.wheels = folder / "wheels"
        self.bin.mkdir()
        self.wheels.mkdir()
        self.lock = folder / "locked.txt"
        self.lock.write_text(make_wheel(self.wheels, "quince"))

    def add_uv(self, script: str | None = None) -> None:
        """Put uv on the path, or a script in its place."""
        uv = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
        if script is not None:
            (self.bin / "uv").write_text(f"#!/bin/sh\n{script}\n")
            (self.bin / "uv").chmod(0o755)
        else:
            require(uv, NEEDS_UV)
            (self.bin / "uv").symlink_to(str(uv))

    def install(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the script as `make` does."""
        variables = {
            "HOME": str(self.bin.parent),
            "PATH": f"{self.bin}:/usr/bin:/bin",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_FIND_LINKS": str(self.wheels),
            "PIP_NO_INDEX": "true",
        }
        return subprocess.run(
            (str(PYTHON), str(SCRIPT), str(self.venv), *words),
            env=variables,
            check=False,
            capture_output=True,
            text=True,
        )

    @property
    def installer(self) -> str:
        """Who installs in the environment."""
        return (self.venv / "installer").read_text().strip()

    def answer(self) -> str:
        """Return what the installed module says."""
        command = (str(self.venv / "bin" / "python"), "-c", "import quince; print(quince.ANSWER)")
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine without uv, in a folder of this test."""
    return Machine(tmp_path)


def test_uv_installs_from_where_pip_is_told_to_and_says_nothing(machine: Machine) -> None:
    machine.add_uv()
    done = machine.install("--require-hashes", "-r", str(machine.lock))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (machine.installer, machine.answer()) == ("uv", "42")


def test_pip_installs_where_no_uv_works_and_says_nothing(machine: Machine) -> None:
    machine.add_uv("exit 127")
    done = machine.install("--require-hashes", "-r", str(machine.lock))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (machine.installer, machine.answer()) == ("pip", "42")


def test_pip_takes_over_for_good_from_a_uv_that_cannot_install(machine: Machine) -> None:
    machine.add_uv('test "$1" = --version || { echo "cannot" >&2; exit 2; }')
    done = machine.install("--require-hashes", "-r", str(machine.lock))
    assert (done.returncode, done.stderr) == (0, "cannot\n")
    again = machine.install("--require-hashes", "-r", str(machine.lock))
    assert (again.returncode, again.stderr) == (0, "")
    assert (machine.installer, machine.answer()) == ("pip", "42")


@pytest.mark.parametrize("fault", ["another hash", "no hash"])
def test_neither_installs_what_is_not_what_was_locked(machine: Machine, fault: str) -> None:
    machine.add_uv()
    name, _, digest = machine.lock.read_text().partition(" --hash=sha256:")
    machine.lock.write_text(name if fault == "no hash" else f"{name} --hash=sha256:{digest[::-1]}")
    done = machine.install("--require-hashes", "-r", str(machine.lock))
    assert done.returncode == 1
    assert done.stderr.count("quince") > 1, "both were asked"
    assert "hash" in done.stderr.lower()
    assert not list(machine.venv.glob("lib/*/site-packages/quince*"))
    assert not (machine.venv / "installer").exists()


def test_a_failure_ends_the_steps_and_does_not_change_the_installer(machine: Machine) -> None:
    machine.add_uv()
    assert machine.install("--require-hashes", "-r", str(machine.lock)).returncode == 0
    done = machine.install("medlar==1.0", "--then", "cherry==1.0")
    assert done.returncode == 1
    assert "medlar" in done.stderr
    assert "cherry" not in done.stderr
    assert machine.installer == "uv"
    assert steps_of(["a", "--then", "b", "c"]) == [["a"], ["b", "c"]]


def test_uv_is_told_what_the_machines_pip_is_told() -> None:
    listing = """\
:env:.find-links='/srv/wheels /srv/more'
:env:.quiet='1'
global.cert='/etc/ca.pem'
global.constraint='/etc/constraints.txt'
global.extra-index-url='https://b.test/simple\\nhttps://c.test/simple'
global.find-links='/srv/old'
global.index-url='https://a.test/simple'
global.timeout='180'
install.index-url='https://user:pass@mirror.test/simple'
"""
    assert uv_settings(listing) == {
        "SSL_CERT_FILE": "/etc/ca.pem",
        "UV_DEFAULT_INDEX": "https://user:pass@mirror.test/simple",
        "UV_FIND_LINKS": "/srv/wheels,/srv/more",
        "UV_HTTP_TIMEOUT": "180",
        "UV_INDEX": "https://b.test/simple https://c.test/simple",
    }


def test_a_machine_that_says_nothing_tells_uv_nothing() -> None:
    assert uv_settings("") == {}
