"""The environment variables that a job reads, by their names, and the tokens among them."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from bot.adapters.github.connection import API_URL
from bot.errors import Misconfigured

TOKEN_VARIABLE = "REXRANK_TOKEN"  # noqa: S105 - the name of a variable
PUSH_TOKEN_VARIABLE = "REXRANK_PUSH_TOKEN"  # noqa: S105 - the name of a variable
DEPLOY_KEY_VARIABLE = "REXRANK_DEPLOY_KEY"
APP_VARIABLE = "REXRANK_APP_ID"
BOT_LOGIN_VARIABLE = "REXRANK_BOT_LOGIN"
USER_VARIABLE = "REXRANK_USER_ID"
CATALOG_VARIABLE = "REXRANK_CATALOG"
IMAGE_VARIABLE = "REXRANK_SCORER_IMAGE"
MODELS_VARIABLE = "REXRANK_MODELS"
DEVICE_VARIABLE = "REXRANK_DEVICE"
REPOSITORY_VARIABLE = "GITHUB_REPOSITORY"
API_VARIABLE = "GITHUB_API_URL"
SERVER_VARIABLE = "GITHUB_SERVER_URL"

SERVER_URL = "https://github.com"


def secret_token() -> str:
    """Return the bot's token; raises Misconfigured when there is none."""
    token = os.environ.get(TOKEN_VARIABLE)
    if not token:
        raise Misconfigured(f"{TOKEN_VARIABLE} is not set; give it the token the bot may use")
    return token


def optional_token() -> str | None:
    """Return the token that fetches, None when there is none and the remote needs none."""
    return os.environ.get(TOKEN_VARIABLE) or os.environ.get(PUSH_TOKEN_VARIABLE) or None


def repository_name() -> str:
    """Return which repository on GitHub this is, owner/name; raises Misconfigured without one."""
    name = os.environ.get(REPOSITORY_VARIABLE)
    if not name:
        raise Misconfigured(f"{REPOSITORY_VARIABLE} is not set; give it owner/name")
    return name


def api_url() -> str:
    """Return the root of GitHub's REST API, that of github.com where the environment names none."""
    return os.environ.get(API_VARIABLE) or API_URL


def server_url() -> str:
    """Return the address of GitHub, github.com where the environment names none."""
    return os.environ.get(SERVER_VARIABLE) or SERVER_URL


def today() -> str:
    """Return the date in UTC, as 2026-11-25."""
    return datetime.now(tz=UTC).date().isoformat()
