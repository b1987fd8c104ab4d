"""The exceptions that end a run, and the exit status each of them owns.

A fault in a submission is a `Finding` and never an exception. Only `bot.cli` turns one of these
into an exit.
"""

from __future__ import annotations


class RexrankError(Exception):
    """The run cannot go on: a fault of this program unless a subclass says otherwise."""

    exit_status = 70


class SubmissionRejected(RexrankError):
    """The submission has problems, or the question asked has the answer no."""

    exit_status = 1


class WrongUsage(RexrankError):
    """The command was called with values that do not go together."""

    exit_status = 2


class ServiceUnavailable(RexrankError):
    """A service outside this program failed or refused; the same command may succeed later."""

    exit_status = 75


class Misconfigured(RexrankError):
    """A file, a dataset, a model or a setting that the run needs is missing or wrong."""

    exit_status = 78
