"""Install the system parts that the integration tests need, and say which are missing.

    python tests/system_parts.py check
    python tests/system_parts.py install

Standard library only: it runs before the project has a virtual environment. Quiet when everything
is present. Exit status 0 when every part is present, 1 when one is missing and could not be
installed, 2 for a wrong call.

To add a part, add one entry to PARTS: a name, the executables or paths that prove it is there,
how to install it (Debian packages, or a command run in a folder of this checkout), which tests
need it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
APT = ("apt-get", "-qq", "-o", "Dpkg::Use-Pty=0")


@dataclass(frozen=True)
class Part:
    """A thing outside Python's own packages that some tests need."""

    name: str
    """What a person calls it."""
    needed_by: str
    """The tests that need it, as a path below the checkout."""
    executables: tuple[str, ...] = ()
    """Names that must all be found on PATH."""
    paths: tuple[str, ...] = ()
    """Paths below the checkout that must all exist."""
    packages: tuple[str, ...] = ()
    """Debian packages that bring it."""
    command: tuple[str, ...] = ()
    """Command that brings it where no Debian package does."""
    folder: str = "."
    """Folder below the checkout in which `command` runs."""

    def absences(self) -> tuple[str, ...]:
        """Return what is not there: executables first, then paths; empty when all is present."""
        executables = [name for name in self.executables if find_executable(name) is None]
        paths = [path for path in self.paths if not (CHECKOUT / path).exists()]
        return (*executables, *paths)

    def remedy(self) -> str:
        """Return the command a person types to install it by hand."""
        if self.packages:
            return "apt-get install " + " ".join(self.packages)
        return f"(cd {self.folder} && {' '.join(self.command)})"


PARTS: tuple[Part, ...] = (
    Part("git", "tests/integration", executables=("git",), packages=("git",)),
    Part(
        "ssh",
        "tests/integration/test_deploy_key.py",
        executables=("sshd", "ssh", "ssh-keygen"),
        packages=("openssh-server", "openssh-client"),
    ),
    Part(
        "container engine",
        "tests/integration/test_engine.py",
        executables=("dockerd", "containerd", "runc", "iptables"),
        packages=("docker.io", "containerd", "runc", "iptables"),
    ),
    # Debian 12 brings the client with docker.io; later releases package it apart.
    Part(
        "container client",
        "tests/integration/test_engine.py",
        executables=("docker",),
        packages=("docker-cli",),
    ),
    Part(
        "namespaces",
        "tests/integration/test_engine.py",
        executables=("unshare", "mount"),
        packages=("util-linux", "mount"),
    ),
    Part(
        "base image builder",
        "tests/integration/test_engine.py",
        executables=("mmdebstrap",),
        packages=("mmdebstrap",),
    ),
    Part("Java", "METEOR", executables=("java",), packages=("default-jre-headless",)),
    # Inter is what the pictures of the site are drawn with.
    Part(
        "browser",
        "tests/integration/test_site_browser.py",
        executables=("chromium",),
        paths=("/usr/share/fonts/opentype/inter",),
        packages=("chromium", "fonts-inter"),
    ),
    Part("node", "tests/npm", executables=("node", "npm"), packages=("nodejs", "npm")),
    Part(
        "npm packages",
        "tests/integration",
        paths=(
            "tests/npm/node_modules/axe-core",
            "tests/npm/node_modules/emulate",
            "tests/npm/node_modules/lighthouse",
            "tests/npm/node_modules/@octokit/openapi",
            "tests/npm/node_modules/@octokit/webhooks-examples",
        ),
        command=("npm", "ci", "--loglevel=error"),
        folder="tests/npm",
    ),
)


def find_executable(name: str) -> str | None:
    """Return the path of an executable, looking in the system folders beside PATH."""
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/bin:/bin")


def run_apt(*arguments: str) -> bool:
    """Return whether apt-get did what it was told; only its complaints are printed."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = (*APT, *arguments)
    done = subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL)
    return done.returncode == 0


def install_packages(packages: tuple[str, ...]) -> str | None:
    """Install Debian packages; return why that was impossible, or None."""
    if find_executable("apt-get") is None:
        return "this system has no apt-get; install it with the system's own package manager"
    if os.geteuid() != 0:
        return f"installing needs root; run: sudo apt-get install {' '.join(packages)}"
    install = ("install", "-y", "--no-install-recommends", *packages)
    if run_apt(*install):
        return None
    # The package lists are absent or stale: fetch them and try once more.
    run_apt("update")
    if run_apt(*install):
        return None
    return f"apt-get install {' '.join(packages)} failed; its messages are above"


def install_part(part: Part) -> str | None:
    """Install one part; return why it is still missing, or None."""
    if part.packages:
        refusal = install_packages(part.packages)
    elif find_executable(part.command[0]) is None:
        refusal = f"{part.command[0]} is not installed"
    else:
        code = subprocess.run(part.command, check=False, cwd=CHECKOUT / part.folder).returncode
        refusal = f"{part.remedy()} ended with status {code}" if code else None
    absences = part.absences()
    if refusal is None and absences:
        refusal = f"still not found after installing: {', '.join(absences)}"
    return refusal


def main(arguments: list[str]) -> int:
    """Check or install every part in order; return the exit status."""
    if arguments not in (["check"], ["install"]):
        print("usage: python tests/system_parts.py check|install", file=sys.stderr)
        return 2
    missing = False
    for part in PARTS:
        absences = part.absences()
        if not absences:
            continue
        if arguments == ["install"]:
            print(f"installing {part.name}: {part.remedy()}", flush=True)
            refusal = install_part(part)
        else:
            refusal = f"{', '.join(absences)} not found; run: {part.remedy()}"
        if refusal is not None:
            missing = True
            print(f"missing: {part.name} (for {part.needed_by}): {refusal}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
