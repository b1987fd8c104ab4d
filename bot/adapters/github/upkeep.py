"""What upkeep asks of GitHub: the open pull requests, and one issue that is kept up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.adapters.github.maintenance import GitHubMaintenance
from bot.adapters.github.pulls import READ
from bot.errors import Misconfigured
from bot.ports import OpenPull

if TYPE_CHECKING:
    from github.Issue import Issue

ISSUES = "issues: write"


class GitHubUpkeep(GitHubMaintenance):
    """Upkeep of one repository. Fulfils `bot.ports.Upkeep`."""

    def open_pulls(self, branch: str) -> tuple[OpenPull, ...]:
        """Return the open pull requests that ask to change a branch, oldest first."""

        def read() -> tuple[OpenPull, ...]:
            pulls = self._repository().get_pulls(state="open", base=branch, direction="asc")
            return tuple(
                OpenPull(each.number, each.head.sha, each.updated_at or each.created_at)
                for each in pulls
            )

        return self._call("listing the open pull requests", READ, read)

    def write_issue(self, marker: str, title: str, body: str, *, is_open: bool) -> str | None:
        """Make `body` the bot's one issue with this marker, open or closed; return its address.

        The issue is found by the marker on its first line *and* by its author. None is made when
        there is none and nothing is open. A second one, which another run can leave behind, is
        closed.
        """
        state = "open" if is_open else "closed"

        def write() -> str | None:
            own = self._own_issues(marker)
            if not own and not is_open:
                return None
            if not own:
                self._repository().create_issue(title, body)
                own = self._own_issues(marker)
            if not own:
                raise Misconfigured(
                    f"the issue was not written by {self._bot_login}; set "
                    "REXRANK_BOT_LOGIN, or bot_login in leaderboard.yaml, to its account"
                )
            first, *doubles = own
            if (first.title, first.body, first.state) != (title, body, state):
                first.edit(title=title, body=body, state=state)
            for double in doubles:
                if double.state == "open":
                    double.edit(state="closed")
            return str(first.html_url)

        return self._call("writing the issue about upkeep", ISSUES, write)

    def _own_issues(self, marker: str) -> list[Issue]:
        """Return the bot's issues that begin with a marker, oldest first."""
        issues = self._repository().get_issues(state="all")
        own = [
            issue
            for issue in issues
            if issue.pull_request is None
            and issue.user  # None when the account is gone
            and issue.user.login == self._bot_login
            and (issue.body or "").startswith(marker)
        ]
        return sorted(own, key=lambda issue: issue.number)
