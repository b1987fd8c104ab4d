"""Run every hostile input of one kind in this process: `python -m tests.corpus.run KIND`.

Prints a line of JSON for each: its name, the exit status, the seconds of CPU (of the programs that
it started too), and the most memory that this process has had so far, in MB.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import sys
import tempfile
from pathlib import Path

from tests.corpus.drivers import DRIVERS
from tests.corpus.kinds import of_kind


def main(kind: str) -> None:
    os.environ["REXRANK_REFERENCES"] = "/nonexistent"
    report = sys.stdout
    for item in of_kind(kind):
        data = item.make()
        output = io.StringIO()
        with (
            tempfile.TemporaryDirectory() as folder,
            contextlib.redirect_stdout(output),
            contextlib.redirect_stderr(output),
        ):
            started = sum(os.times()[:4])
            status = DRIVERS[kind](Path(folder), item.name.rpartition(":")[2], data)
            seconds = sum(os.times()[:4]) - started
        del data
        line = {
            "name": item.name,
            "status": status,
            "seconds": round(seconds, 2),
            "memory_mb": peak_memory_mb(),
            "printed": output.getvalue()[-600:] if status == 70 else "",
        }
        print(json.dumps(line), file=report, flush=True)


def peak_memory_mb() -> int:
    """Return the peak of this program's own memory: getrusage counts what started it as well."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (row for row in status.read_text().splitlines() if row.startswith("VmHWM:"))
        return int(line.split()[1]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main(sys.argv[1])
