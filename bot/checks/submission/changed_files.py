"""Which paths a pull request changes: plain files of one submission's folder, nothing else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal

from bot.checks.findings import FINDINGS_PER_CODE
from bot.domain.finding import Finding, first_of_each
from bot.domain.limits import MAX_FILE_BYTES, MAX_TEXT_BYTES, MAX_TOTAL_BYTES, PLAIN_FILE
from bot.domain.manifest import MANIFEST_FILE, NOTES
from bot.domain.rules import RULES
from bot.domain.submission import SUBMISSIONS_FOLDER
from bot.domain.value import RESERVED, SLUG
from bot.ports import Change, TreeEntry

MODE_NAMES = {
    "100755": "executable file",
    "120000": "symbolic link",
    "160000": "submodule",
    "040000": "folder",
}
ALLOWED_NAME = re.compile(
    "|".join(map(re.escape, (MANIFEST_FILE, *NOTES)))
    + r"|predictions/[a-z0-9][a-z0-9.-]{0,99}\.json(\.gz|\.age)?"
)
MAX_FILES = 60

Kind = Literal["submission", "withdrawal", "other"]


@dataclass(frozen=True)
class ChangesReview:
    """What a set of changes is, and what is wrong with it."""

    kind: Kind
    """Adds or changes an entry; removes one; touches no entry."""
    submission: str | None
    """The entry's folder name, when there is exactly one and it is well formed."""
    findings: tuple[Finding, ...]
    """Every fault, at most FINDINGS_PER_CODE of each kind and a count of the rest."""


def check_changes(changes: Sequence[Change] | None) -> ChangesReview:
    """Return what the changed paths amount to.

    Args:
        changes: Paths that differ between the target branch and what merging makes of it; None
            when the two share no history.
    """
    if changes is None:
        rule = RULES["changes.no-common-history"]
        message = "the pull request shares no commit with the target branch"
        return ChangesReview(
            "submission", None, (rule.finding(SUBMISSIONS_FOLDER, message=message),)
        )
    inside = [change for change in changes if is_inside(change.path)]
    if not inside:
        return ChangesReview("other", None, ())
    outside = [change for change in changes if not is_inside(change.path)]
    added = [change.after for change in inside if change.after is not None]
    names = sorted({folder_name(change.path) for change in inside})
    submission = names[0] if len(names) == 1 and re.search(SLUG, names[0]) else None
    withdrawn = not added and any(is_manifest(change.path) for change in inside)
    findings = [
        *check_outside(outside),
        *check_one_folder(names),
        *check_plain_files(added),
        *check_paths(added),
        *check_twins(added),
        *check_sizes(added),
        *check_total(added),
        *check_count(added),
    ]
    lost = [c.path for c in inside if is_manifest(c.path) and c.after is None]
    if lost and len(names) == 1 and not withdrawn:
        message = "the manifest is removed while other files of the entry stay"
        findings.append(RULES["changes.no-manifest"].finding(printable(lost[0]), message=message))
    return ChangesReview("withdrawal" if withdrawn else "submission", submission, tuple(findings))


def check_outside(changes: Iterable[Change]) -> list[Finding]:
    """Return a finding for every path outside `submissions/`."""
    rule = RULES["changes.outside-submission"]
    return limit(
        rule.finding(
            printable(change.path), message="a submission changes nothing outside its own folder"
        )
        for change in changes
    )


def check_one_folder(names: Sequence[str]) -> list[Finding]:
    """Return a finding when several folders change, or the only one has an unusable name."""
    if len(names) > 1:
        return [
            RULES["changes.several-submissions"].finding(
                SUBMISSIONS_FOLDER,
                message=f"{len(names)} folders change in one pull request",
                seen=", ".join(names[:5]),
            )
        ]
    if re.search(SLUG, names[0]):
        return []
    path = f"{SUBMISSIONS_FOLDER}/{names[0]}"
    if is_reserved(names[0]):
        message = "Windows cannot hold a folder of this name"
        return [RULES["changes.reserved-name"].finding(path, message=message)]
    return [RULES["changes.bad-path"].finding(path, message="the folder's name is not a slug")]


def check_plain_files(entries: Iterable[TreeEntry]) -> list[Finding]:
    """Return a finding for every link, submodule and executable file."""
    rule = RULES["changes.not-a-plain-file"]
    return limit(
        rule.finding(
            printable(entry.path),
            message=f"this is {a(MODE_NAMES.get(entry.mode, 'special entry'))}, not a plain file",
            seen=f"mode {entry.mode}",
        )
        for entry in entries
        if entry.mode != PLAIN_FILE
    )


