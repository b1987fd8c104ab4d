"""Whether a manifest is in order: its form, its words, and the files it lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from bot.checks.findings import cap_findings
from bot.checks.reading.json_places import Path, pointer_of
from bot.checks.reading.strict_yaml import YamlDocument, load_yaml
from bot.checks.submission.licence import current_ids, is_spdx_expression, spdx_ids
from bot.checks.submission.lookalikes import MARKS, VISIBLE, find_hidden
from bot.checks.submission.manifest_form import check_form, dotted, hint_for
from bot.domain.catalog import Catalog
from bot.domain.finding import Finding, has_errors
from bot.domain.limits import MAX_FILE_BYTES
from bot.domain.manifest import MANIFEST_FILE, NOTES, Manifest, PredictionsEntry
from bot.domain.rules import RULES
from bot.domain.value import sha256_of
from bot.errors import Misconfigured

PROPRIETARY = "proprietary"
SHOWN_NAMES: tuple[Path, ...] = (
    ("model", "name"),
    ("model", "version"),
    ("model", "institution"),
    ("team",),
)
"""Texts by which readers know an entry."""


@dataclass(frozen=True)
class ReadManifest:
    """What could be read of a manifest."""

    manifest: Manifest | None
    """The manifest, None when it has errors of form."""
    entries: tuple[tuple[int, PredictionsEntry], ...]
    """Entries of `predictions` that have the right form, with their place in the list."""
    findings: tuple[Finding, ...]
    """What is wrong with the manifest and the files it lists."""


def parse_manifest(data: bytes, *, path: str) -> Manifest:
    """Return a manifest that was checked before, as those on the main branch were.

    Raises:
        Misconfigured: It is not in order.
    """
    document = load_yaml(data, path=path)
    faults = document.findings or tuple(check_form(document, path=path))
    if faults:
        raise Misconfigured(f"{faults[0].place}: {faults[0].message}; mend the manifest")
    return Manifest.from_plain(document.value)


def check_manifest(
    data: bytes, *, path: str, catalog: Catalog, files: Mapping[str, bytes]
) -> ReadManifest:
    """Return what could be read of a manifest, even of one that has errors, and what is wrong.

    Args:
        data: Content of manifest.yaml.
        path: Its path from the root of the repository.
        catalog: The leaderboard's datasets.
        files: The folder's files, keyed by their path inside it.
    """
    document = load_yaml(data, path=path)
    if not document.is_read:
        return ReadManifest(None, (), document.findings)
    form = [*document.findings, *check_form(document, path=path)]
    entries = tuple(_entries(document.value))
    check = _Check(path, document, catalog, files, entries)
    said = {finding.pointer for finding in form}
    seen = [finding for finding in check.check_characters() if finding.pointer not in said]
    findings = tuple(cap_findings([*form, *seen, *check.findings()]))
    manifest = None if has_errors([*form, *seen]) else Manifest.from_plain(document.value)
    return ReadManifest(manifest, entries, findings)


def _entries(value: Any) -> Iterator[tuple[int, PredictionsEntry]]:
    """Yield the entries of a document's list of predictions that have the right form."""
    listed = value.get("predictions") if isinstance(value, dict) else None
    for index, item in enumerate(listed if isinstance(listed, list) else ()):
        try:
            yield index, PredictionsEntry.from_plain(item)
        except ValidationError:  # its faults were reported with the form
            continue


