"""Predictions to a scorecard."""
