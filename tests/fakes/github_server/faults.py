"""Faults to order: the ways in which GitHub fails its callers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from .calls import DOCUMENTATION
from .state import Json

Kind = Literal[
    "500",
    "502",
    "rate_limit",
    "secondary_rate_limit",
    "secondary_rate_limit_429",
    "timeout",
    "drop_before",
    "drop_after",
]


@dataclass
class Fault:
    """One fault: the nth request that fits goes wrong in this way.

    Example:
        >>> fault = Fault("POST", r"/comments$", 2, "drop_after")
        >>> [fault.strikes("POST", "/repos/o/r/issues/1/comments") for _ in range(3)]
        [False, True, False]
    """

    method: str
    """Such as "POST"."""
    path_pattern: str
    """Regular expression searched for in the path below the API's root, or in a git path."""
    occurrence: int
    """1 for the first request that fits; counted from when the fault was added."""
    kind: Kind
    """What happens; "drop_after" acts on the request and closes without an answer."""
    retry_after_s: int = 1
    """Seconds a rate limit asks the caller to wait."""
    seen: int = field(default=0, init=False)
    """How many requests have fitted so far."""

    def strikes(self, method: str, path: str) -> bool:
        """Return whether this request is the one; counts it."""
        if method != self.method or re.search(self.path_pattern, path) is None:
            return False
        self.seen += 1
        return self.seen == self.occurrence


def fault_answer(fault: Fault, now_s: int) -> tuple[int, dict[str, str], Json]:
    """Return status, headers and document of a fault that answers at all."""
    message = {
        "500": "Server Error",
        "502": "Server Error",
        "rate_limit": "API rate limit exceeded for installation ID 1.",
    }.get(fault.kind, "You have exceeded a secondary rate limit. Please wait a few minutes.")
    headers: dict[str, str] = {}
    status = 403
    if fault.kind in ("500", "502"):
        status = int(fault.kind)
    elif fault.kind == "rate_limit":
        reset = str(now_s + fault.retry_after_s)
        headers = {"x-ratelimit-remaining": "0", "x-ratelimit-used": "5000"}
        headers["x-ratelimit-reset"] = reset
    else:
        status = 429 if fault.kind.endswith("429") else 403
        headers = {"retry-after": str(fault.retry_after_s)}
    return status, headers, {"message": message, "documentation_url": DOCUMENTATION}
