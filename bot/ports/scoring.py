"""What scoring needs: references, a sandbox, and processes that share the work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from bot.domain.dataset import References

Item = TypeVar("Item")
Result = TypeVar("Result")


class ReferenceStore(Protocol):
    """Where reference texts are kept."""

    def read(self, dataset: str) -> References:
        """Return a dataset's references; raises Misconfigured when they are not here."""

    def has(self, dataset: str) -> bool:
        """Return whether the references of a dataset are here."""

    def write(self, references: References) -> str:
        """Keep a dataset's references and return where they are."""


@dataclass(frozen=True)
class Sandboxed:
    """How a run in a sandbox ended."""

    exit_status: int
    """Exit status of the scorer."""
    log: str
    """What it printed. Never shown where the public can read it."""


class Sandbox(Protocol):
    """A container that scores: no network, nothing writable but one folder."""

    def digest(self) -> str:
        """Return the image's digest, `sha256:` and 64 hexadecimal digits."""

    def run(
        self,
        arguments: Sequence[str],
        *,
        read_only: Mapping[str, Path],
        output: Path,
        environment: Mapping[str, str],
        timeout_s: float,
    ) -> Sandboxed:
        """Run `rexrank` with these arguments in the image.

        Args:
            arguments: Command line after `rexrank`.
            read_only: Path inside the container to the folder that is mounted there.
            output: Folder that is mounted, writable, at `/output`.
            environment: Variables that are set inside.
            timeout_s: Seconds after which the container is removed.
        """


class Executor(Protocol):
    """Processes on this machine or others that share the work of one run."""

    def run(
        self,
        task: Callable[[Item], Result],
        items: Sequence[Item],
        done: Callable[[int], None],
    ) -> list[Result]:
        """Return what the task gives for each item, in their order; the first exception ends it.

        A worker that is lost loses nothing: what it had not delivered is done again.

        Args:
            task: Function of a module, which every worker can import.
            items: What it is given, each on its own.
            done: Called here with the index of each item that is finished.
        """
