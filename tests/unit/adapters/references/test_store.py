from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import fsspec
import pytest
from pytest_mock import MockerFixture

from bot.adapters.references.store import (
    STORE_VARIABLE,
    TOKEN_VARIABLE,
    FileReferenceStore,
    default_store,
    open_references,
)
from bot.domain.dataset import References, Study
from bot.errors import Misconfigured

CANARY = "CANARY left pleural effusion of patient 4711"
CHECKOUT = Path(__file__).resolve().parents[4]


def references(text: str = CANARY, dataset: str = "chest") -> References:
    return References(
        dataset=dataset, studies={"s2": Study(findings=text), "s1": Study(impression="Normal.")}
    )


@pytest.fixture(params=["folder", "file-url", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FileReferenceStore:
    fsspec.filesystem("memory").store.clear()
    locations = {
        "folder": str(tmp_path / "deep/store"),
        "file-url": f"file://{tmp_path}/store/",
        "memory": "memory://bucket/references",
    }
    return FileReferenceStore(locations[request.param], packaged=tmp_path / "catalog")


def put(store: FileReferenceStore, dataset: str, data: bytes) -> None:
    with fsspec.open(store.address(dataset), "wb", auto_mkdir=True) as file:
        file.write(data)


def test_references_come_back_as_they_were(store: FileReferenceStore) -> None:
    assert not store.has("chest")
    assert store.write(references()) == store.address("chest")
    assert store.has("chest")
    assert store.read("chest") == references()


def test_writing_again_replaces_and_leaves_nothing_else(store: FileReferenceStore) -> None:
    store.write(references("old"))
    store.write(references("new"))
    assert store.read("chest").studies["s2"].findings == "new"
    filesystem, path = fsspec.core.url_to_fs(store.address("chest"))
    names = [Path(str(name)).name for name in filesystem.ls(path.rpartition("/")[0], detail=False)]
    assert names == ["chest.references.json"]


def test_absent_references_are_a_misconfiguration_that_says_what_to_do(
    store: FileReferenceStore,
) -> None:
    with pytest.raises(Misconfigured, match="rexrank dataset import chest FILE") as caught:
        store.read("chest")
    assert STORE_VARIABLE in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not json " + CANARY.encode(),
        b'{"dataset": "chest", "studies": {"s1": {"findings": 1, "x": "%s"}}}' % CANARY.encode(),
        b'{"dataset": "chest", "studies": ["%s"]}' % CANARY.encode(),
        b'{"dataset": "chest", "studies": {"s1": {"findings": "%s"' % CANARY.encode(),
        b"\xff" + CANARY.encode(),
    ],
)
def test_a_broken_file_is_named_and_its_text_is_not_quoted(
    store: FileReferenceStore, data: bytes
) -> None:
    put(store, "chest", data)
    with pytest.raises(Misconfigured, match="not a references file") as caught:
        store.read("chest")
    assert "chest.references.json" in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert "CANARY" not in str(caught.value)


def test_references_of_another_dataset_are_refused(store: FileReferenceStore) -> None:
    put(store, "chest", references(dataset="other").to_json())
    with pytest.raises(Misconfigured, match="holds other, not chest"):
        store.read("chest")


def test_a_dataset_that_ships_with_the_catalog_is_read_and_written_there(tmp_path: Path) -> None:
    catalog = tmp_path / "catalog"
    (catalog / "chest").mkdir(parents=True)
    store = FileReferenceStore(str(tmp_path / "store"), packaged=catalog)
    assert not store.has("chest")
    assert store.write(references()) == str(catalog / "chest" / "references.json")
    assert store.has("chest")
    assert store.read("chest") == references()
    assert not (tmp_path / "store").exists()


def test_an_unknown_kind_of_address_is_a_misconfiguration(tmp_path: Path) -> None:
    store = FileReferenceStore("nosuch://bucket", packaged=tmp_path)
    with pytest.raises(Misconfigured, match="nosuch"):
        store.has("chest")


def test_the_store_is_what_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(STORE_VARIABLE, "memory://elsewhere")
    assert open_references(tmp_path).location == "memory://elsewhere"
    monkeypatch.delenv(STORE_VARIABLE)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert open_references(tmp_path).location == default_store()
    assert default_store() == str(tmp_path / "rexrank" / "references")


KILLED = """
import os, signal, sys
from fsspec.implementations.local import LocalFileSystem
from pathlib import Path
from bot.adapters.references.store import FileReferenceStore
from bot.domain.dataset import References, Study

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

LocalFileSystem.mv = die
store = FileReferenceStore(sys.argv[1], packaged=Path("/nonexistent"))
store.write(References(dataset="chest", studies={"s1": Study(findings="half")}))
"""


def test_a_write_that_is_killed_midway_leaves_the_old_file(tmp_path: Path) -> None:
    store = FileReferenceStore(str(tmp_path), packaged=tmp_path / "none")
    store.write(references("old"))
    done = subprocess.run(
        (sys.executable, "-c", KILLED, str(tmp_path)), cwd=CHECKOUT, check=False, timeout=60
    )
    assert done.returncode == -signal.SIGKILL
    assert store.read("chest").studies["s2"].findings == "old"
    store.write(references("new"))
    assert store.read("chest").studies["s2"].findings == "new"
    assert os.listdir(tmp_path) == ["chest.references.json"]  # noqa: PTH208 - names only


def test_the_store_s_token_is_taken_out_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mocker: MockerFixture
) -> None:
    fsspec.filesystem("memory").store.clear()
    monkeypatch.setenv(STORE_VARIABLE, "memory://bucket")
    monkeypatch.setenv(TOKEN_VARIABLE, '{"token": "walrus"}')
    store = open_references(tmp_path / "catalog")
    assert TOKEN_VARIABLE not in os.environ
    opening = mocker.spy(fsspec.core, "url_to_fs")
    assert store.write(references()) == store.address("chest")
    assert store.read("chest") == references()
    assert {call.kwargs["token"] for call in opening.call_args_list} == {"walrus"}


def test_a_token_that_is_no_object_is_refused_without_its_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, '{"token": walrus')
    with pytest.raises(Misconfigured, match=TOKEN_VARIABLE) as caught:
        open_references(tmp_path / "catalog")
    assert "walrus" not in str(caught.value)
