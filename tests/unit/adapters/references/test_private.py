"""The private store is opened with a token that nobody else sees, and the folder leaves nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.implementations.local import LocalFileSystem

from bot.adapters.references import private
from bot.adapters.references.private import (
    PREFIX,
    STORE_VARIABLE,
    TOKEN_VARIABLE,
    private_folder,
    take_private_store,
)
from bot.errors import Misconfigured, ServiceUnavailable
from tests.sealed_world import references_of, write_references

TOKEN = "store-token-walrus"


class GuardedFileSystem(LocalFileSystem):
    """A folder of this machine that opens for a token alone, as a bucket does."""

    protocol = "guarded"

    def __init__(self, token: str = "", **options: Any) -> None:
        super().__init__(**options)
        self.token = token

    def exists(self, path: str, **options: Any) -> bool:
        return self.guard() and bool(super().exists(path, **options))

    def cat_file(self, path: str, *words: Any, **options: Any) -> bytes:
        self.guard()
        data: bytes = super().cat_file(path, *words, **options)
        return data

    def guard(self) -> bool:
        if self.token != TOKEN:
            raise PermissionError(f"not for {self.token}")
        return True

    @classmethod
    def _strip_protocol(cls, path: str, *words: Any, **options: Any) -> str:
        return str(super()._strip_protocol(str(path).removeprefix("guarded://")))


@pytest.fixture
def location(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    fsspec.register_implementation("guarded", GuardedFileSystem, clobber=True)
    address = f"guarded://{write_references(tmp_path / 'store')}"
    monkeypatch.setenv(STORE_VARIABLE, address)
    return address


@pytest.mark.parametrize("token", [TOKEN, f" {TOKEN}\n", f'{{"token": "{TOKEN}"}}'])
def test_the_token_opens_the_store_and_leaves_the_environment(
    location: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, token)
    store = take_private_store(tmp_path / "catalog")
    assert TOKEN_VARIABLE not in os.environ
    assert store.read("locked") == references_of("locked")
    assert GuardedFileSystem.current().token == "", "an instance was kept, and its token with it"


def test_another_token_opens_nothing(
    location: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, "other")
    with pytest.raises(ServiceUnavailable, match="does not answer"):
        take_private_store(tmp_path / "catalog").read("locked")


def test_a_malformed_token_is_named_and_never_quoted(
    location: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, '{"token": walrus}')
    with pytest.raises(Misconfigured, match=TOKEN_VARIABLE) as caught:
        take_private_store(tmp_path / "catalog")
    assert "walrus" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert TOKEN_VARIABLE not in os.environ


def test_without_an_address_there_is_no_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(STORE_VARIABLE, raising=False)
    monkeypatch.setenv(TOKEN_VARIABLE, TOKEN)
    with pytest.raises(Misconfigured, match=STORE_VARIABLE):
        take_private_store(tmp_path)
    assert TOKEN_VARIABLE not in os.environ


@pytest.mark.parametrize("memory", [True, False])
def test_the_folder_is_for_one_user_and_is_gone_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memory: bool
) -> None:
    place = tmp_path / "memory"
    if memory:
        place.mkdir()
    monkeypatch.setattr(private, "MEMORY", place)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(KeyboardInterrupt):
        leave_by_interrupt(place if memory else tmp_path)
    assert not list(tmp_path.rglob(f"{PREFIX}*"))


def leave_by_interrupt(parent: Path) -> None:
    with private_folder() as folder:
        assert folder.parent == parent
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "references.json").write_text("walrus")
        raise KeyboardInterrupt