def check_paths(entries: Iterable[TreeEntry]) -> list[Finding]:
    """Return a finding for every file that has no place in a submission."""
    findings = []
    for entry in entries:
        path = printable(entry.path)
        folder, *parts = path.split("/")
        if (
            path.encode() != entry.path
            or folder != SUBMISSIONS_FOLDER
            or any(part in {"", ".", ".."} for part in parts)
        ):
            message = "the path has characters or parts that are not allowed"
            findings.append(RULES["changes.bad-path"].finding(path, message=message))
            continue
        if is_reserved(parts[-1]):
            message = "Windows cannot hold a file of this name"
            findings.append(RULES["changes.reserved-name"].finding(path, message=message))
        elif not ALLOWED_NAME.fullmatch("/".join(parts[1:])):
            message = "a submission has no file of this name"
            findings.append(RULES["changes.unexpected-file"].finding(path, message=message))
    return limit(findings)


def check_twins(entries: Iterable[TreeEntry]) -> list[Finding]:
    """Return a finding for every path that some file systems cannot tell from an earlier one."""
    rule = RULES["changes.twin-path"]
    first: dict[str, bytes] = {}
    findings = []
    for entry in entries:
        text = entry.path.decode(errors="surrogateescape")
        folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
        if folded in first:
            message = "the path differs from another one only by case or spelling of characters"
            seen = printable(first[folded])
            findings.append(rule.finding(printable(entry.path), message=message, seen=seen))
        first.setdefault(folded, entry.path)
    return limit(findings)


def check_sizes(entries: Iterable[TreeEntry]) -> list[Finding]:
    """Return a finding for every file that is too large to be read."""
    rule = RULES["changes.too-large"]
    findings = []
    for entry in entries:
        cap = MAX_FILE_BYTES if b"/predictions/" in entry.path else MAX_TEXT_BYTES
        if entry.size_bytes is not None and entry.size_bytes > cap:
            findings.append(
                rule.finding(
                    printable(entry.path),
                    message=f"the file is larger than {cap:,} bytes",
                    seen=f"{entry.size_bytes:,} bytes",
                )
            )
    return limit(findings)


def check_total(entries: Iterable[TreeEntry]) -> list[Finding]:
    """Return a finding when files that may each be read are too large together."""
    total = sum(entry.size_bytes or 0 for entry in entries)
    if total <= MAX_TOTAL_BYTES:
        return []
    return [
        RULES["changes.too-large"].finding(
            SUBMISSIONS_FOLDER,
            message=f"the files are larger than {MAX_TOTAL_BYTES:,} bytes together",
            seen=f"{total:,} bytes",
        )
    ]


def check_count(entries: Sequence[TreeEntry]) -> list[Finding]:
    """Return a finding when there are more files than a submission can have."""
    if len(entries) <= MAX_FILES:
        return []
    return [
        RULES["changes.too-many-files"].finding(
            SUBMISSIONS_FOLDER,
            message=f"a pull request may bring at most {MAX_FILES} files",
            seen=f"{len(entries)} files",
        )
    ]


def is_inside(path: bytes) -> bool:
    """Return whether a path claims to be below `submissions/`, in whatever spelling."""
    first, slash, _ = path.partition(b"/")
    return bool(slash) and first.lower() == SUBMISSIONS_FOLDER.encode()


def is_manifest(path: bytes) -> bool:
    """Return whether a path is an entry's manifest."""
    return path.count(b"/") == 2 and path.endswith(b"/" + MANIFEST_FILE.encode())


def folder_name(path: bytes) -> str:
    """Return the name of the folder below `submissions/`, empty for a file directly in it."""
    parts = printable(path).split("/")
    return parts[1] if len(parts) > 2 else ""


def is_reserved(name: str) -> bool:
    """Return whether Windows cannot hold a file or folder of a name, or takes it for a device.

    Example:
        >>> [name for name in ("con.json", "a.", "a..b", "console", "nul-1") if is_reserved(name)]
        ['con.json', 'a.', 'a..b']
    """
    return re.match(RESERVED, name.casefold()) is not None


def printable(path: bytes) -> str:
    r"""Return a path as text that can be shown: whatever is not plain ASCII becomes an escape.

    Example:
        >>> printable(b"submissions/a\nb")
        'submissions/a\\nb'
    """
    text = path.decode("ascii", errors="backslashreplace")
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return shown if len(shown) <= 200 else shown[:199] + "…"


def a(noun: str) -> str:
    """Return a noun with its indefinite article."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def limit(findings: Iterable[Finding]) -> list[Finding]:
    """Return the first findings of each rule; the last one says how many more there are."""
    first, more = first_of_each(findings, attrgetter("code"), FINDINGS_PER_CODE)
    kept: list[Finding] = []
    for code in dict.fromkeys(finding.code for finding in first):
        kept += [finding for finding in first if finding.code == code]
        if more[code]:
            message = f"{kept[-1].message} (and {more[code]} more like this)"
            kept[-1] = kept[-1].model_copy(update={"message": message})
    return kept
