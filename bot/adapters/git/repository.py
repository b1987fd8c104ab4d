"""Git repositories, read as objects: no working tree, no hooks, nobody's settings."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bot.adapters.git.environment import (
    HARDENED,
    RECEIVE_PACK,
    UPLOAD_PACK,
    credentials,
    surroundings,
)
from bot.adapters.git.push_credentials import DeployKey, is_refusal, refused_reading, ssh_remote
from bot.errors import Misconfigured, RexrankError, ServiceUnavailable
from bot.ports import Change, Merged, TreeEntry

SUBMODULE = "160000"
ABSENT = "000000"
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

TIMEOUT_S = 300.0
MAX_SAID_CHARS = 400


class GitRepository:
    """A repository on this machine; bare is enough. Fulfils `bot.ports.GitObjects`."""

    def __init__(
        self,
        folder: Path,
        *,
        token: str | None = None,
        push_token: str | None = None,
        deploy_key: DeployKey | None = None,
    ) -> None:
        """Open the repository in a folder.

        Args:
            folder: The bare repository, or a clone.
            token: Secret that is sent to the remote, never written to a file or a command line.
            push_token: Another one, for pushes.
            deploy_key: Key with which is pushed instead, over ssh.
        """
        self.folder = folder
        self._token = token
        self._push_token = push_token or token
        self._deploy_key = deploy_key

    def resolve(self, revision: str) -> str:
        """Return the commit's object name; raises Misconfigured when there is none."""
        commit = f"{revision}^{{commit}}"
        done = self.attempt("rev-parse", "--verify", "--quiet", "--end-of-options", commit)
        if done.returncode:
            raise Misconfigured(f"{self.folder}: no commit {revision!r}; fetch it first")
        return done.stdout.decode().strip()

    def merge_bases(self, one: str, other: str) -> tuple[str, ...]:
        """Return every best common ancestor of two commits, none when they share no history."""
        done = self.attempt("merge-base", "--all", one, other)
        if done.returncode > 1:
            raise Misconfigured(f"{self.folder}: git merge-base failed: {last_words(done)}")
        return tuple(done.stdout.decode().split())

    def merge_tree(self, target: str, head: str) -> Merged:
        """Return what merging a head into a target makes; nothing is committed.

        An empty repository lends its settings: neither those of this one nor any attributes
        choose how files are merged. The objects that come of it are written here.
        """
        with tempfile.TemporaryDirectory(prefix="rexrank-merge-") as folder:
            create_bare(Path(folder))
            done = self.attempt(
                *("-c", "merge.directoryRenames=conflict", "-c", "core.attributesFile=/dev/null"),
                *("merge-tree", "--write-tree", "-z", "--name-only", "--no-messages"),
                *(target, head),
                environment={
                    "GIT_DIR": folder,
                    "GIT_OBJECT_DIRECTORY": str((self._git_dir() / "objects").resolve()),
                },
            )
        if done.returncode not in {0, 1}:
            raise Misconfigured(f"{self.folder}: git merge-tree failed: {last_words(done)}")
        tree, *paths = done.stdout.split(b"\0")[:-1]
        if done.returncode:
            return Merged(None, tuple(dict.fromkeys(paths)))
        return Merged(tree.decode(), ())

    def tree(self, commit: str) -> str:
        """Return the name of a commit's tree."""
        tree = f"{commit}^{{tree}}"
        return self.run("rev-parse", "--verify", "--end-of-options", tree).decode().strip()

    def parents(self, commit: str) -> tuple[str, ...]:
        """Return the parents of a commit, in their order."""
        row = self.run("rev-list", "--parents", "--max-count=1", "--end-of-options", commit)
        return tuple(row.decode().split()[1:])

    def commits(self, base: str, head: str) -> tuple[str, ...]:
        """Return the commits that a head has and a base does not, the newest first."""
        return tuple(self.run("rev-list", head, f"^{base}").decode().split())

    def title(self, commit: str) -> str:
        """Return the first line of a commit's message."""
        raw = self.run("cat-file", "commit", commit)
        return raw.partition(b"\n\n")[2].split(b"\n", 1)[0].decode(errors="replace")

    def changes(self, before: str | None, after: str) -> tuple[Change, ...]:
        """Return the paths that differ between two trees; None stands for the empty one."""
        raw = self.run(
            *("diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev"),
            *("--ignore-submodules=none", before or EMPTY_TREE, after),
        )
        fields = raw.split(b"\0")[:-1]
        rows = []
        for head, path in zip(fields[::2], fields[1::2], strict=True):
            old_mode, new_mode, old_oid, new_oid, _ = head.decode().lstrip(":").split(" ")
            rows.append((path, (old_mode, old_oid), (new_mode, new_oid)))
        sides = [side for _, *pair in rows for side in pair]
        sizes = self._sizes([oid for mode, oid in sides if mode not in {ABSENT, SUBMODULE}])

        def entry(path: bytes, mode: str, oid: str) -> TreeEntry | None:
            return None if mode == ABSENT else TreeEntry(path, mode, oid, sizes.get(oid))

        return tuple(Change(path, entry(path, *old), entry(path, *new)) for path, old, new in rows)

    def entries(self, commit: str, *paths: str) -> tuple[TreeEntry, ...]:
        """Return every file at or below some paths, in git's order; empty when there is none."""
        raw = self.run("ls-tree", "-r", "-z", "-l", "--full-tree", commit, "--", *paths)
        found = []
        for row in raw.split(b"\0")[:-1]:
            head, _, path = row.partition(b"\t")
            mode, _, oid, size = head.decode().split()
            found.append(TreeEntry(path, mode, oid, None if size == "-" else int(size)))
        return tuple(found)

    def read(self, oids: Sequence[str]) -> dict[str, bytes]:
        """Return the content of blobs, keyed by object name."""
        wanted = list(dict.fromkeys(oids))
        raw = self.run("cat-file", "--batch", data="".join(f"{oid}\n" for oid in wanted).encode())
        contents, at = {}, 0
        for oid in wanted:
            end = raw.index(b"\n", at)
            head = raw[at:end].decode().split()
            if len(head) != 3 or head[1] != "blob":
                raise Misconfigured(f"{self.folder}: {oid} is not a blob of this repository")
            size = int(head[2])
            contents[oid] = raw[end + 1 : end + 1 + size]
            at = end + 1 + size + 1
        return contents

    def fetch(self, remote: str, *refspecs: str) -> None:
        """Bring refs from a remote; raises ServiceUnavailable when it does not answer."""
        options = ("--no-tags", "--no-write-fetch-head", "--quiet", UPLOAD_PACK)
        self._remote(remote, "fetch", *options, remote, *refspecs)

    def push(self, remote: str, refspec: str) -> subprocess.CompletedProcess[bytes]:
        """Push a ref with the credential that may push, and return how that ended."""
        address = ssh_remote(remote) if self._deploy_key else remote
        options = ("--quiet", RECEIVE_PACK)
        login = credentials(self._push_token, self._address(remote))
        return self.attempt("push", *options, address, refspec, environment=login)

    def remote_refs(self, remote: str, *refs: str) -> dict[str, str]:
        """Return those of some refs that a remote has, and the object at each."""
        asked = ("ls-remote", UPLOAD_PACK, remote, *refs)
        listed = self._remote(remote, *asked).decode().splitlines()
        found = {ref: oid for oid, ref in (row.split("\t", 1) for row in listed)}
        # A remote is asked for patterns: `refs/heads/x` also finds `refs/other/refs/heads/x`.
        return {ref: found[ref] for ref in refs if ref in found}

    def remote_tip(self, remote: str, branch: str) -> str | None:
        """Fetch a branch and return the commit at its tip, None when there is no such branch."""
        ref = f"refs/heads/{branch}"
        if not self.remote_refs(remote, ref):
            return None
        self.fetch(remote, f"+{ref}:refs/rexrank/{branch}")
        return self.resolve(f"refs/rexrank/{branch}")

    def _sizes(self, oids: Sequence[str]) -> dict[str, int]:
        """Return the size of blobs in bytes."""
        wanted = "".join(f"{oid}\n" for oid in dict.fromkeys(oids)).encode()
        rows = self.run("cat-file", "--batch-check", data=wanted).decode().splitlines()
        fields = [row.split() for row in rows]
        return {row[0]: int(row[2]) for row in fields if len(row) == 3}

    def _address(self, remote: str) -> str:
        """Return the address of a remote, which may be given by its name."""
        if "://" in remote:
            return remote
        return self.run("ls-remote", "--get-url", remote).decode().strip()

    def _remote(self, remote: str, *arguments: str) -> bytes:
        """Return the output of a command that talks to a remote."""
        login = credentials(self._token, self._address(remote))
        done = self.attempt(*arguments, environment=login)
        if done.returncode:
            raise failure_of(arguments[0], done)
        return done.stdout

    def run(
        self, *arguments: str, data: bytes = b"", environment: Mapping[str, str] | None = None
    ) -> bytes:
        """Return the output of a local git command; a failure means this repository is unusable."""
        done = self.attempt(*arguments, data=data, environment=environment)
        if done.returncode:
            raise Misconfigured(f"{self.folder}: git {arguments[0]} failed: {last_words(done)}")
        return done.stdout

    def attempt(
        self, *arguments: str, data: bytes = b"", environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """Run git without hooks, prompts or anybody's settings."""
        variables = {
            **surroundings(),
            "GIT_DIR": str(self._git_dir()),
            **credentials(None, ""),
            **({"GIT_SSH_COMMAND": self._deploy_key.command()} if self._deploy_key else {}),
            **(environment or {}),
        }
        try:
            return subprocess.run(
                ("git", *HARDENED, *arguments),
                input=data,
                capture_output=True,
                env=variables,
                timeout=TIMEOUT_S,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise ServiceUnavailable(
                f"git {arguments[0]}: no end after {TIMEOUT_S:.0f} s"
            ) from error
        except FileNotFoundError as error:
            raise Misconfigured("git is not installed") from error

    def _git_dir(self) -> Path:
        """Return the folder that holds the objects, of a bare repository or a clone."""
        inner = self.folder / ".git"
        folder = inner if inner.is_dir() else self.folder
        if not (folder / "objects").is_dir():
            raise Misconfigured(f"{self.folder}: not a git repository")
        return folder


def last_words(done: subprocess.CompletedProcess[bytes]) -> str:
    """Return the last lines that git said, the reason of a refusal among them."""
    lines = [" ".join(line.split()) for line in done.stderr.decode(errors="replace").split("\n")]
    said = [line for line in lines if line and not line.startswith("hint:")]
    return "; ".join(said[-3:])[-MAX_SAID_CHARS:] or "no message"


def failure_of(verb: str, done: subprocess.CompletedProcess[bytes]) -> RexrankError:
    """Return the exception for a remote that refused, or did not answer."""
    if is_refusal(done.stderr):
        return refused_reading(verb, done.stderr)
    return ServiceUnavailable(f"git {verb} failed: {last_words(done)}")


def create_bare(folder: Path) -> GitRepository:
    """Return a bare repository in a folder, made when there is none."""
    if not (folder / "objects").is_dir():
        try:
            subprocess.run(
                ("git", "init", "--quiet", "--bare", "--template=", "--", str(folder)),
                capture_output=True,
                env=surroundings(),
                check=True,
            )
        except FileNotFoundError as error:
            raise Misconfigured("git is not installed") from error
        except subprocess.CalledProcessError as error:
            raise Misconfigured(f"{folder}: cannot make a repository here") from error
    return GitRepository(folder)


@contextmanager
def scratch_repository(token: str | None = None) -> Iterator[GitRepository]:
    """Yield an empty bare repository for what is fetched of a remote; it is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="rexrank-git-") as folder:
        create_bare(Path(folder))
        yield GitRepository(Path(folder), token=token)
