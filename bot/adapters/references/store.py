"""Where reference texts are kept: mini's in the package, all others in a store outside it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.adapters.references.sealing import take_secret
from bot.domain.dataset import References
from bot.errors import Misconfigured, ServiceUnavailable

STORE_VARIABLE = "REXRANK_REFERENCES"
TOKEN_VARIABLE = "REXRANK_REFERENCES_TOKEN"  # noqa: S105 - the name of a variable


def default_store() -> str:
    """Return the folder that holds references when no other store is named."""
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return str(Path(data, "rexrank", "references"))


class FileReferenceStore:
    """References as one JSON file for each dataset, in a folder or at an fsspec address.

    Fulfils `bot.ports.ReferenceStore`.
    """

    def __init__(
        self, location: str, *, packaged: Path, options: Mapping[str, object] | None = None
    ) -> None:
        """Name the places.

        Args:
            location: Folder or fsspec URL, as in `s3://bucket/references`.
            packaged: Folder of the catalog, which holds `<id>/references.json` of those datasets
                that ship with it.
            options: What fsspec is told beside the address, as a token.
        """
        self.location = location
        self._packaged = packaged
        self._options = dict(options or {})

    def has(self, dataset: str) -> bool:
        """Return whether the references of a dataset are here."""
        return self._shipped(dataset).is_file() or self._exists(dataset)

    def read(self, dataset: str) -> References:
        """Return a dataset's references; raises Misconfigured when they are not here."""
        shipped = self._shipped(dataset)
        place = str(shipped) if shipped.is_file() else self.address(dataset)
        if not shipped.is_file() and not self._exists(dataset):
            raise Misconfigured(
                f"{place}: no references of {dataset} here; run `rexrank dataset import {dataset} "
                f"FILE`, or set {STORE_VARIABLE} to the store that has them"
            )
        try:
            references = References.from_json(self._load(place))
        except ValidationError as error:
            # The values would be quoted by the error's own text; references are never printed.
            raise Misconfigured(
                f"{place}: not a references file ({error.error_count()} problems); import it again"
            ) from None
        if references.dataset != dataset:
            raise Misconfigured(f"{place}: holds {references.dataset}, not {dataset}")
        return references

    def write(self, references: References) -> str:
        """Keep a dataset's references and return where: the catalog for those that ship with it."""
        shipped = self._shipped(references.dataset)
        packaged = shipped.parent.is_dir()
        address = str(shipped) if packaged else self.address(references.dataset)
        filesystem, path = self._open(address)
        partial = f"{path}.partial"
        try:
            filesystem.makedirs(path.rpartition("/")[0], exist_ok=True)
            filesystem.pipe_file(partial, references.to_json())
            filesystem.mv(partial, path)
        except OSError as error:
            raise ServiceUnavailable(f"{address}: cannot write: {error}") from error
        return address

    def address(self, dataset: str) -> str:
        """Return where the store keeps a dataset."""
        return f"{self.location.rstrip('/')}/{dataset}.references.json"

    def _shipped(self, dataset: str) -> Path:
        return self._packaged / dataset / "references.json"

    def _exists(self, dataset: str) -> bool:
        address = self.address(dataset)
        filesystem, path = self._open(address)
        try:
            return bool(filesystem.exists(path))
        except OSError as error:
            raise ServiceUnavailable(f"{address}: the store does not answer: {error}") from error

    def _load(self, address: str) -> bytes:
        filesystem, path = self._open(address)
        try:
            data: bytes = filesystem.cat_file(path)
        except OSError as error:
            raise ServiceUnavailable(f"{address}: cannot read: {error}") from error
        return data

    def _open(self, address: str) -> tuple[Any, str]:
        """Return the file system behind an address and the path in it."""
        import fsspec

        try:
            filesystem, path = fsspec.core.url_to_fs(address, **self._options)
        except (ImportError, ValueError) as error:
            raise Misconfigured(f"{address}: {error}") from error
        return filesystem, path


def open_references(packaged: Path) -> FileReferenceStore:
    """Return the store that the environment names, or the folder of this user.

    The store's token is taken out of the environment, so that no child process inherits it.
    """
    options = read_token(take_secret(TOKEN_VARIABLE), TOKEN_VARIABLE)
    if options:  # an instance that fsspec keeps for later would keep the token too
        options = {**options, "skip_instance_cache": True}
    location = os.environ.get(STORE_VARIABLE) or default_store()
    return FileReferenceStore(location, packaged=packaged, options=options)


def read_token(token: str | None, variable: str) -> Mapping[str, object]:
    """Return what fsspec is told with a store's token.

    A token alone is fsspec's option `token`. Where a store needs more, as a key and a secret, the
    token is a JSON object of options.

    Raises:
        Misconfigured: It begins like an object and is none. The message holds nothing of it.

    Example:
        >>> read_token("abc", "V"), read_token('{"key": "a", "secret": "b"}', "V")
        ({'token': 'abc'}, {'key': 'a', 'secret': 'b'})
    """
    if not token:
        return {}
    if not token.lstrip().startswith("{"):
        return {"token": token.strip()}
    try:
        options = json.loads(token)
    except ValueError:
        raise Misconfigured(f"{variable} begins with {{ and is no JSON object") from None
    return {str(name): value for name, value in options.items()}
