"""Sealing: files encrypted with age, which only who holds an identity of the leaderboard opens.

An identity comes from an environment variable, is taken out of it when it is read, and appears in
no file, no message and no child process.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from bot.errors import Misconfigured

if TYPE_CHECKING:
    from pyrage.x25519 import Identity

IDENTITY_VARIABLE = "REXRANK_AGE_IDENTITY"
MAX_HEADER = 16 * 1024
"""Bytes. The age library reads a header without an end in quadratic time: 1 MB takes minutes. A
recipient takes about 100 bytes."""


class CannotOpen(Exception):
    """A sealed file is damaged, or was sealed for somebody else."""


def seal(data: bytes, recipients: Sequence[str]) -> bytes:
    """Return data encrypted with age, so that any of the recipients can open it.

    Raises:
        Misconfigured: There is no recipient, or one is no age public key.
    """
    from pyrage import RecipientError, encrypt, x25519

    if not recipients:
        raise Misconfigured(
            "this leaderboard has no recipients in leaderboard.yaml, so nothing can be sealed for "
            "it; ask its maintainers"
        )
    try:
        keys = [x25519.Recipient.from_str(recipient) for recipient in recipients]
    except RecipientError as error:
        raise Misconfigured("leaderboard.yaml: a recipient is not an age public key") from error
    sealed: bytes = encrypt(data, keys)
    return sealed


class Opener:
    """Opens what was sealed for one of its identities."""

    def __init__(self, identities: Iterable[Identity]) -> None:
        """Keep the identities, in memory only."""
        self._identities = tuple(identities)

    def __repr__(self) -> str:
        """Return a text without any identity."""
        return f"<Opener with {len(self._identities)} identities>"

    def __call__(self, data: bytes) -> bytes:
        """Return what was sealed.

        Raises:
            CannotOpen: It is damaged, or sealed for somebody else.
        """
        from pyrage import DecryptError, decrypt

        if b"\n---" not in data[:MAX_HEADER]:
            raise CannotOpen("damaged, or not sealed for this leaderboard")
        try:
            opened: bytes = decrypt(data, list(self._identities))
        except DecryptError:
            raise CannotOpen("damaged, or not sealed for this leaderboard") from None
        return opened

    def recipients(self) -> tuple[str, ...]:
        """Return the public keys of the identities."""
        return tuple(str(identity.to_public()) for identity in self._identities)


def take_secret(variable: str) -> str | None:
    """Return a secret and remove it from the environment, so that no child process inherits it."""
    return os.environ.pop(variable, None) or None


def take_opener() -> Opener:
    """Return what opens sealed files, from the secret of the environment, which is removed there.

    The secret is one age identity a line, so that an old one still opens while a new one is in use;
    lines that begin with # are left out.

    Raises:
        Misconfigured: There is none, or it is no identity. The message holds nothing of it.
    """
    from pyrage import IdentityError, x25519

    secret = take_secret(IDENTITY_VARIABLE) or ""
    lines = [line.strip() for line in secret.splitlines()]
    keys = [line for line in lines if line and not line.startswith("#")]
    if not keys:
        raise Misconfigured(f"{IDENTITY_VARIABLE} is not set; give it the leaderboard's identity")
    try:
        return Opener(x25519.Identity.from_str(key) for key in keys)
    except IdentityError:
        raise Misconfigured(
            f"{IDENTITY_VARIABLE} is set and holds something else than age identities, which begin "
            "with AGE-SECRET-KEY-1"
        ) from None
