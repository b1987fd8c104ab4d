"""A worker that runs in a process of its own and answers JSON lines by JSON lines."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from bot.metrics.base import MetricUnavailable

LINE_LIMIT = 64 * 2**20
"""Most characters of one reply."""


class WorkerProcess:
    """A running worker; ended when the block ends."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start it.

        Args:
            name: What reasons call it.
            command: Program and arguments.
            environment: All variables it gets.

        Raises:
            MetricUnavailable: It cannot be started.
        """
        self._name = name
        try:
            self._process = subprocess.Popen(  # ended in __exit__
                [*command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=dict(environment),
                encoding="utf-8",
            )
        except OSError as error:
            raise MetricUnavailable(f"{name} cannot be started: {error}") from error
        self._replies: queue.Queue[str] = queue.Queue(maxsize=1)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 - asked for above
        while line := self._process.stdout.readline(LINE_LIMIT):
            self._replies.put(line)
        self._replies.put("")

    def __enter__(self) -> Self:
        """Return the worker."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the process and wait for its end."""
        self._process.kill()
        while self._listener.is_alive():
            # It may wait for room; without it the pipe is never read to its end.
            try:
                self._replies.get(timeout=0.05)
            except queue.Empty:
                continue
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue

    def ask(self, request: Mapping[str, object], timeout_s: float) -> Mapping[str, object]:
        """Send a request and return its reply.

        Raises:
            MetricUnavailable: The worker ended, said that it failed, or said nothing in time.
        """
        try:
            assert self._process.stdin is not None  # noqa: S101 - asked for above
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # The end of the process is told by `hear`.
        return self.hear(timeout_s)

    def hear(self, timeout_s: float) -> Mapping[str, object]:
        """Return the next reply. Raises what `ask` raises."""
        try:
            line = self._replies.get(timeout=timeout_s)
        except queue.Empty:
            raise MetricUnavailable(f"{self._name} did not answer in {timeout_s:.0f} s") from None
        if not line:
            raise MetricUnavailable(f"{self._name} ended {self._tell_end()}")
        try:
            reply = json.loads(line)
        except ValueError as error:
            raise MetricUnavailable(f"{self._name} answered something else than JSON") from error
        if not isinstance(reply, dict):
            raise MetricUnavailable(f"{self._name} answered something else than an object")
        if "error" in reply:
            raise MetricUnavailable(f"{self._name} failed: {reply['error']}")
        return reply

    def _tell_end(self) -> str:
        try:
            status = self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            return "its output"
        if status < 0:
            memory = ", as when memory is short" if status == -9 else ""
            return f"by signal {-status}{memory}"
        return f"with status {status}"
