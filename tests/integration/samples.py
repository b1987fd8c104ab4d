"""The sample entries of this repository, as their manifests list them."""

from __future__ import annotations

from bot.checks.submission.manifest import parse_manifest
from bot.domain.manifest import MANIFEST_FILE
from bot.domain.value import Section
from tests.integration.handovers import CHECKOUT


def sample_cards() -> list[tuple[str, Section]]:
    """Return the SHA-256 and section of each predictions file of the sample entries."""
    found: list[tuple[str, Section]] = []
    for path in sorted((CHECKOUT / "submissions").glob(f"*/{MANIFEST_FILE}")):
        manifest = parse_manifest(path.read_bytes(), path=path.name)
        found += [(entry.sha256, entry.section) for entry in manifest.predictions]
    return found
