"""The command line: options, a call of a job, and the only place that turns errors into exits."""

from __future__ import annotations

from bot.cli.app import main

__all__ = ["main"]
