"""Rules about files that somebody else handed in first, as the ledger's claims say."""

from __future__ import annotations

from bot.domain.rules.rule import rules

CLAIMS = (
    *rules(
        "content",
        "error",
        (
            "sealed-copy",
            "Sealed file of somebody else",
            (
                "Another account handed in this sealed file first, byte by byte. Sealing twice "
                "never gives the same bytes, and a sealed file is scored for its author alone."
            ),
            "Seal your own plain file again with rexrank seal, which makes other bytes, and push",
        ),
    ),
    *rules(
        "content",
        "warning",
        (
            "handed-in-before",
            "File that somebody else handed in first",
            (
                "Another account handed in a predictions file with the same SHA-256 before, in a "
                "pull request that may be open, closed or merged."
            ),
            "Say in the pull request how the two entries are related; a maintainer judges it",
        ),
    ),
)
