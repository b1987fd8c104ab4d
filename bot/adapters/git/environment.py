"""What every git process is started with: nobody's settings, no hooks, no questions, one token."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

NETWORK_SETTINGS = ("http_proxy", "https_proxy", "no_proxy", "GIT_SSL_CAINFO")

# Nothing that a repository's own files or settings, or this machine's, say may start a program.
UPLOAD_PACK = "--upload-pack=git-upload-pack"
RECEIVE_PACK = "--receive-pack=git-receive-pack"
PROTOCOLS = "file:http:https:ssh"
HARDENED = (
    "-c", "core.hooksPath=/dev/null",
    "-c", "core.fsmonitor=false",
    "-c", "core.alternateRefsCommand=true",
    "-c", "core.askPass=",
    "-c", "core.sshCommand=ssh",
    "-c", "gc.auto=0",
    "-c", "maintenance.auto=false",
    "-c", "submodule.recurse=false",
    "-c", "fetch.recurseSubmodules=false",
    "-c", "safe.directory=*",
    "--literal-pathspecs",
    "--no-optional-locks",
)  # fmt: skip


def credentials(token: str | None, address: str) -> dict[str, str]:
    """Return environment variables that hand a token to git for the host of one remote.

    Where that host sends git on to another one, or from https to http, nothing is told there. The
    empty helper comes first: it forgets those of the repository's own settings, which would be told
    the token and could keep it in a file.

    Example:
        >>> credentials("secret", "https://host.example/o/n")["GIT_CONFIG_KEY_1"]
        'credential.https://host.example.helper'
    """
    helpers = [("credential.helper", "")]
    parts = urlsplit(address)
    if token is not None and parts.scheme in {"http", "https"}:
        host = f"credential.{parts.scheme}://{parts.netloc.rpartition('@')[2]}.helper"
        answer = 'echo username=x-access-token; echo "password=$REXRANK_GIT_TOKEN"'
        helpers.append((host, f"!f() {{ {answer}; }}; f"))
    variables = {"GIT_CONFIG_COUNT": str(len(helpers))}
    for number, (key, helper) in enumerate(helpers):
        variables[f"GIT_CONFIG_KEY_{number}"] = key
        variables[f"GIT_CONFIG_VALUE_{number}"] = helper
    return variables if len(helpers) == 1 else {**variables, "REXRANK_GIT_TOKEN": str(token)}


def surroundings() -> dict[str, str]:
    """Return the environment of every git process: nobody's settings, and no questions."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": "/nonexistent",
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_GRAFT_FILE": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_ALLOW_PROTOCOL": PROTOCOLS,
        **{name: os.environ[name] for name in NETWORK_SETTINGS if name in os.environ},
    }
