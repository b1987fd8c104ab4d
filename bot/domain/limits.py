"""How large files may be, and of which mode: every reader and every writer takes it from here."""

from __future__ import annotations

MEGABYTE = 1_000_000

MAX_FILE_BYTES = 25 * MEGABYTE
"""The largest predictions file, as it is committed."""
MAX_TEXT_BYTES = 64_000
"""The largest manifest or note."""
MAX_TOTAL_BYTES = 64 * 1024 * 1024
"""All files of a submission together, which are in memory at once."""
MAX_TABLE_BYTES = 64 * 1024 * 1024
"""The largest table of per-study scores."""

PLAIN_FILE = "100644"
"""Git's mode of a file that is neither a link nor a program."""
