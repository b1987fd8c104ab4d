"""Settings of every test."""

from __future__ import annotations

from hypothesis import settings

# How long an example takes says more about what else the machine does than about the code. What
# must be fast has a test or a benchmark of its own.
settings.register_profile("project", deadline=None)
settings.load_profile("project")
