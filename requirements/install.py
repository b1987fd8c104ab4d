# ruff: noqa: INP001 - a script, not a package
"""Install locked requirements in a virtual environment, which is made when it is missing.

    python requirements/install.py .venv -r requirements/build.txt --then -r requirements/scorer.txt

uv installs them where it is present or the package index has it, and pip everywhere else. What
follows the environment is whatever `uv pip install` and `pip install` both understand. The file
`installer` in the environment says which of the two it was. docs/decisions/0021-uv.md says why.
"""

from __future__ import annotations

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

UV_LOCK = Path(__file__).with_name("uv.txt")
# What uv calls pip's settings. A constraint says nothing about versions that are locked anyway.
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "keyring-provider": "UV_KEYRING_PROVIDER",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "cert": "SSL_CERT_FILE",
    "client-cert": "SSL_CLIENT_CERT",
    "proxy": "ALL_PROXY",
}
TRUE = {"1", "true", "yes", "on"}


def uv_settings(listing: str) -> dict[str, str]:
    r"""Return the environment variables that tell uv what `pip config list` printed.

    Example:
        >>> uv_settings("global.index-url='https://a.test'\n:env:.index-url='https://b.test'")
        {'UV_DEFAULT_INDEX': 'https://b.test'}
    """
    settings: dict[str, str] = {}
    for section in ("global.", "install.", ":env:."):  # the last one wins, as with pip
        for line in listing.splitlines():
            name, _, value = line.removeprefix(section).partition("=")
            if line.startswith(section) and name in UV_NAMES:
                separator = "," if name == "find-links" else " "
                words = str(ast.literal_eval(value)).split()
                settings[UV_NAMES[name]] = separator.join(words)
    return settings


def pip_of(venv: Path) -> list[str]:
    """Return the command of a pip that installs in the environment: this Python's, or its own."""
    python = str(venv / "bin" / "python")
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "--python", python]
    if not any(venv.glob("lib/*/site-packages/pip")):
        subprocess.run([python, "-m", "ensurepip"], check=True, stdout=subprocess.DEVNULL)
    return [python, "-m", "pip"]


def uv_of(venv: Path) -> str | None:
    """Return the uv of this machine or of the environment, or None where neither works."""
    for command in (shutil.which("uv"), str(venv / "bin" / "uv")):
        if command and Path(command).exists():
            answer = subprocess.run([command, "--version"], check=False, capture_output=True)
            if answer.returncode == 0:
                return command
    return None


def fetch_uv(venv: Path) -> str | None:
    """Return the locked uv, which is then in the environment, or None where the index has none."""
    words = ["install", "--quiet", "--require-hashes", "--only-binary", ":all:", "-r", str(UV_LOCK)]
    subprocess.run([*pip_of(venv), *words], check=False, capture_output=True)
    return uv_of(venv)


def install_with_uv(venv: Path, uv: str, steps: list[list[str]]) -> bool:
    """Return whether uv could install every step, told what this machine's pip is told."""
    pip = [sys.executable, "-m", "pip", "config", "list"]
    listing = subprocess.run(pip, check=False, capture_output=True, text=True).stdout
    # As with pip, every index is asked; the hashes see to it that all mean the same file.
    settings = uv_settings(listing) | {"UV_INDEX_STRATEGY": "unsafe-best-match"}
    command = [uv, "pip", "install", "--quiet", "--python", str(venv / "bin" / "python")]
    if settings.pop("UV_NO_INDEX", "").lower() in TRUE:
        command.append("--no-index")
    return run_all(command, steps, {**settings, **os.environ})


def install_with_pip(venv: Path, steps: list[list[str]]) -> bool:
    """Return whether pip could install every step."""
    # Twice quiet: once still warns of every index that lacks one of the packages.
    return run_all([*pip_of(venv), "install", "--quiet", "--quiet"], steps, dict(os.environ))


def run_all(command: list[str], steps: list[list[str]], environment: dict[str, str]) -> bool:
    """Return whether the command succeeded with the words of every step, one after another."""
    return not any(
        subprocess.run([*command, *words], check=False, env=environment).returncode
        for words in steps
    )


def install(venv: Path, steps: list[list[str]]) -> bool:
    """Install in the environment and return whether that went well.

    Whoever installs the first time installs from then on: uv, unless it is not to be had or cannot
    install what pip can.
    """
    if not (venv / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    choice = venv / "installer"
    chosen = choice.read_text().strip() if choice.exists() else None
    uv = None if chosen == "pip" else uv_of(venv) or fetch_uv(venv)
    if uv and install_with_uv(venv, uv, steps):
        choice.write_text("uv\n")
        return True
    if chosen == "uv" or not install_with_pip(venv, steps):
        return False
    choice.write_text("pip\n")
    return True


def steps_of(words: list[str]) -> list[list[str]]:
    """Return what is installed at a time.

    Example:
        >>> steps_of(["-r", "build.txt", "--then", "-r", "scorer.txt"])
        [['-r', 'build.txt'], ['-r', 'scorer.txt']]
    """
    steps: list[list[str]] = [[]]
    for word in words:
        if word == "--then":
            steps.append([])
        else:
            steps[-1].append(word)
    return steps


if __name__ == "__main__":
    sys.exit(not install(Path(sys.argv[1]), steps_of(sys.argv[2:])))
