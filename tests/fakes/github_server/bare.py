"""A real bare git repository, driven by the git command."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .commit_stream import Content, write_stream

STATUSES = {"A": "added", "D": "removed", "R": "renamed"}
GIT_ENVIRONMENT = {
    "PATH": os.environ.get("PATH", os.defpath),
    "HOME": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
OBJECT = re.compile(r"[0-9a-f]{40}")
BRANCH = re.compile(r"refs/(heads|pull)(/[\w-][\w.-]*)+")
CONFIGURATION = """[http]
\treceivepack = true
[uploadpack]
\tallowAnySHA1InWant = true
[receive]
\thideRefs = refs/pull
"""


class GitError(Exception):
    """git refused; the message is what it said."""


@dataclass(frozen=True)
class Change:
    """One line of a diff between two commits."""

    status: str
    path: str
    previous_path: str | None
    blob: str
    additions: int
    deletions: int
    patch: str | None


@dataclass(frozen=True)
class BareRepository:
    """A bare repository in a folder."""

    folder: Path
    known: dict[tuple[str, ...], str] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """What git said of objects by their full names, which it says for ever."""

    @classmethod
    def create(cls, folder: Path, default_branch: str = "main") -> BareRepository:
        """Return a new empty repository that may be pushed to over http."""
        folder.mkdir(parents=True)
        made = cls(folder)
        made.run("init", "-q", "--bare", "--template=", "-b", default_branch, ".")
        with (folder / "config").open("a", encoding="utf-8") as file:
            file.write(CONFIGURATION)
        return made

    def run(self, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> str:
        """Return git's standard output as text."""
        return self.run_bytes(*arguments, stdin=stdin, env=env).decode("utf-8", "replace")

    def run_bytes(
        self, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None
    ) -> bytes:
        """Return git's standard output.

        Raises:
            GitError: git gave a non-zero status.
        """
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            input=stdin,
            capture_output=True,
            env={**GIT_ENVIRONMENT, **(env or {})},
            check=False,
        )
        if done.returncode != 0:
            raise GitError(f"git {' '.join(arguments)}: {done.stderr.decode('utf-8', 'replace')}")
        return done.stdout

    def ask(self, *arguments: str) -> str:
        """Return git's answer about objects; once is enough where they are named in full.

        Raises:
            GitError: git gave a non-zero status.
        """
        if arguments in self.known:
            return self.known[arguments]
        said = self.run(*arguments)
        words = " ".join(arguments[1:]).partition(" -- ")[0].replace("..", " ").split()
        names = (word.partition("^{")[0] for word in words if not word.startswith("-"))
        if all(map(OBJECT.fullmatch, names)):
            self.known[arguments] = said
        return said

    def resolve(self, revision: str) -> str | None:
        """Return the commit a revision names, or None when there is none."""
        if revision.startswith("-"):
            return None
        if BRANCH.fullmatch(revision) and ".." not in revision:
            return self._tip(revision)
        try:
            return self.ask("rev-parse", "-q", "--verify", f"{revision}^{{commit}}").strip()
        except GitError:
            return None

    def _tip(self, ref: str) -> str | None:
        """Return where a branch stands, as the repository's files have it."""
        try:
            return (self.folder / ref).read_text(encoding="ascii").strip()
        except OSError:
            packed = self.folder / "packed-refs"
        rows = packed.read_text(encoding="utf-8").split("\n") if packed.is_file() else []
        return next((row[:40] for row in rows if row[41:] == ref), None)

    def take(self, source: BareRepository, commit: str, ref: str) -> None:
        """Copy a commit from another repository and point a ref at it."""
        self.run("fetch", "-q", "--no-tags", str(source.folder), f"+{commit}:{ref}")

    def commit(
        self,
        branch: str,
        files: Mapping[str, Content],
        message: str,
        author: str,
        start: str | None = None,
    ) -> str:
        """Return a new commit on a branch that changes these files; makes the branch if needed.

        Args:
            branch: short name, such as "main".
            files: path -> new content, or None to remove the path.
            message: the commit message.
            author: name of author and committer.
            start: where a new branch starts; the default branch's tip when not given.
        """
        ref = f"refs/heads/{branch}"
        parent = self.resolve(ref) or self.resolve(start or "HEAD")
        return self.write(files, [parent] if parent else [], message, author, ref=ref)

    def write(
        self,
        files: Mapping[str, Content],
        parents: Sequence[str],
        message: str,
        author: str,
        *,
        ref: str | None = None,
        tree: str | None = None,
        at_s: int | None = None,
    ) -> str:
        """Return a new commit that changes files.

        Args:
            files: path -> new content, or None to remove the path.
            parents: commits; what is changed is the first one's tree.
            message: the commit message.
            author: name of author and committer.
            ref: is moved to the new commit; none is when not given.
            tree: the name of a tree that is changed instead of the first parent's.
            at_s: when it is made, in seconds since 1970; now when not given.
        """
        time_s = int(time.time()) if at_s is None else at_s
        who = f"{author} <{email_of(author)}> {time_s} +0000"
        stream = write_stream(files, parents, message, who, ref=ref, tree=tree)
        words = ("-c", "fastimport.unpackLimit=0", "fast-import", "--quiet")
        return self.run(*words, stdin=stream).strip()

    def commit_tree(self, tree: str, parents: list[str], message: str, author: str) -> str:
        """Return a new commit of a tree; no ref moves."""
        flags = [word for parent in parents for word in ("-p", parent)]
        return self.run(
            "commit-tree", tree, *flags, stdin=message.encode(), env=identity(author)
        ).strip()

    def merge_tree(self, ours: str, theirs: str) -> str | None:
        """Return the tree that merging two commits gives, or None when they conflict."""
        try:
            return self.ask("merge-tree", "--write-tree", ours, theirs).split("\n")[0]
        except GitError:
            return None

    def changes(self, base: str, head: str) -> list[Change]:
        """Return what changed from one commit to another, with renames found."""
        raw = self.ask("diff", "--raw", "-M", "-z", "--no-abbrev", base, head).split("\0")[:-1]
        changes = []
        while raw:
            _, _, _, blob, letter = raw.pop(0).split(" ")
            old = raw.pop(0)
            new = raw.pop(0) if letter[0] in "RC" else old
            patch = self.ask("diff", "-M", base, head, "--", *dict.fromkeys((old, new)))
            hunks = patch[patch.index("\n@@") + 1 :].rstrip("\n") if "\n@@" in patch else None
            lines = hunks.split("\n") if hunks else []
            changes.append(
                Change(
                    status=STATUSES.get(letter[0], "modified"),
                    path=new,
                    previous_path=old if new != old else None,
                    blob=blob,
                    additions=sum(line.startswith("+") for line in lines),
                    deletions=sum(line.startswith("-") for line in lines),
                    patch=hunks,
                )
            )
        return changes

    def commits(self, base: str, head: str) -> list[str]:
        """Return the commits in head that base lacks, oldest first."""
        return self.ask("rev-list", "--reverse", f"{base}..{head}").split()


def email_of(name: str) -> str:
    """Return the address that stands beside a name in a commit."""
    return f"{name}@users.noreply.invalid"


def identity(name: str) -> dict[str, str]:
    """Return the environment that makes git write this name into a commit."""
    email = email_of(name)
    return {
        "GIT_AUTHOR_NAME": name,
        "GIT_AUTHOR_EMAIL": email,
        "GIT_COMMITTER_NAME": name,
        "GIT_COMMITTER_EMAIL": email,
    }
