"""Processes of this machine that share the work of one run."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from bot.errors import ServiceUnavailable

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST_FRUITLESS = 3
"""Times in a row that workers may be lost before anything is finished."""


class LocalExecutor:
    """Worker processes, started anew for each run. Fulfils `bot.ports.Executor`.

    When one is killed, the others go with it and new ones take up what was not finished.
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
        results: dict[int, Result] = {}
        fruitless = 0
        while len(results) < len(items):
            before = len(results)
            rest = [index for index in range(len(items)) if index not in results]
            with contextlib.suppress(BrokenProcessPool):
                self._run_once(task, items, rest, results, done)
            fruitless = 0 if len(results) > before else fruitless + 1
            if fruitless == MOST_FRUITLESS:
                raise ServiceUnavailable(
                    f"worker processes were killed {fruitless} times before they finished "
                    "anything; free some memory or use fewer --jobs"
                )
        return [results[index] for index in range(len(items))]

    def _run_once(
        self,
        task: Callable[[Item], Result],
        items: Sequence[Item],
        rest: Sequence[int],
        results: dict[int, Result],
        done: Callable[[int], None],
    ) -> None:
        """Run the rest of the items; keep what is finished even when a worker is lost."""
        others = set(multiprocessing.active_children())
        # Not forked: libraries with threads of their own do not survive that.
        pool = ProcessPoolExecutor(
            min(self.jobs, len(rest)),
            mp_context=multiprocessing.get_context("spawn"),
            initializer=prepare_worker,
        )
        try:
            indices: dict[Future[Result], int] = {}
            for index in rest:
                indices[pool.submit(task, items[index])] = index
            for future in as_completed(indices):
                with contextlib.suppress(BrokenProcessPool):
                    results[indices[future]] = future.result()
                    done(indices[future])
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in set(multiprocessing.active_children()) - others:
                process.terminate()
            raise
        finally:
            pool.shutdown()


def prepare_worker() -> None:
    """Let the process that started this worker decide when it ends.

    An interrupt from the keyboard reaches all processes of a terminal; only the first one answers
    it. A worker that is told to end, or whose parent is gone, ends what it started.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # By an exception, so that programs the worker runs are ended on the way.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    threading.Thread(target=follow_parent, daemon=True).start()


def follow_parent() -> None:
    """Wait until the parent is gone, then tell this process to end."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
