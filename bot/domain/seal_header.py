"""The first line of what is sealed: whose predictions these are, and for what.

It is inside the encryption, so whoever copies a sealed file can neither read it nor put another in
its place: a copy still says whose it is.
"""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from bot.domain.value import HttpsUrl, Section, Slug, Value

MOST_HEADER_BYTES = 4_000


class SealHeader(Value):
    """What a sealed file is bound to."""

    schema_version: Literal[1] = 1
    """Version of the header's format."""
    leaderboard: HttpsUrl
    """Repository of the leaderboard."""
    entry: Slug
    """The entry's folder name."""
    dataset: Slug
    """Dataset id."""
    section: Section
    """Section the texts stand for."""
    user_id: Annotated[int, Field(ge=1)]
    """Numeric id of who opens the pull request, which survives a change of login."""


def add_header(header: SealHeader, predictions: bytes) -> bytes:
    r"""Return what is encrypted: one line of JSON, then the predictions.

    Example:
        >>> header = SealHeader(leaderboard="https://example.org/a", entry="moe", dataset="mini",
        ...                     section="findings", user_id=7)
        >>> split_header(add_header(header, b"{}")) == (header, b"{}")
        True
        >>> split_header(b'{"study-1": "Clear."}\n')
        (None, b'{"study-1": "Clear."}\n')
    """
    document = json.dumps(header.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return document.encode() + b"\n" + predictions


def split_header(data: bytes) -> tuple[SealHeader | None, bytes]:
    """Return the header and the predictions; no header, and all of it, where there is none."""
    end = data.find(b"\n", 0, MOST_HEADER_BYTES)
    if end < 0:
        return None, data
    try:
        return SealHeader.from_json(data[:end]), data[end + 1 :]
    except ValidationError:
        return None, data
