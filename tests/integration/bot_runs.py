"""One run of the bot on a loopback GitHub, and what it leaves there."""

from __future__ import annotations

from pathlib import Path

from bot.adapters.github.calls import Patience
from bot.adapters.github.connection import Connection
from bot.adapters.github.host import GitHubHost
from bot.ports import CheckRun
from bot.render.pull_request.check_run import MANAGED_LABELS
from bot.render.pull_request.comment import MARKER
from tests.fakes.github_server import ACTIONS_BOT, GitHubServer
from tests.fakes.github_server.clients import BOARD
from tests.integration.act.job_tokens import permissions_of

SECRET = "ghs_0123456789abcdefSECRET"
WORKFLOWS = Path(__file__).resolve().parents[2] / ".github" / "workflows"
PERMISSIONS = permissions_of(WORKFLOWS / "submission.yml", "report")
"""What the job that answers has, and no more."""
BODY = f"{MARKER}\nYour file needs work."
CHECK = CheckRun("rexrank", "failure", "Needs work", "One error.")
LABELS = ("rexrank: needs work",)


class Waits:
    """Whatever waits here is remembered and done with at once."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def pulls_of(
    server: GitHubServer,
    *,
    secret: str = SECRET,
    retries: int = 3,
    wait: Waits | None = None,
    bot_login: str = ACTIONS_BOT.login,
) -> GitHubHost:
    connection = Connection(
        BOARD,
        secret,
        api_url=server.api_url,
        patience=Patience(retries=retries, wait=wait or Waits()),
        pause_s=0,
        # Short where a test lets a call hang: a busy machine must not look like one that does.
        timeout_s=1 if any(fault.kind == "timeout" for fault in server.faults) else 30,
    )
    return GitHubHost(connection, bot_login=bot_login, marker=MARKER)


def head_of(server: GitHubServer) -> str:
    pull = server.repository(BOARD).issues[1].pull
    assert pull is not None
    return pull.head_sha


def answer(pulls: GitHubHost, head: str) -> None:
    """Do what one run of the bot does, over an older verdict."""
    pulls.write_comment(1, BODY)
    pulls.write_check(head, CHECK)
    pulls.write_labels(1, LABELS, managed=MANAGED_LABELS)


def bodies(server: GitHubServer) -> list[str]:
    return [comment.body for comment in server.repository(BOARD).issues[1].comments]
