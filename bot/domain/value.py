"""The base of every value, its canonical bytes, and the constrained texts that values share."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, StringConstraints

from bot.domain.text import HIDDEN

SCHEMA_VERSION = 1

# Python's `$` also matches before a final newline; this end does not, here and in ECMA engines.
END = r"$(?!\n)"

# Names of devices, which Windows takes for them with any ending, and a dot where it drops one.
RESERVED = r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)|.*\.\.|.*\.$"
"""Begins what no file or folder may be called: Windows cannot hold it."""

SLUG = rf"^(?!{RESERVED})[a-z0-9][a-z0-9.-]{{1,62}}{END}"
Slug = Annotated[str, StringConstraints(pattern=SLUG)]
"""Lower-case ASCII name that is safe as a folder, a file name and part of a URL."""

Line = Annotated[
    str, StringConstraints(pattern=rf"^[^\t\n{HIDDEN}]*[^\s{HIDDEN}][^\t\n{HIDDEN}]*{END}")
]
"""One line of visible text: no control, reordering or zero-width character."""

Paragraph = Annotated[
    str, StringConstraints(pattern=rf"^[^{HIDDEN}]*[^\s{HIDDEN}][^{HIDDEN}]*{END}")
]
"""Visible text that may have several lines."""

HttpsUrl = Annotated[
    str,
    StringConstraints(
        max_length=500,
        pattern=(
            r"^https://(?!([^/?#]*\.)?xn--)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
            rf"(/[!-;=?-~]*)?{END}"
        ),
    ),
]
"""Absolute https address of a named host: no user name, port, punycode, space or bracket."""

Sha256 = Annotated[str, StringConstraints(pattern=rf"^[0-9a-f]{{64}}{END}")]
"""SHA-256 of some bytes, 64 lower-case hexadecimal digits."""

GitOid = Annotated[str, StringConstraints(pattern=rf"^[0-9a-f]{{40}}{END}")]
"""Name of a git object, 40 lower-case hexadecimal digits."""

Login = Annotated[str, StringConstraints(pattern=rf"^[A-Za-z0-9](-?[A-Za-z0-9]){{0,38}}{END}")]
"""GitHub login: letters and digits, single hyphens inside, at most 39 characters."""

MetricId = Annotated[str, StringConstraints(pattern=rf"^[A-Za-z][A-Za-z0-9_]{{0,39}}{END}")]
"""Name of a metric as it stands in files: `bleu2`, `radcliq_v1`."""

Section = Literal["findings", "report"]
"""What a prediction stands for: the findings, or findings and impression."""

Access = Literal["public", "credentialed", "private"]
"""Who may see a dataset's references: everyone, holders of credentials, the leaderboard alone."""


class Value(BaseModel):
    """A frozen value: strict types, no unknown key, no NaN or infinity."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        allow_inf_nan=False,
        regex_engine="python-re",
        use_attribute_docstrings=True,
    )

    def to_json(self) -> bytes:
        """Return the canonical bytes: sorted keys, two spaces, absent options left out."""
        return canonical_json(self.model_dump(mode="json", exclude_none=True))

    @classmethod
    def from_json(cls, data: bytes) -> Self:
        """Return the value that these bytes describe.

        Raises:
            pydantic.ValidationError: They describe no such value.
        """
        return cls.model_validate_json(data)

    @classmethod
    def from_plain(cls, document: Any) -> Self:
        """Return the value a document of plain JSON types describes; lists stand for tuples.

        Raises:
            pydantic.ValidationError: It describes no such value.
        """
        return cls.model_validate_json(json.dumps(document))


def canonical_json(document: Any) -> bytes:
    r"""Return the one spelling of a JSON document: sorted keys, UTF-8, a final newline.

    Raises:
        ValueError: The document holds NaN or an infinity.

    Example:
        >>> canonical_json({"b": 1, "a": [True]})
        b'{\n  "a": [\n    true\n  ],\n  "b": 1\n}\n'
    """
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, sort_keys=True, indent=2)
    return text.encode() + b"\n"


def sha256_of(data: bytes) -> str:
    """Return the SHA-256 of some bytes as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
