"""The leaderboard's tables and pages in Markdown and CSV."""
