"""Processes of this machine that share the work of one run.

Not `concurrent.futures`: its pool is broken as a whole by one killed process, and in Python 3.11 it
can then wait for ever. Here each worker has a pipe of its own, whose end tells that it is gone.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Generic, TypeVar

from bot.errors import ServiceUnavailable

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST_LOSSES = 3
"""Workers that one item may cost."""
END_TIMEOUT_S = 5.0
"""Time for a worker to end by itself."""


class LocalExecutor:
    """Worker processes, started anew for each run. Fulfils `bot.ports.Executor`.

    When one is killed, a new one takes its place and begins with what it had in hand.
    """

    def __init__(self, jobs: int) -> None:
        """Set the number of processes, at least 1."""
        self.jobs = jobs

    def run(
        self,
        task: Callable[[Item], Result],
        items: Sequence[Item],
        done: Callable[[int], None],
    ) -> list[Result]:
        """Return what the task gives for each item, in their order."""
        shift = Shift(task, items, done)
        try:
            for _ in range(min(self.jobs, len(items))):
                shift.hire()
            while len(shift.results) < len(items):
                shift.hear()
        except BaseException:
            shift.end(at_once=True)
            raise
        shift.end(at_once=False)
        return [shift.results[index] for index in range(len(items))]


@dataclass
class Worker:
    """A process, the pipe to it, and what it has in hand."""

    process: SpawnProcess
    pipe: Connection
    index: int | None = None


@dataclass
class Shift(Generic[Item, Result]):
    """The workers of one run and what they have finished."""

    task: Callable[[Item], Result]
    items: Sequence[Item]
    done: Callable[[int], None]
    results: dict[int, Result] = field(default_factory=dict)
    workers: list[Worker] = field(default_factory=list)
    losses: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Put every item on the list, the first on top."""
        self.waiting = list(range(len(self.items)))[::-1]

    def hire(self) -> None:
        """Start a worker."""
        # Not forked: libraries with threads of their own do not survive that.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=serve, args=(theirs, self.task), daemon=True)
        process.start()
        theirs.close()
        self.workers.append(Worker(process, ours))

    def hear(self) -> None:
        """Wait for some workers, keep what they finished and hand out more."""
        ready = set(wait([worker.pipe for worker in self.workers]))
        for worker in [one for one in self.workers if one.pipe in ready]:
            try:
                outcome = worker.pipe.recv()
            except (EOFError, OSError):
                self.replace(worker)
                continue
            if worker.index is not None:
                self.keep(worker.index, outcome)
            self.hand_out(worker)

    def keep(self, index: int, outcome: tuple[bool, Any]) -> None:
        """Keep a result; raises what the task raised."""
        is_result, value = outcome
        if not is_result:
            raise value
        self.results[index] = value
        self.done(index)

    def hand_out(self, worker: Worker) -> None:
        """Give a worker the next item, if there is one."""
        worker.index = self.waiting.pop() if self.waiting else None
        if worker.index is not None:
            try:
                worker.pipe.send(self.items[worker.index])
            except OSError:
                self.replace(worker)

    def replace(self, worker: Worker) -> None:
        """Let a new worker take the place of one that is gone.

        Raises:
            ServiceUnavailable: Too many were lost at the same place.
        """
        self.workers.remove(worker)
        worker.pipe.close()
        worker.process.join()
        index = -1 if worker.index is None else worker.index
        self.losses[index] += 1
        if self.losses[index] == MOST_LOSSES:
            raise ServiceUnavailable(
                f"{MOST_LOSSES} worker processes ended at the same place, the last with status "
                f"{worker.process.exitcode}; free some memory or use fewer --jobs"
            )
        if worker.index is not None:
            self.waiting.append(worker.index)
        self.hire()

    def end(self, *, at_once: bool) -> None:
        """End every worker; one whose pipe is closed leaves when it has nothing in hand."""
        for worker in self.workers:
            worker.pipe.close()
            if at_once:
                worker.process.terminate()
        for worker in self.workers:
            worker.process.join(END_TIMEOUT_S)
            worker.process.kill()
            worker.process.join()


def serve(pipe: Connection, task: Callable[[Any], Any]) -> None:
    """Answer items with results until the pipe is closed: what a worker does.

    An interrupt from the keyboard reaches all processes of a terminal; only the first one answers
    it. A worker that is told to end, or whose parent is gone, ends by an exception, so that
    programs it runs are ended on the way.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    threading.Thread(target=follow_parent, daemon=True).start()
    try:
        pipe.send(None)
        while True:
            pipe.send(attempt(task, pipe.recv()))
    except (EOFError, OSError):
        return


def attempt(task: Callable[[Item], Result], item: Item) -> tuple[bool, Result | Exception]:
    """Return whether a task gave a result, and the result or what it raised."""
    try:
        return True, task(item)
    except Exception as error:  # noqa: BLE001 - it is raised where the run was started
        error.add_note(f"in a worker process:\n{traceback.format_exc()}")
        return False, error


def follow_parent() -> None:
    """Wait until the parent is gone, then tell this process to end."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
