"""Histories of commits, built in a bare repository: what git knows and a diff does not show."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.fakes.github_server.bare import BareRepository
from tests.fakes.github_server.commit_stream import Content
from tests.integration.gate_world import ENTRY, entry_files

GUARD = "bot/guard.py"
OLD = "".join(f"line {number}\n" for number in range(20))
FIX = OLD.replace("line 10", "the fix")
MAIN_FILES: dict[str, Content] = {
    GUARD: OLD,
    "README.md": "# Board\n",
    "bot/run.sh": ("100755", b"#!/bin/sh\n"),
    ".gitattributes": "*.py merge=union\n",
    "submissions/README.md": "Submissions.\n",
}
NOTES = f"{ENTRY}/README.md"
MANIFEST = f"{ENTRY}/manifest.yaml"


@dataclass(frozen=True)
class Builder:
    """Makes commits of any parents, tree and date."""

    git: BareRepository

    def commit(
        self,
        parents: list[str],
        changes: Mapping[str, Content] | None = None,
        *,
        tree_of: str | None = None,
        day: int = 1,
    ) -> str:
        """Return a commit: the tree of its first parent, or of another commit, with changes."""
        tree = self.git.ask("rev-parse", f"{tree_of}^{{tree}}").strip() if tree_of else None
        return self._write(parents, changes or {}, tree, day)

    def of(self, tree: str, parents: list[str], day: int = 1) -> str:
        """Return a commit of a tree."""
        return self._write(parents, {}, tree, day)

    def _write(
        self, parents: list[str], changes: Mapping[str, Content], tree: str | None, day: int
    ) -> str:
        at_s = int(datetime(2026, 1, day, tzinfo=UTC).timestamp())
        return self.git.write(changes, parents, "x", "sam", tree=tree, at_s=at_s)

    def merge(self, one: str, other: str, day: int = 1) -> str:
        """Return the merge that git itself makes of two commits."""
        tree = self.git.merge_tree(one, other)
        assert tree is not None
        return self.of(tree, [one, other], day)

    def root(self) -> str:
        """Return the first commit of main."""
        return self.commit([], MAIN_FILES)


def entry(**changed: Content) -> dict[str, Content]:
    """Return the files of a sound entry."""
    return {**entry_files("sam"), **changed}


History = Callable[[Builder], tuple[str, str]]
"""Returns the tip of main and the head of a pull request."""


def criss_cross(build: Builder, *, first: str) -> tuple[str, str]:
    """main merged the entry beside its fix; the head merges the fix and keeps the old tree."""
    days = {"entry": (9, 2), "fix": (2, 9)}[first]
    root = build.root()
    mine = build.commit([root], entry(), day=days[0])
    fix = build.commit([root], {GUARD: FIX}, day=days[1])
    main = build.merge(fix, mine, day=10)
    return main, build.commit([mine, fix], {NOTES: "More.\n"}, tree_of=mine, day=11)


def ours(build: Builder) -> tuple[str, str]:
    """The head merges main's fix and keeps its own tree."""
    root = build.root()
    mine = build.commit([root], entry())
    fix = build.commit([root], {GUARD: FIX})
    return fix, build.commit([mine, fix], tree_of=mine)


def octopus(build: Builder, *, clean: bool) -> tuple[str, str]:
    """The head is a merge of three, one of which main has."""
    root = build.root()
    fix = build.commit([root], {GUARD: FIX})
    mine, side = build.commit([root], entry()), build.commit([root], {"docs/a.md": "a\n"})
    tree = build.git.merge_tree(fix, mine)
    assert tree is not None
    whole = build.of(tree, [fix, mine, build.commit([root], {NOTES: "x\n"})])
    return fix, whole if clean else build.commit(
        [mine, fix, side], {**entry(), GUARD: OLD}, tree_of=fix
    )


def reverted(build: Builder) -> tuple[str, str]:
    """main merged the entry and took it back; the head goes on from the merged entry."""
    root = build.root()
    mine = build.commit([root], entry())
    main = build.commit([build.merge(root, mine)], tree_of=root)
    return main, build.commit([mine], {NOTES: "More.\n"})


def reverted_revert(build: Builder) -> tuple[str, str]:
    """The head reverts what took its entry off main, as one should."""
    main, earlier = reverted(build)
    return main, build.commit([main], entry(), tree_of=main) if earlier else ""


def fix_reverted_twice(build: Builder) -> tuple[str, str]:
    """main's fix was reverted and came back; the head is of the days without it."""
    fix = build.commit([build.root()], {GUARD: FIX})
    without = build.commit([fix], {GUARD: OLD})
    return build.commit([without], {GUARD: FIX}), build.commit([without], entry())


