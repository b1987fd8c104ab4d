"""The labels that the bot puts on pull requests: made once at set-up, only set by reports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Label:
    """A label as the code host shows it."""

    name: str
    """Name, which is what a report sets."""
    color: str
    """Six hexadecimal digits, without `#`."""
    description: str
    """One line, at most 100 characters, that says whose turn it is."""


NEEDS_WORK = Label("rexrank: needs work", "d73a4a", "The submitter mends what the comment lists")
SCORED = Label("rexrank: scored", "0e8a16", "Checked and scored: a maintainer reviews")
WAITING = Label(
    "rexrank: waiting", "fbca04", "A maintainer starts the scoring, or reviews a removal"
)
OUR_FAULT = Label("rexrank: our fault", "5319e7", "Something of ours failed: a maintainer mends it")

LABELS = (NEEDS_WORK, SCORED, WAITING, OUR_FAULT)
"""Every label that the bot sets and removes; all others are left alone.

Set-up makes them. A report never makes one: that takes the permission `issues: write`, which no
job that answers strangers has.
"""
