"""The store of references that only the leaderboard holds, and a folder that leaves nothing behind.

The store's address and token come from the environment. The token is taken out of it when it is
read, as every secret is, so that no child process inherits it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.adapters.references.sealing import take_secret
from bot.adapters.references.store import FileReferenceStore, read_token
from bot.errors import Misconfigured

STORE_VARIABLE = "REXRANK_PRIVATE_STORE"
TOKEN_VARIABLE = "REXRANK_PRIVATE_STORE_TOKEN"  # noqa: S105 - the name of a variable
MEMORY = Path("/dev/shm")  # noqa: S108 - what is made in there is for this user alone
PREFIX = "rexrank-private-"


def take_private_store(packaged: Path) -> FileReferenceStore:
    """Return the store of private references that the environment names.

    Args:
        packaged: Folder of the catalog.

    Raises:
        Misconfigured: The environment names none, or its token is malformed.
    """
    options = read_token(take_secret(TOKEN_VARIABLE), TOKEN_VARIABLE)
    location = os.environ.get(STORE_VARIABLE)
    if not location:
        raise Misconfigured(f"{STORE_VARIABLE} is not set; give it the store's address")
    # An instance that fsspec keeps for later would keep the token too.
    kept = {**options, "skip_instance_cache": True}
    return FileReferenceStore(location, packaged=packaged, options=kept)


@contextmanager
def private_folder() -> Iterator[Path]:
    """Yield a folder for this user alone, in memory where that can be, and remove it at the end."""
    usable = MEMORY.is_dir() and os.access(MEMORY, os.W_OK | os.X_OK)
    # Made with mode 0700, as every temporary folder is.
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=MEMORY if usable else None) as name:
        yield Path(name)
