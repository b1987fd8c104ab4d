"""A repository is read as objects: every mode and name arrives as git holds it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bot.adapters.git.repository import GitRepository, create_bare
from bot.errors import Misconfigured
from bot.ports import Change
from tests.integration.git_objects import blob, commit, commit_of, raw_tree

MODES = {"100644": b"plain", "100755": b"#!/bin/sh\n", "120000": b"../../../etc/passwd"}
NAMES = (
    b"new\nline", b"tab\tname", b'"quoted"', b"back\\slash", b"not-utf8-\xff\xfe", b" spaced ",
    "Übergröße".encode(), "Cafe\u0301".encode(), "Caf\u00e9".encode(), b"README", b"readme",
    b"$(touch x)", b"-rf", b"*", b":(glob)**", b"#", b"\xe2\x80\xaegnp.exe", b"CON", b"a:b",
)  # fmt: skip


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    return create_bare(tmp_path / "objects.git")


def modes(change: Change) -> tuple[str | None, str | None]:
    before, after = change.before, change.after
    return (before.mode if before else None, after.mode if after else None)


def test_every_mode_is_told_apart(repository: GitRepository) -> None:
    rows = {mode.encode(): (mode, blob(repository, data)) for mode, data in MODES.items()}
    inner = raw_tree(repository, {b"file": ("100644", blob(repository, b"inner"))})
    rows |= {b"folder": ("040000", inner), b"module": ("160000", "1" * 40)}
    rows |= {b"group": ("100664", blob(repository, b"old mode"))}
    head = commit_of(repository, raw_tree(repository, rows))
    changes = repository.changes(None, head)
    assert {c.path: modes(c) for c in changes} == {
        **{mode.encode(): (None, mode) for mode in MODES},
        b"folder/file": (None, "100644"),
        b"group": (None, "100644"),  # as git itself sees it
        b"module": (None, "160000"),
    }
    sizes = {c.path: c.after.size_bytes for c in changes if c.after}
    assert sizes[b"100644"] == 5
    assert sizes[b"120000"] == len(MODES["120000"])
    assert sizes[b"module"] is None


def test_a_change_of_mode_alone_is_a_change(repository: GitRepository) -> None:
    oid = blob(repository, b"data")
    trees = [raw_tree(repository, {b"f": (mode, oid)}) for mode in ("100644", "100755", "120000")]
    first, *others = [commit_of(repository, tree) for tree in trees]
    for other, mode in zip(others, ("100755", "120000"), strict=True):
        (change,) = repository.changes(first, other)
        assert modes(change) == ("100644", mode)


def test_a_file_that_becomes_a_folder_is_a_removal_and_an_addition(
    repository: GitRepository,
) -> None:
    first = commit(repository, None, {"x": b"1"})
    second = commit(repository, first, {"x": None, "x/y": b"1"})
    changes = {c.path: modes(c) for c in repository.changes(first, second)}
    assert changes == {b"x": ("100644", None), b"x/y": (None, "100644")}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_arrives_as_the_bytes_that_git_holds(repository: GitRepository, name: bytes) -> None:
    oid = blob(repository, b"data")
    inner = raw_tree(repository, {name: ("100644", oid)})
    head = commit_of(repository, raw_tree(repository, {b"submissions": ("040000", inner)}))
    (change,) = repository.changes(None, head)
    (entry,) = repository.entries(head, "submissions")
    assert change.path == entry.path == b"submissions/" + name
    assert change.after == entry


@pytest.mark.parametrize("name", [b"..", b".", b".git", b".GIT", b"git~1", b".g\xe2\x80\x8cit"])
def test_a_name_that_git_itself_refuses_is_still_shown(
    repository: GitRepository, name: bytes
) -> None:
    inner = raw_tree(repository, {name: ("100644", blob(repository, b"data"))})
    head = commit_of(repository, raw_tree(repository, {b"submissions": ("040000", inner)}))
    (change,) = repository.changes(None, head)
    assert change.path == b"submissions/" + name


def test_a_rename_is_a_removal_and_an_addition(repository: GitRepository) -> None:
    first = commit(repository, None, {"submissions/a/manifest.yaml": b"same\n" * 100})
    moved = {"submissions/a/manifest.yaml": None, "submissions/b/manifest.yaml": b"same\n" * 100}
    second = commit(repository, first, moved)
    changes = {c.path: modes(c) for c in repository.changes(first, second)}
    assert changes == {
        b"submissions/a/manifest.yaml": ("100644", None),
        b"submissions/b/manifest.yaml": (None, "100644"),
    }


def test_deep_trees_and_thousands_of_files_are_read(repository: GitRepository) -> None:
    oids = [blob(repository, b"%d" % number) for number in range(10)]
    flood = {b"%04d.json" % n: ("100644", oids[n % 10]) for n in range(2_000)}
    deep = raw_tree(repository, {b"bottom": ("100644", oids[0])})
    for _ in range(100):
        deep = raw_tree(repository, {b"deep": ("040000", deep)})
    rows = {b"flood": ("040000", raw_tree(repository, flood)), b"top": ("040000", deep)}
    head = commit_of(repository, raw_tree(repository, rows))
    assert len(repository.changes(None, head)) == 2_001
    entries = repository.entries(head, "flood")
    contents = repository.read([entry.oid for entry in entries])
    assert [contents[entry.oid] for entry in entries] == [b"%d" % (n % 10) for n in range(2_000)]
    (bottom,) = repository.entries(head, "top")
    assert bottom.path.count(b"/") == 101


def test_a_folder_is_not_taken_for_its_namesake(repository: GitRepository) -> None:
    head = commit(repository, None, {"sub/a": b"1", "sub2/a": b"2", "x/sub/a": b"3", "*/a": b"4"})
    assert [entry.path for entry in repository.entries(head, "sub")] == [b"sub/a"]
    assert [entry.path for entry in repository.entries(head, "*")] == [b"*/a"]
    assert repository.entries(head, "nothing") == ()


def test_blobs_are_read_once_each_whatever_they_hold(repository: GitRepository) -> None:
    contents = [b"", b"\n", b"\0" * 70_000, b"100 blob 3\n", bytes(range(256))]
    oids = [blob(repository, data) for data in contents]
    assert repository.read(oids + oids) == dict(zip(oids, contents, strict=True))
    assert repository.read([]) == {}


def test_what_is_not_a_blob_here_is_not_read(repository: GitRepository) -> None:
    head = commit(repository, None, {"a": b"1"})
    for oid in ("1" * 40, head):
        with pytest.raises(Misconfigured, match=f"{oid} is not a blob"):
            repository.read([blob(repository, b"here"), oid])


def test_commits_without_common_history_have_no_merge_base(repository: GitRepository) -> None:
    one, other = commit(repository, None, {"a": b"1"}), commit(repository, None, {"b": b"2"})
    child = commit(repository, one, {"c": b"3"})
    assert repository.merge_bases(one, other) == ()
    assert repository.merge_bases(one, child) == (one,)
    with pytest.raises(Misconfigured, match="merge-base failed"):
        repository.merge_bases(one, "1" * 40)


@pytest.mark.parametrize(
    "revision", ["", "main", "1" * 40, "--all", "-h", "a\nb", "HEAD", "@{-1}", "blob"]
)
def test_what_is_no_commit_is_not_resolved(repository: GitRepository, revision: str) -> None:
    head = commit(repository, None, {"a": b"1"})
    assert repository.resolve(head[:12]) == head
    named = blob(repository, b"1") if revision == "blob" else revision
    with pytest.raises(Misconfigured, match="no commit"):
        repository.resolve(named)


def test_a_folder_that_is_no_repository_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="not a git repository"):
        GitRepository(tmp_path).resolve("HEAD")


def test_a_clone_is_read_like_a_bare_repository(repository: GitRepository, tmp_path: Path) -> None:
    head = commit(repository, None, {"a": b"1"})
    repository.run("update-ref", "refs/heads/main", head)
    clone = tmp_path / "clone"
    words = ("git", "clone", "-q", "-b", "main", str(repository.folder), str(clone))
    subprocess.run(words, check=True, capture_output=True)
    assert GitRepository(clone).resolve("HEAD") == head
