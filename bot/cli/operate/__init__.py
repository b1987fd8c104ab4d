"""Commands for those who run a leaderboard."""
