"""What a package manager inside the engine must know about this host: mirror, proxy, authorities.

All of it is read from the host's own configuration when the tests run, so that no address of any
package host is written in this repository.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

CA_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  # openSUSE
)
PIP_SETTINGS = ("index-url", "extra-index-url", "trusted-host", "proxy", "default-timeout")
APT_SETTINGS = ("Acquire::http", "Acquire::https", "Acquire::Check", "Acquire::Retries")
INDEX_FORMAT = "$(SITE) $(RELEASE) $(COMPONENT)"


def run_quietly(*command: str) -> str:
    """Return what a command prints, or "" when it is absent or fails."""
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    except OSError:
        return ""
    return done.stdout if done.returncode == 0 else ""


def find_debian_mirror() -> str | None:
    """Return the address that this host's own apt reads Debian's `main` from, or None.

    None too on a host of another distribution: its mirrors need not carry Debian.
    """
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return None
    if release.get("ID") != "debian":
        return None
    # Without release information the answer does not depend on a previous `apt-get update`.
    targets = ("apt-get", "indextargets", "--no-release-info", f"--format={INDEX_FORMAT}")
    for line in run_quietly(*targets, "Created-By: Packages").splitlines():
        site, suite, component = line.split(" ")
        if suite == release.get("VERSION_CODENAME") and component == "main":
            return site
    return None


def read_apt_settings() -> tuple[str, ...]:
    """Return the lines of this host's apt configuration that say how packages are fetched."""
    lines = run_quietly("apt-config", "dump", "--no-empty").splitlines()
    return tuple(line for line in lines if line.startswith(APT_SETTINGS))


def find_ca_bundle() -> Path | None:
    """Return the file of certificate authorities that this host trusts, or None."""
    candidates = (os.environ.get("SSL_CERT_FILE", ""), *CA_BUNDLES)
    return next((Path(name) for name in candidates if name and Path(name).is_file()), None)


def render_pip_settings(cert: str) -> str:
    """Return a pip.conf for the inside of a container, with this host's settings for fetching.

    Indexes that are folders of this host are left out: they do not exist in a container.

    Args:
        cert: Where the container keeps the authorities it trusts.
    """
    settings: dict[str, str] = {}
    # One line a setting, lowest precedence first: global.index-url='https://...'
    listing = run_quietly(sys.executable, "-m", "pip", "config", "list")
    for line in (listing or run_quietly("pip3", "config", "list")).splitlines():
        name, _, value = line.partition("=")
        key = name.removeprefix(":env:.").removeprefix("global.").removeprefix("install.")
        if key in PIP_SETTINGS:
            words = value.strip().strip("'\"").replace("\\n", " ").split()
            settings[key] = " ".join(word for word in words if is_remote(word))
    lines = [f"{key} = {value}" for key, value in sorted(settings.items()) if value]
    return "\n".join(["[global]", f"cert = {cert}", *lines, ""])


def is_remote(word: str) -> bool:
    """Return whether the word of a pip setting means the same inside a container as outside.

    Example:
        >>> [is_remote(word) for word in ("https://pip.test/simple", "180", "file:///srv", "/srv")]
        [True, True, False, False]
    """
    return not word.startswith(("file:", "/", ".", "~"))
