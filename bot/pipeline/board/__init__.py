"""Scorecards to a leaderboard."""