def rename(build: Builder, *, side: str) -> tuple[str, str]:
    """One side renames what the other edits."""
    root = build.commit([build.root()], entry())
    guard = {GUARD: None, "bot/moved.py": OLD}
    if side == "head":
        fix = build.commit([root], {GUARD: FIX})
        return fix, build.commit([root], {**guard, NOTES: "More.\n"})
    if side == "main":
        moved = build.commit([root], guard)
        return moved, build.commit([root], {GUARD: FIX, NOTES: "More.\n"})
    if side == "into-entry":
        fix = build.commit([root], {GUARD: FIX})
        return fix, build.commit([root], {GUARD: None, NOTES: OLD})
    away = dict.fromkeys(entry())
    new = {path.replace(ENTRY, "submissions/moe-2"): data for path, data in entry().items()}
    main = build.commit([root], {**away, **new})
    team = str(entry()[MANIFEST]).replace("team: Terse", "team: Other")
    if side == "entry":
        return main, build.commit([root], {MANIFEST: team})
    return main, build.commit([root], {NOTES: "Follows the folder.\n"})


def moved_base(build: Builder, *, conflict: bool) -> tuple[str, str]:
    """main went on, elsewhere or in the same places."""
    root = build.root()
    theirs: dict[str, Content] = {NOTES: "Theirs.\n"} if conflict else {GUARD: FIX}
    return build.commit([root], theirs), build.commit([root], entry(**{NOTES: "Mine.\n"}))


def unrelated(build: Builder, *, merged: bool) -> tuple[str, str]:
    """The head's history begins elsewhere, or a part of it does."""
    main = build.root()
    alone = build.commit([], {**entry(), GUARD: "evil\n"})
    if not merged:
        return main, alone
    return main, build.commit([main, alone], {**entry(), "elsewhere.py": "x\n"})


def subtree(build: Builder, *, folder: str) -> tuple[str, str]:
    """The head merges another repository below a folder."""
    main = build.root()
    other = build.commit([], {"a.py": "x\n"})
    if folder == ENTRY:
        return main, build.commit([main, other], entry())
    return main, build.commit([main, other], {**entry(), f"{folder}/a.py": "x\n"})


def ancestor(build: Builder, *, behind: bool) -> tuple[str, str]:
    """The head is on main already."""
    first = build.commit([build.root()], entry())
    return build.commit([first], {GUARD: FIX}) if behind else first, first


def taken_over(build: Builder) -> tuple[str, str]:
    """main has the head's changes already, as commits of its own."""
    root = build.root()
    return build.commit([root], {**entry(), GUARD: FIX}), build.commit([root], entry())


def modes(build: Builder, *, what: str) -> tuple[str, str]:
    """A mode changes on one side, and the content on the other."""
    root = build.commit([build.root()], entry(**{NOTES: OLD}))
    if what == "entry":
        head = build.commit([root], {NOTES: ("100755", OLD.encode())})
        return build.commit([root], {NOTES: FIX}), head
    head = build.commit([root], {"bot/run.sh": ("100644", b"#!/bin/sh\n"), NOTES: "x\n"})
    return build.commit([root], {GUARD: FIX}), head


def deletion(build: Builder, *, by: str) -> tuple[str, str]:
    """A merge on the head's side drops a file of main."""
    root = build.root()
    mine, fix = build.commit([root], entry()), build.commit([root], {GUARD: FIX})
    lost: dict[str, Content] = {GUARD: None} if by == "merge" else {"README.md": None}
    return fix, build.commit([fix, mine], {**entry(), **lost})


def special(build: Builder, *, mode: str) -> tuple[str, str]:
    """A link or a submodule comes with a merge on the head's side."""
    root = build.root()
    mine, fix = build.commit([root], entry()), build.commit([root], {GUARD: FIX})
    side = build.commit([root], {"x": "1"})
    tree = _with(build, build.merge(fix, mine), mode)
    return fix, build.of(tree, [fix, mine, side])


def _with(build: Builder, commit: str, mode: str) -> str:
    """Return a commit's tree with one more thing in the entry."""
    oid = "1" * 40
    if mode == "120000":
        oid = build.git.run("hash-object", "-w", "--stdin", stdin=b"../../bot").strip()
    with tempfile.TemporaryDirectory() as scratch:
        index = {"GIT_INDEX_FILE": str(Path(scratch) / "index")}
        build.git.run("read-tree", commit, env=index)
        line = f"{mode} {oid}\t{ENTRY}/predictions/extra.json\0".encode()
        build.git.run("update-index", "-z", "--index-info", stdin=line, env=index)
        return build.git.run("write-tree", env=index).strip()


def content_merge(build: Builder) -> tuple[str, str]:
    """Both sides change the manifest, in different lines: the merge's is on neither side."""
    text = str(entry()[MANIFEST])
    root = build.commit([build.root()], entry())
    theirs = text.replace("schema_version: 1\n", "# Checked.\nschema_version: 1\n")
    main = build.commit([root], {MANIFEST: theirs})
    return main, build.commit([root], {MANIFEST: text.replace("team: Terse", "team: Other")})


def predictions_merge(build: Builder) -> tuple[str, str]:
    """Both sides change the predictions, in different lines."""
    path = next(path for path in entry() if path.endswith(".json"))
    data = entry()[path]
    assert isinstance(data, bytes)
    lines = data.splitlines(keepends=True)
    root = build.commit([build.root()], entry())
    main = build.commit([root], {path: b"".join([lines[0], b"\n", *lines[1:]])})
    return main, build.commit([root], {path: data + b"\n"})
