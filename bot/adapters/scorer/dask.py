"""A Dask cluster that shares the work of one run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from bot.errors import Misconfigured, ServiceUnavailable

if TYPE_CHECKING:
    from distributed import Client

Item = TypeVar("Item")
Result = TypeVar("Result")

CONNECT_TIMEOUT_S = 30.0
"""Time for the scheduler to answer."""
IN_FLIGHT = 256
"""Items that the scheduler holds at once; the others wait here."""


class DaskExecutor:
    """The workers of a running Dask scheduler. Fulfils `bot.ports.Executor`.

    What a lost worker had not delivered is done again by another one. Where there is no worker yet,
    as in a queue of a batch system, the run waits for one.
    """

    def __init__(self, address: str, *, timeout_s: float = CONNECT_TIMEOUT_S) -> None:
        """Name the scheduler.

        Args:
            address: As Dask writes it, `tcp://host:8786` or `tls://host:8786`.
            timeout_s: Time for it to answer.
        """
        self.address = address
        self.timeout_s = timeout_s

    def run(
        self,
        task: Callable[[Item], Result],
        items: Sequence[Item],
        done: Callable[[int], None],
    ) -> list[Result]:
        """Return what the task gives for each item, in their order."""
        try:
            from distributed import Client
            from distributed.scheduler import KilledWorker
        except ImportError as error:
            message = "--scheduler needs Dask; run: pip install 'rexrank-bot[dask]'"
            raise Misconfigured(message) from error
        try:
            with Client(self.address, timeout=self.timeout_s, set_as_default=False) as client:
                return submit_all(client, task, items, done)
        except KilledWorker as error:
            raise ServiceUnavailable(
                f"{self.address}: several workers were lost with the same part of the work; "
                "give them more memory"
            ) from error
        except (ModuleNotFoundError, AttributeError) as error:
            message = f"a worker cannot run this version: {error}; install rexrank-bot there"
            raise Misconfigured(f"{self.address}: {message}") from error
        except (OSError, ValueError) as error:
            message = f"the scheduler does not answer: {error}"
            raise ServiceUnavailable(f"{self.address}: {message}") from error


def submit_all(
    client: Client,
    task: Callable[[Item], Result],
    items: Sequence[Item],
    done: Callable[[int], None],
) -> list[Result]:
    """Return what the task gives for each item; a bounded number is submitted at a time."""
    from distributed import as_completed

    waiting: Iterator[tuple[int, Item]] = iter(enumerate(items))
    indices = {}
    results: dict[int, Result] = {}
    finished = as_completed(with_results=True, loop=client.loop)

    def submit_next() -> None:
        for index, item in waiting:
            # Not pure: nothing is taken from an earlier run.
            future = client.submit(task, item, pure=False)
            indices[future.key] = index
            finished.add(future)
            return

    for _ in range(IN_FLIGHT):
        submit_next()
    for future, result in finished:
        index = indices.pop(future.key)
        results[index] = result
        done(index)
        submit_next()
    return [results[index] for index in range(len(items))]
