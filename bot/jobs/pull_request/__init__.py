"""A pull request: inspected, scored, answered and merged."""
