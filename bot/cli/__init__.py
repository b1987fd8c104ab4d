"""The command line: the only place that wires adapters and turns exceptions into exits."""

from __future__ import annotations

from bot.cli.app import main

__all__ = ["main"]
