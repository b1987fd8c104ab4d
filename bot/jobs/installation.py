"""Adapters, chosen and joined from options and the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import ValidationError

from bot.adapters.disk.catalog import BUILT_IN, load_catalog
from bot.adapters.disk.files import read_bytes
from bot.adapters.git.commits import Author
from bot.adapters.git.repository import GitRepository, scratch_repository
from bot.adapters.ledger.quota import BranchQuota
from bot.adapters.ledger.scores import BranchLedger
from bot.adapters.references.store import FileReferenceStore, open_references
from bot.cli.options import IMAGE_VARIABLE
from bot.domain.board import BoardId
from bot.domain.catalog import Catalog
from bot.domain.column import Column
from bot.domain.leaderboard import Leaderboard
from bot.domain.scorecard import Fingerprint, PerStudyTable, Scorecard
from bot.errors import Misconfigured

if TYPE_CHECKING:
    from bot.metrics.base import Equipment

TOKEN_VARIABLE = "REXRANK_TOKEN"  # noqa: S105 - the name of a variable
PUSH_TOKEN_VARIABLE = "REXRANK_PUSH_TOKEN"  # noqa: S105 - the name of a variable
MODELS_VARIABLE = "REXRANK_MODELS"
DEVICE_VARIABLE = "REXRANK_DEVICE"
API_VARIABLE = "GITHUB_API_URL"
SERVER_VARIABLE = "GITHUB_SERVER_URL"
LEADERBOARD_FILE = "leaderboard/leaderboard.json"
SERVER_URL = "https://github.com"
BOT_LOGIN_VARIABLE = "REXRANK_BOT_LOGIN"
REPOSITORY_VARIABLE = "GITHUB_REPOSITORY"


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

    def columns(self) -> tuple[Column, ...]:
        """Return the metrics that the leaderboard shows, the main metrics among them."""
        from bot.metrics.registry import columns_for

        mains = [self.catalog.main_metric(name) for name in self.catalog.datasets]
        return columns_for(dict.fromkeys((*self.catalog.card.columns, *mains)))

    def all_columns(self, scorecards: Sequence[Scorecard]) -> tuple[Column, ...]:
        """Return every metric that some scorecards report."""
        from bot.metrics.registry import METRICS, columns_for

        reported = {name for card in scorecards for name in card.metrics}
        return columns_for([metric.id for metric in METRICS if metric.id in reported])

    def scorer(self, scorecards: Iterable[Scorecard] = ()) -> Fingerprint:
        """Return the fingerprint of today's scorer; older scorecards that contradict it are stale.

        Args:
            scorecards: Known ones. Those of the image that scores now tell what is in it.
        """
        from bot.metrics.registry import METRICS
        from bot.pipeline.scoring.fingerprint import describe_scorer

        named = os.environ.get(IMAGE_VARIABLE, "")
        return describe_scorer(
            METRICS,
            recorded_weights(),
            image=named.rpartition("@")[2] or None,
            seen=[card.fingerprint for card in scorecards],
        )

    def published_leaderboard(self, path: Path) -> Leaderboard | None:
        """Return the leaderboard in a checkout, None when there is none."""
        if not path.is_file():
            return None
        return read_leaderboard(read_bytes(path), str(path))

    def remote_leaderboard(self, remote: str, branch: str) -> Leaderboard | None:
        """Return the leaderboard at the tip of a remote's branch, None when it has no such file.

        Raises:
            Misconfigured: There is no such branch.
        """
        with scratch_repository(optional_token()) as repository:
            tip = repository.remote_tip(remote, branch)
            if tip is None:
                raise Misconfigured(f"{remote}: no branch {branch}")
            found = [entry.oid for entry in repository.entries(tip, LEADERBOARD_FILE)]
            contents = repository.read(found)
        return read_leaderboard(contents[found[0]], LEADERBOARD_FILE) if found else None

    def ledger_tables(
        self, remote: str, wanted: Iterable[tuple[str, str]]
    ) -> dict[str, PerStudyTable]:
        """Return the open per-study scores of some scorecards, from a remote's ledger.

        Args:
            remote: Address of the repository.
            wanted: Dataset and key of each scorecard.
        """
        with scratch_repository(optional_token()) as repository:
            return self.ledger(repository, remote).tables(wanted)

    def author(self) -> Author:
        """Return who signs the bot's commits."""
        host = urlsplit(os.environ.get(SERVER_VARIABLE) or SERVER_URL).hostname
        return Author(self.bot_login, f"{self.bot_login}@users.noreply.{host}")

    @property
    def bot_login(self) -> str:
        """Return the account behind the bot's token, the author of its comments."""
        named = os.environ.get(BOT_LOGIN_VARIABLE)
        if not named:
            return self.catalog.card.bot_login
        if not re.fullmatch(r"[A-Za-z0-9-]+(\[bot\])?", named):
            raise Misconfigured(f"{BOT_LOGIN_VARIABLE} is {named!r}, which is no login")
        return named

    def ledger(self, repository: GitRepository, remote: str) -> BranchLedger:
        """Return the ledger that a remote keeps."""
        return BranchLedger(
            repository,
            remote=remote,
            author=self.author(),
            may_publish=self.catalog.is_open,
        )

    def quota(self, repository: GitRepository, remote: str) -> BranchQuota:
        """Return the quotas that a remote's ledger keeps."""
        return BranchQuota(repository, remote=remote, author=self.author())