def _texts(value: Any, at: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield every text of a document with its place; the loader bounds how deep it is."""
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, (*at, str(key)))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*at, index))


@dataclass(frozen=True)
class _Check:
    """The checks that need more than the manifest's form."""

    path: str
    document: YamlDocument
    catalog: Catalog
    files: Mapping[str, bytes]
    entries: tuple[tuple[int, PredictionsEntry], ...]

    def findings(self) -> Iterator[Finding]:
        """Yield what is wrong, in the order of the manifest's keys."""
        yield from self.check_licence()
        yield from self.check_submitters()
        for index, entry in self.entries:
            yield from self.check_board(index, entry)
            yield from self.check_file(index, entry)
        yield from self.check_unlisted()

    def _finding(self, slug: str, at: Path, message: str, hint: str | None = None) -> Finding:
        return RULES[f"manifest.{slug}"].finding(
            self.path,
            message=message,
            hint=hint,
            line=self.document.line(at),
            pointer=pointer_of(at),
        )

    def _at(self, *at: str) -> Any:
        value = self.document.value
        for part in at:
            value = value.get(part) if isinstance(value, dict) else None
        return value

    def check_characters(self) -> Iterator[Finding]:
        """Yield a finding for each text that holds an invisible character, or nothing visible."""
        for at, text in _texts(self.document.value):
            hidden, marks = find_hidden(text), MARKS.search(text)
            if hidden:
                message = (
                    f"{dotted(at)} holds the character U+{ord(hidden):04X}, which shows nothing"
                )
                yield self._finding("characters", at, message)
            elif marks:
                message = f"{dotted(at)} puts more than four marks on one letter"
                yield self._finding("characters", at, message)
            elif at in SHOWN_NAMES and text.strip() and not VISIBLE.search(text):
                yield self._finding("blank", at, f"{dotted(at)} shows no letter, digit or sign")

    def check_licence(self) -> Iterator[Finding]:
        """Yield a finding when the licence is no SPDX expression, or one with old ids."""
        licence = self._at("model", "license")
        if not isinstance(licence, str) or not licence.strip() or len(licence) > 100:
            return
        if licence != PROPRIETARY and not is_spdx_expression(licence):
            message = f'model.license is "{licence}", which is not an SPDX expression'
            hint = hint_for(licence, [*spdx_ids(), PROPRIETARY])
            yield self._finding("licence", ("model", "license"), message, hint)
            return
        current = current_ids(licence)
        if current is not None:
            message = f'model.license is "{licence}"; SPDX calls it {current} by now'
            hint = f"Write {current}"
            yield self._finding("licence-deprecated", ("model", "license"), message, hint)

    def check_submitters(self) -> Iterator[Finding]:
        """Yield a finding for each login that is listed again."""
        logins = self._at("submitters")
        seen: set[str] = set()
        for index, login in enumerate(logins if isinstance(logins, list) else ()):
            name = str(login).casefold()
            if name in seen:
                message = f'the login "{login}" is listed again'
                yield self._finding("submitter-twice", ("submitters", index), message)
            seen.add(name)

    def check_board(self, index: int, entry: PredictionsEntry) -> Iterator[Finding]:
        """Yield what is wrong with an entry's dataset and section."""
        at: Path = ("predictions", index)
        card = self.catalog.datasets.get(entry.dataset)
        if card is None:
            known = ", ".join(self.catalog.datasets)
            hint = hint_for(entry.dataset, self.catalog.datasets) or f"Use one of {known}"
            message = f'there is no dataset "{entry.dataset}"'
            yield self._finding("unknown-dataset", (*at, "dataset"), message, hint)
            return
        if entry.section not in card.sections:
            message = f'the dataset {card.id} has no board for "{entry.section}"'
            hint = f"Use section: {' or '.join(card.sections)}"
            yield self._finding("no-such-section", (*at, "section"), message, hint)
        earlier = [other for place, other in self.entries if place < index]
        if any(other.board == entry.board for other in earlier):
            message = f"a second file is listed for {entry.dataset}, {entry.section}"
            yield self._finding("board-twice", at, message)
        if card.access == "credentialed" and not entry.is_sealed:
            message = f"reports on {card.id} need credentials and {entry.file} is not encrypted"
            yield self._finding("must-be-sealed", (*at, "file"), message)
        if card.access == "public" and entry.is_sealed:
            message = f"{card.id} is public and {entry.file} is encrypted"
            yield self._finding("must-not-be-sealed", (*at, "file"), message)

    def check_file(self, index: int, entry: PredictionsEntry) -> Iterator[Finding]:
        """Yield what is wrong with an entry's file and its SHA-256."""
        at: Path = ("predictions", index)
        if any(other.file == entry.file for place, other in self.entries if place < index):
            message = f"{entry.file} is listed for another board too"
            yield self._finding("file-twice", (*at, "file"), message)
        data = self.files.get(entry.file)
        if data is None:
            hint = hint_for(entry.file, self.files)
            yield self._finding("file-missing", (*at, "file"), f"{entry.file} is not there", hint)
            return
        if len(data) > MAX_FILE_BYTES:
            return  # the check of the file says so; of what is not whole there is no hash
        actual = sha256_of(data)
        if actual != entry.sha256:
            message = f"the SHA-256 of {entry.file} is {actual}, the manifest says {entry.sha256}"
            yield self._finding("sha256", (*at, "sha256"), message)

    def check_unlisted(self) -> Iterator[Finding]:
        """Yield a finding for each file that no entry names."""
        listed = self._at("predictions")
        named = {
            item.get("file")
            for item in (listed if isinstance(listed, list) else ())
            if isinstance(item, dict) and isinstance(item.get("file"), str)
        }
        folder = self.path.removesuffix(MANIFEST_FILE)
        for name in sorted(self.files.keys() - named - {MANIFEST_FILE, *NOTES}):
            message = "no entry of predictions names this file"
            yield RULES["manifest.file-not-listed"].finding(f"{folder}{name}", message=message)
