"""What is on this machine: the catalog and the references, and who acts for it on GitHub."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from bot.adapters.disk.catalog import BUILT_IN, load_catalog
from bot.adapters.git.commits import Author
from bot.adapters.github.connection import Connection
from bot.adapters.github.host import GitHubHost
from bot.adapters.references.store import FileReferenceStore, open_references
from bot.domain.board import BoardId
from bot.domain.catalog import Catalog
from bot.errors import Misconfigured
from bot.jobs.environment import (
    BOT_LOGIN_VARIABLE,
    api_url,
    repository_name,
    secret_token,
    server_url,
)
from bot.render.pull_request.comment import MARKER


class Installation:
    """The catalog and the references, read once and only when asked for."""

    def __init__(self, catalog_folder: Path | None) -> None:
        """Name the catalog's folder; the built-in one when None."""
        self.folder = catalog_folder or BUILT_IN
        self.catalog: Catalog = load_catalog(self.folder)
        self.references: FileReferenceStore = open_references(self.folder)

    def public_texts(self, board: BoardId) -> Mapping[str, str] | None:
        """Return the reference texts of a board that may be used in the open.

        None for a dataset that is not public, and where its references are not here.
        """
        card = self.catalog.datasets[board.dataset]
        if card.access != "public" or not self.references.has(board.dataset):
            return None
        return self.references.read(board.dataset).texts(board.section)

    def host(self, token: str | None = None) -> GitHubHost:
        """Return the repository that the environment names, as its code host has it.

        Args:
            token: The bot's token; that of the environment when absent.

        Raises:
            Misconfigured: The environment names no repository, or has no token.
        """
        connection = Connection(repository_name(), token or secret_token(), api_url=api_url())
        return GitHubHost(connection, bot_login=self.bot_login, marker=MARKER)

    def author(self) -> Author:
        """Return who signs the bot's commits."""
        return Author(
            self.bot_login, f"{self.bot_login}@users.noreply.{urlsplit(server_url()).hostname}"
        )

    @property
    def bot_login(self) -> str:
        """Return the account behind the bot's token, the author of its comments."""
        named = os.environ.get(BOT_LOGIN_VARIABLE)
        if not named:
            return self.catalog.card.bot_login
        if not re.fullmatch(r"[A-Za-z0-9-]+(\[bot\])?", named):
            raise Misconfigured(f"{BOT_LOGIN_VARIABLE} is {named!r}, which is no login")
        return named