def read_leaderboard(data: bytes, name: str) -> Leaderboard:
    """Return a leaderboard from its file's content; raises Misconfigured when it is none."""
    try:
        return Leaderboard.from_json(data)
    except ValidationError as error:
        raise Misconfigured(f"{name}: not a leaderboard; run `rexrank publish`") from error


def equipment() -> Equipment:
    """Return what this installation has for the metrics."""
    from bot.adapters.scorer.models import VerifiedWeights, WeightFaults, find_cache
    from bot.metrics.base import Equipment

    named = os.environ.get(MODELS_VARIABLE)
    models = Path(named) if named else None
    weights = VerifiedWeights(models) if models else None
    device = os.environ.get(DEVICE_VARIABLE)
    if device not in {None, "", "cpu", "cuda"}:
        raise Misconfigured(f"{DEVICE_VARIABLE} is {device!r}; it can be cpu or cuda")
    return Equipment(
        models=models,
        weights=weights if weights is not None else {},
        faults=WeightFaults(models, weights) if models and weights is not None else {},
        cache=find_cache(),
        device=device or "cpu",
        device_forced=bool(device),
    )


def recorded_weights() -> dict[str, str]:
    """Return the SHA-256 of each model that is recorded on this machine, without hashing again."""
    from bot.adapters.scorer.models import ModelFolder

    named = os.environ.get(MODELS_VARIABLE)
    return {one.id: one.sha256 for one in ModelFolder(Path(named)).read().weights} if named else {}


def secret_token() -> str:
    """Return the bot's token; raises Misconfigured when there is none."""
    token = os.environ.get(TOKEN_VARIABLE)
    if not token:
        raise Misconfigured(f"{TOKEN_VARIABLE} is not set; give it the token the bot may use")
    return token


def optional_token() -> str | None:
    """Return the token that fetches, None when there is none and the remote needs none."""
    return os.environ.get(TOKEN_VARIABLE) or os.environ.get(PUSH_TOKEN_VARIABLE) or None


def api_url() -> str:
    """Return the root of GitHub's REST API, that of github.com where the environment names none."""
    from bot.adapters.github.connection import API_URL

    return os.environ.get(API_VARIABLE) or API_URL


def today() -> str:
    """Return the date in UTC, as 2026-11-25."""
    return datetime.now(tz=UTC).date().isoformat()
