"""Where model weights come from: a model hub, an address, another folder of models."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from bot.adapters.scorer.models import ModelFolder, hash_file
from bot.domain.weights import WeightFile, Weights
from bot.errors import Misconfigured, ServiceUnavailable

Report = Callable[[str], None]
"""Called with a line for each file."""


def fetch_weights(
    folder: ModelFolder, weights: Weights, *, origin: str | None, again: bool, report: Report
) -> None:
    """Bring a model's files into the folder and record them; what is there already stays.

    Args:
        folder: Folder of models.
        weights: The model.
        origin: Folder of models, or fsspec address of one, to copy from; None for the publisher's.
        again: Whether files that are there are fetched anew.
        report: Is told of each file.

    Raises:
        Misconfigured: A file has to be brought by hand, or has another hash than it must have.
        ServiceUnavailable: A source does not answer.
    """
    origins = {}
    record = folder.read().find(weights.id)
    known = {file.path: file.origin for file in record.files} if record else {}
    for file in weights.files:
        target = folder.path / weights.id / file.path
        if target.is_file() and not again:
            origins[file.path] = known.get(file.path, "put there by hand")
            report(f"{weights.id}/{file.path}: is there")
            continue
        origins[file.path] = bring(weights, file, target, origin)
        report(f"{weights.id}/{file.path}: {origins[file.path]}")
    if origin is not None and not weights.files:
        origins = copy_all(weights, folder.path / weights.id, origin, again=again)
    made = folder.describe(weights, origins)
    folder.write(made)
    pins = weights.pins
    for entry in made.files:
        known_as = "as published" if entry.path in pins else "not pinned"
        report(f"{weights.id}/{entry.path}: sha256 {entry.sha256} ({known_as})")


def bring(weights: Weights, file: WeightFile, target: Path, origin: str | None) -> str:
    """Put one file in its place, whole and with the hash it must have; return where it was."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=target.parent) as scratch:
        partial = Path(scratch, "file")
        if origin is not None:
            where = f"{origin.rstrip('/')}/{weights.id}/{file.path}"
            copy_from(where, partial)
        elif file.huggingface is not None:
            where, partial = download(file, Path(scratch))
        elif file.url is not None:
            where = file.url
            copy_from(where, partial)
        else:
            raise Misconfigured(f"{target}: bring it by hand: {weights.by_hand or weights.source}")
        found = hash_file(partial)
        if file.sha256 is not None and found != file.sha256:
            raise Misconfigured(
                f"{where}: SHA-256 {found}, published is {file.sha256}; nothing was kept"
            )
        partial.chmod(0o644)
        partial.replace(target)
    return where


def copy_from(address: str, target: Path) -> None:
    """Copy a file from an fsspec address; raises ServiceUnavailable when it cannot be had."""
    import fsspec

    try:
        with fsspec.open(address, "rb") as source, target.open("wb") as file:
            shutil.copyfileobj(source, file, 1 << 20)
            file.flush()
            os.fsync(file.fileno())
    except (OSError, ImportError, ValueError) as error:
        raise ServiceUnavailable(f"{address}: cannot fetch: {error}") from error


def copy_all(weights: Weights, target: Path, origin: str, *, again: bool) -> dict[str, str]:
    """Copy every file of a model from another folder of models; return where each was.

    Raises:
        Misconfigured: The folder has no file of the model.
        ServiceUnavailable: It cannot be listed, or a file cannot be had.
    """
    import fsspec

    where = f"{origin.rstrip('/')}/{weights.id}"
    try:
        system, root = fsspec.url_to_fs(where)
        found = sorted(path.removeprefix(f"{root}/") for path in system.find(root))
    except (OSError, ImportError, ValueError) as error:
        raise ServiceUnavailable(f"{where}: cannot list: {error}") from error
    names = [name for name in found if not any(part.startswith(".") for part in name.split("/"))]
    if not names:
        raise Misconfigured(f"{where}: no files; {weights.by_hand or weights.source}")
    origins = {}
    for name in names:
        place = target / name
        if again or not place.is_file():
            place.parent.mkdir(parents=True, exist_ok=True)
            partial = place.with_name(f".{place.name}.partial")
            copy_from(f"{where}/{name}", partial)
            partial.chmod(0o644)
            partial.replace(place)
        origins[name] = f"{where}/{name}"
    return origins


def download(file: WeightFile, scratch: Path) -> tuple[str, Path]:
    """Download a file from the model hub; return its repository at a commit, and where it is."""
    try:
        import huggingface_hub
    except ImportError as error:
        raise Misconfigured(
            "the Python package huggingface_hub not found; run: pip install 'rexrank-bot[neural]'"
        ) from error
    repository, name = str(file.huggingface), file.name or file.path
    try:
        address = huggingface_hub.hf_hub_url(repository, name, revision=file.revision)
        commit = huggingface_hub.get_hf_file_metadata(address).commit_hash or file.revision
        got = huggingface_hub.hf_hub_download(
            repository, name, revision=commit, local_dir=scratch / "hub"
        )
    except Exception as error:
        # The library's errors, those of its HTTP client and OSError have no base in common.
        raise ServiceUnavailable(
            f"{repository} at {file.revision}, {name}: cannot fetch "
            f"({type(error).__name__}); try again, or copy with --from"
        ) from error
    return f"{repository}@{commit}", Path(got)
