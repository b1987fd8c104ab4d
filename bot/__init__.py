"""The submission bot and leaderboard for AI-written chest X-ray reports."""

__version__ = "0.1.0"
