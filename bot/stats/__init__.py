"""Intervals, tests and ranks, computed from stored per-study scores."""
