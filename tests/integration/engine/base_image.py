"""The image that the project's Dockerfile starts from, also where no image registry answers.

Where a registry answers, the official image is pulled. Where none does, a stand-in is made of
Debian's packages and given the same name, in a private engine only. The stand-in is for tests:
it trusts the authorities of this host and reads packages from where this host reads them.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from .cache import hold_lock, open_cache
from .dockerd import INSTALL_HINT, Engine, EngineError, EngineUnavailable, search_path
from .host import find_ca_bundle, find_debian_mirror, read_apt_settings, render_pip_settings

SUITE = "trixie"  # Debian 13: its python3 is Python 3.13
PACKAGES = ("python3", "python3-pip", "python3-venv", "ca-certificates", "passwd")
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
LABEL = "rexrank.test-base"
PROBE_TIMEOUT_S = 10.0
PULL_TIMEOUT_S = 300.0
BUILD_TIMEOUT_S = 600.0
CA_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"

# What makes Debian's Python answer as the official image's does. Each runs with the new root
# folder as $1; {files} is a folder of this host with what goes in.
HOOKS = (
    'install -D -m 644 {files}/pip.conf "$1/etc/pip.conf"',
    'install -D -m 644 -t "$1/usr/local/share/ca-certificates" {files}/host.crt',
    'chroot "$1" update-ca-certificates 2>/dev/null',
    'rm -f "$1"/usr/lib/python3*/EXTERNALLY-MANAGED',
    'for name in python python3; do ln -s /usr/bin/python3 "$1/usr/local/bin/$name"; done',
    'ln -s /usr/bin/pip3 "$1/usr/local/bin/pip"',
    'rm -rf "$1"/usr/share/doc/* "$1"/usr/share/man/* "$1"/usr/share/locale/*',
    'rm -f "$1/etc/resolv.conf" "$1/etc/hostname"',  # the host's own, which nobody needs
)
CHANGES = (
    "ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin",
    "ENV LANG=C.UTF-8",
    'CMD ["python3"]',
)


@dataclass(frozen=True)
class Recipe:
    """All that decides what is in the stand-in."""

    mirror: str
    """Where Debian's packages come from."""
    apt_settings: tuple[str, ...]
    """Lines of apt.conf that say how they are fetched."""
    pip_conf: str
    """What pip inside the image reads."""
    authorities: bytes
    """PEM text of the certificate authorities to trust; may be empty."""

    def digest(self) -> str:
        """Return 16 hex digits that change whenever the image would."""
        fixed = (platform.machine(), SUITE, PACKAGES, HOOKS, CHANGES)
        text = repr((fixed, self.mirror, self.apt_settings, self.pip_conf, self.authorities))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def ensure_base_image(engine: Engine, tag: str = "python:3.13-slim") -> str:
    """Return the id of the image `tag`, which the engine has from then on.

    Raises:
        EngineUnavailable: It can be neither pulled nor made here; the message says what to do.
        EngineError: Making it failed.
    """
    with hold_lock(open_cache() / "base-image.lock"):
        found = find_image(engine, tag)
        if found is None and pull_image(engine, tag):
            found = find_image(engine, tag)
        if found is not None:
            return found
        if not engine.private:
            raise EngineUnavailable(f"no image registry answers; run: docker pull {tag}")
        recipe = read_recipe()
        archive = open_cache("base-image") / f"{recipe.digest()}.tar"
        if not archive.exists():
            build_archive(recipe, archive)
        changes = (*CHANGES, f"LABEL {LABEL}={recipe.digest()}")
        options = [f"--change={change}" for change in changes]
        return engine.docker("import", *options, str(archive), tag, timeout_s=BUILD_TIMEOUT_S)


def find_image(engine: Engine, tag: str) -> str | None:
    """Return the id of an image the engine has, or None.

    In a private engine a stand-in that was made by another recipe does not count.
    """
    show = f'{{{{.Id}}}} {{{{index .Config.Labels "{LABEL}"}}}}'
    done = engine.try_docker("image", "inspect", "--format", show, tag)
    if done.returncode:
        return None
    image, _, digest = done.stdout.strip().partition(" ")
    stale = bool(digest) and engine.private and digest != read_recipe().digest()
    return None if stale else image


def pull_image(engine: Engine, tag: str) -> bool:
    """Return whether the image could be pulled; gives up soon where no registry answers."""
    try:
        probe = engine.try_docker("manifest", "inspect", tag, timeout_s=PROBE_TIMEOUT_S)
        if probe.returncode:
            return False
        pull = engine.try_docker("pull", "--quiet", tag, timeout_s=PULL_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        return False
    return pull.returncode == 0


def read_recipe() -> Recipe:
    """Return the recipe of the stand-in on this host.

    Raises:
        EngineUnavailable: This host's apt names no Debian mirror.
    """
    mirror = find_debian_mirror()
    if mirror is None:
        raise EngineUnavailable(
            "no image registry answers, and this host's apt names no Debian mirror to make the "
            "base image from; pull python:3.13-slim, or run the tests on Debian"
        )
    bundle = find_ca_bundle()
    authorities = bundle.read_bytes() if bundle else b""
    return Recipe(mirror, read_apt_settings(), render_pip_settings(CA_BUNDLE), authorities)


def build_archive(recipe: Recipe, archive: Path) -> None:
    """Write the stand-in's root file system as a tar file, complete or not at all.

    Raises:
        EngineUnavailable: mmdebstrap is absent.
        EngineError: It failed; the message ends with its last lines.
    """
    if shutil.which("mmdebstrap", path=search_path()) is None:
        reason = "no image registry answers, and there is no mmdebstrap to make the base image"
        raise EngineUnavailable(f"{reason}; {INSTALL_HINT}")
    with TemporaryDirectory(prefix="rexrank-base-") as name:
        files = Path(name)
        (files / "pip.conf").write_text(recipe.pip_conf)
        (files / "host.crt").write_bytes(recipe.authorities)
        unfinished = archive.with_suffix(".part")
        done = subprocess.run(
            (
                "mmdebstrap",
                "--variant=apt",
                f"--include={','.join(PACKAGES)}",
                f"--keyring={KEYRING}",
                "--format=tar",
                *(f"--aptopt={line}" for line in recipe.apt_settings),
                *(f"--customize-hook={hook.format(files=files)}" for hook in HOOKS),
                SUITE,
                str(unfinished),
                recipe.mirror,
            ),
            check=False,
            env={**os.environ, "PATH": search_path()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=BUILD_TIMEOUT_S,
        )
    if done.returncode:
        unfinished.unlink(missing_ok=True)
        tail = "\n".join(done.stdout.splitlines()[-30:])
        raise EngineError(f"mmdebstrap ended with {done.returncode}:\n{tail}")
    for old in archive.parent.glob("*.tar"):
        old.unlink()
    unfinished.rename(archive)
