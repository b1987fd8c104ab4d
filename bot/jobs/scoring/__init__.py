"""Scores: made in the open or under seal."""
