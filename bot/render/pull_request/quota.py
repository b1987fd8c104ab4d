"""A quota as the comment shows it: how much is used, and what that means."""

from __future__ import annotations

from bot.domain.quota import Allowance
from bot.domain.text import counted
from bot.render.words.markdown import code


def quota_item(allowance: Allowance) -> str:
    """Return a list item about one dataset's quota.

    Example:
        >>> quota_item(Allowance("hidden", "2026-11", limit=5, used=2, wanted=1))
        '- <code>hidden</code>: 2 of 5 this month. Scoring 1 file of this pull request will count.'
    """
    used = f"- {code(allowance.dataset)}: {allowance.used} of {allowance.limit} this month."
    files = f"{counted(allowance.wanted, 'file')} of this pull request"
    if allowance.wanted == 0:
        return f"{used} This pull request costs nothing more."
    if allowance.is_enough:
        return f"{used} Scoring {files} will count."
    return f"{used} {files} cannot be scored before the next month."
