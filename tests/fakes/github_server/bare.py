"""A real bare git repository, driven by the git command."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

Content = str | bytes | tuple[str, bytes] | None
"""A file's text or bytes, (mode, bytes) for other modes than 100644, or None to remove it."""

STATUSES = {"A": "added", "D": "removed", "R": "renamed"}
GIT_ENVIRONMENT = {
    "PATH": os.environ.get("PATH", os.defpath),
    "HOME": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


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

    @classmethod
    def create(cls, folder: Path, default_branch: str = "main") -> BareRepository:
        """Return a new empty repository that may be pushed to over http."""
        folder.mkdir(parents=True)
        made = cls(folder)
        made.run("init", "-q", "--bare", "-b", default_branch, ".")
        made.run("config", "http.receivepack", "true")
        made.run("config", "uploadpack.allowAnySHA1InWant", "true")
        made.run("config", "receive.hideRefs", "refs/pull")
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

    def resolve(self, revision: str, kind: str = "commit") -> str | None:
        """Return the object id a revision names, or None when there is none."""
        if revision.startswith("-"):
            return None
        try:
            return self.run("rev-parse", "-q", "--verify", f"{revision}^{{{kind}}}").strip()
        except GitError:
            return None

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
        with tempfile.TemporaryDirectory() as scratch:
            index = {"GIT_INDEX_FILE": str(Path(scratch) / "index")}
            if parent is not None:
                self.run("read-tree", parent, env=index)
            lines = [self._index_line(path, content) for path, content in files.items()]
            self.run("update-index", "-z", "--index-info", stdin=b"".join(lines), env=index)
            tree = self.run("write-tree", env=index).strip()
        made = self.commit_tree(tree, [parent] if parent else [], message, author)
        self.run("update-ref", ref, made)
        return made

    def commit_tree(self, tree: str, parents: list[str], message: str, author: str) -> str:
        """Return a new commit of a tree; no ref moves."""
        flags = [word for parent in parents for word in ("-p", parent)]
        return self.run(
            "commit-tree", tree, *flags, stdin=message.encode(), env=identity(author)
        ).strip()

    def merge_tree(self, ours: str, theirs: str) -> str | None:
        """Return the tree that merging two commits gives, or None when they conflict."""
        try:
            return self.run("merge-tree", "--write-tree", ours, theirs).split("\n")[0]
        except GitError:
            return None

    def changes(self, base: str, head: str) -> list[Change]:
        """Return what changed from one commit to another, with renames found."""
        raw = self.run("diff", "--raw", "-M", "-z", "--no-abbrev", base, head).split("\0")[:-1]
        changes = []
        while raw:
            _, _, _, blob, letter = raw.pop(0).split(" ")
            old = raw.pop(0)
            new = raw.pop(0) if letter[0] in "RC" else old
            patch = self.run("diff", "-M", base, head, "--", *dict.fromkeys((old, new)))
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
        return self.run("rev-list", "--reverse", f"{base}..{head}").split()

    def _index_line(self, path: str, content: Content) -> bytes:
        if content is None:
            return f"0 {'0' * 40}\t{path}\0".encode()
        mode, data = content if isinstance(content, tuple) else ("100644", content)
        stdin = data.encode() if isinstance(data, str) else data
        blob = self.run("hash-object", "-w", "--stdin", stdin=stdin).strip()
        return f"{mode} {blob}\t{path}\0".encode()


def identity(name: str) -> dict[str, str]:
    """Return the environment that makes git write this name into a commit."""
    email = f"{name}@users.noreply.invalid"
    return {
        "GIT_AUTHOR_NAME": name,
        "GIT_AUTHOR_EMAIL": email,
        "GIT_COMMITTER_NAME": name,
        "GIT_COMMITTER_EMAIL": email,
    }
