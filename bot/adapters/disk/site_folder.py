"""The site's folder: what was written there is listed in it, and only that is ever removed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path, PurePosixPath

from bot.adapters.disk.files import read_bytes, write_atomic, write_files
from bot.errors import Misconfigured

LISTING = "files.txt"


def write_site(folder: Path, files: Mapping[str, bytes]) -> tuple[int, int]:
    """Write a site and return how many files changed and how many stale ones were removed.

    Each file is written whole or not at all. The listing of an interrupted run names the files of
    both sites, so that the next run can tidy up.

    Raises:
        Misconfigured: The folder holds something else than a site.
    """
    stale = find_stale(folder, files)
    listing = folder / LISTING
    if stale or not listing.is_file():
        write_atomic(listing, _spell({*files, *stale}))
    changed = write_files(folder, files)
    for path in stale:
        _remove(folder, path)
    write_atomic(listing, _spell(files))
    return changed, len(stale)


def find_stale(folder: Path, files: Collection[str]) -> tuple[str, ...]:
    """Return the files of an earlier site that a new one no longer has.

    Raises:
        Misconfigured: The folder holds something else than a site.
    """
    if not folder.is_dir() or not any(folder.iterdir()):
        return ()
    listing = folder / LISTING
    if not listing.is_file():
        raise Misconfigured(
            f"{folder}: holds files and no {LISTING}, so it is not a site; give an empty folder"
        )
    listed = read_bytes(listing).decode(errors="replace").splitlines()
    for path in listed:
        parts = PurePosixPath(path).parts
        if not parts or path.startswith("/") or ".." in parts:
            raise Misconfigured(f"{listing}: {path!r} is no file of a site; remove the folder")
    return tuple(sorted({path for path in listed if (folder / path).is_file()} - set(files)))


def _remove(folder: Path, path: str) -> None:
    """Remove a file, and the folders that this leaves empty."""
    target = folder / path
    try:
        target.unlink(missing_ok=True)
        for parent in target.parents:
            if parent == folder or any(parent.iterdir()):
                break
            parent.rmdir()
    except OSError as error:
        raise Misconfigured(f"{target}: cannot remove: {error.strerror}") from error


def _spell(paths: Collection[str]) -> bytes:
    """Return the listing of some files."""
    return "".join(f"{path}\n" for path in sorted(paths)).encode()
