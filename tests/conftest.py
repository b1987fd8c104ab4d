"""Settings of every test."""

from __future__ import annotations

import signal

from hypothesis import settings

# How long an example takes says more about what else the machine does than about the code. What
# must be fast has a test or a benchmark of its own.
settings.register_profile("project", deadline=None)
settings.load_profile("project")

# A shell starts background jobs with these two ignored, and an ignored signal is inherited by every
# child. A handler is not: whatever the tests start begins with the system's own dispositions.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)
