"""Real processes and a real cluster: the bytes of a single run, whatever happens to a worker."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from bot.adapters.scorer.processes import LocalExecutor
from bot.domain.board import BoardId
from bot.errors import ServiceUnavailable
from bot.metrics import registry
from bot.metrics.base import Equipment
from bot.pipeline.scoring.score import score_predictions
from bot.ports import Executor
from tests.require import require

CHECKOUT = Path(__file__).resolve().parents[2]
TERSE = CHECKOUT / "submissions" / "sample-terse"
ALONE = Equipment(search_path="/nowhere")
METRICS = tuple(each.id for each in registry.METRICS if registry.availability(each, ALONE) is None)
STUDIES = 6000
TIMEOUT_S = 120

CLUSTER = """
import json, os, sys
from distributed import Client, LocalCluster

if __name__ == "__main__":
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None,
        host="127.0.0.1", local_directory=sys.argv[1],
    ) as cluster, Client(cluster) as client:
        client.wait_for_workers(2)
        workers = list(client.run(os.getpid).values())
        print(json.dumps({"address": cluster.scheduler_address, "workers": workers}), flush=True)
        sys.stdin.read()
"""


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(CHECKOUT), "NO_COLOR": "1"}


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[int]]]:
    """The address of a scheduler with two worker processes, and their process ids."""
    has_dask = importlib.util.find_spec("distributed")
    require(has_dask, "no Dask here; install it: pip install 'rexrank-bot[dask]'")
    script = tmp_path / "cluster.py"
    script.write_text(CLUSTER)
    process = subprocess.Popen(
        (sys.executable, str(script), str(tmp_path / "spill")),
        env=environment(),
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        started = json.loads(process.stdout.readline())
        yield started["address"], started["workers"]
    finally:
        process.stdin.close()
        process.stdout.close()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def make_reports(n: int, seed: int) -> dict[str, str]:
    random = np.random.Generator(np.random.PCG64(seed))
    words = np.array([f"word{number}" for number in range(200)])
    texts = words[random.integers(0, len(words), size=(n, 60))]
    return {f"s{number}": " ".join(row) + "." for number, row in enumerate(texts)}


def hash_scores(
    executor: Executor | None = None, progress: Callable[[str, int, int], None] | None = None
) -> str:
    """Return the hash of both files of a run that takes a while."""
    from bot.domain.per_study import encode_table

    scorecard, table = score_predictions(
        make_reports(STUDIES, 1),
        make_reports(STUDIES, 2),
        board=BoardId("mini", "findings"),
        predictions_sha256="0" * 64,
        metrics=METRICS,
        equipment=Equipment(),
        progress=progress,
        executor=executor,
    )
    return hashlib.sha256(scorecard.to_json() + encode_table(table)).hexdigest()


@pytest.fixture(scope="module")
def single_run() -> str:
    return hash_scores()


class Killer:
    """Kills a process, once, when the first part of the work is finished."""

    def __init__(self, choose: Callable[[], int]) -> None:
        self.choose = choose
        self.killed_at: tuple[int, int] | None = None
        self.parts = 0

    def __call__(self, metric: str, done: int, of: int) -> None:
        self.parts += 1
        if self.killed_at is None:
            os.kill(self.choose(), signal.SIGKILL)
            self.killed_at = (done, of)


def check_killed_midway(killer: Killer) -> None:
    assert killer.killed_at is not None
    done, of = killer.killed_at
    assert done == 1
    assert killer.parts == of > 50


def test_local_processes_give_the_bytes_of_a_single_run(single_run: str) -> None:
    assert hash_scores(LocalExecutor(2)) == single_run
    assert not multiprocessing.active_children()


def test_a_killed_local_process_loses_nothing(single_run: str) -> None:
    def choose() -> int:
        pid = multiprocessing.active_children()[0].pid
        assert pid is not None
        return pid

    killer = Killer(choose)
    assert hash_scores(LocalExecutor(2), killer) == single_run
    check_killed_midway(killer)


def test_processes_that_are_always_killed_end_the_run() -> None:
    stop = threading.Event()

    def kill_all() -> None:
        while not stop.wait(0.01):
            for process in multiprocessing.active_children():
                process.kill()

    thread = threading.Thread(target=kill_all)
    thread.start()
    try:
        with pytest.raises(ServiceUnavailable, match="3 worker processes ended"):
            LocalExecutor(1).run(time.sleep, [60.0], lambda _: None)
    finally:
        stop.set()
        thread.join()


def test_a_dask_cluster_gives_the_bytes_of_a_single_run(
    cluster: tuple[str, list[int]], single_run: str
) -> None:
    from bot.adapters.scorer.dask import DaskExecutor

    told: list[tuple[int, int]] = []
    address, _ = cluster
    seen = hash_scores(DaskExecutor(address), lambda _, done, of: told.append((done, of)))
    assert seen == single_run
    assert [done for done, _ in told] == list(range(1, told[0][1] + 1))


def test_a_killed_dask_worker_loses_nothing(
    cluster: tuple[str, list[int]], single_run: str
) -> None:
    from bot.adapters.scorer.dask import DaskExecutor

    address, workers = cluster
    killer = Killer(lambda: workers[0])
    assert hash_scores(DaskExecutor(address), killer) == single_run
    check_killed_midway(killer)
    with pytest.raises(ProcessLookupError):
        os.kill(workers[0], 0)


def score_sample(output: Path, *words: str) -> dict[str, str]:
    """Return the hash of each file that `rexrank score` writes for a sample entry."""
    options = (word for name in METRICS for word in ("--metric", name))
    done = subprocess.run(
        (sys.executable, "-m", "bot", "score", str(TERSE), *options, *words, "--output", output),
        env=environment(),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    files = sorted(path for path in output.rglob("*") if path.is_file())
    return {
        str(path.relative_to(output)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def test_the_command_writes_the_same_files_however_it_is_shared(
    cluster: tuple[str, list[int]], tmp_path: Path
) -> None:
    alone = score_sample(tmp_path / "alone")
    assert {Path(name).name for name in alone} == {"scorecard.json", "per-study.npz"}
    assert score_sample(tmp_path / "jobs", "--jobs", "2") == alone
    assert score_sample(tmp_path / "cluster", "--scheduler", cluster[0]) == alone


def test_a_scheduler_that_is_not_there_exits_75() -> None:
    has_dask = importlib.util.find_spec("distributed")
    require(has_dask, "no Dask here; install it: pip install 'rexrank-bot[dask]'")
    from bot.adapters.scorer.dask import DaskExecutor

    with pytest.raises(ServiceUnavailable, match="the scheduler does not answer") as caught:
        DaskExecutor("tcp://127.0.0.1:9", timeout_s=1).run(len, ["a"], lambda _: None)
    assert caught.value.exit_status == 75


@pytest.mark.parametrize(
    "words", [("--jobs", "2", "--scheduler", "tcp://127.0.0.1:9"), ("--jobs", "0")]
)
def test_ways_of_sharing_that_do_not_go_together_exit_2(words: tuple[str, ...]) -> None:
    command = (sys.executable, "-m", "bot", "score", str(TERSE), *words)
    done = subprocess.run(
        command, env=environment(), cwd=CHECKOUT, capture_output=True, check=False
    )
    assert done.returncode == 2


INTERRUPTED = """
import sys, time
from bot.adapters.scorer.processes import LocalExecutor

if __name__ == "__main__":
    LocalExecutor(2).run(time.sleep, [0.0] * 2 + [600.0] * 4, lambda _: print("up", flush=True))
"""


IGNORING = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
"""Runs a script as a shell does that starts it in the background."""


@pytest.mark.parametrize(
    ("number", "starter"),
    [
        (signal.SIGINT, ()),
        (signal.SIGTERM, ()),
        (signal.SIGKILL, ()),
        (signal.SIGTERM, ("-c", IGNORING)),
        (signal.SIGKILL, ("-c", IGNORING)),
    ],
    ids=["SIGINT", "SIGTERM", "SIGKILL", "SIGTERM in the background", "SIGKILL in the background"],
)
def test_no_worker_outlives_the_run(
    number: signal.Signals, starter: tuple[str, ...], tmp_path: Path
) -> None:
    script = tmp_path / "run.py"
    script.write_text(INTERRUPTED)
    with subprocess.Popen(
        (sys.executable, *starter, str(script)),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            assert members_of(process.pid) > {process.pid}
            # As the terminal does: to the whole group; the workers leave it to the first process.
            if number == signal.SIGINT:
                os.killpg(process.pid, number)
            else:
                process.send_signal(number)
            process.wait()
            give_up = time.monotonic() + TIMEOUT_S
            while members_of(process.pid) and time.monotonic() < give_up:
                time.sleep(0.05)
            assert not members_of(process.pid)
        finally:
            end_group(process.pid)


def end_group(group: int) -> None:
    """End every process of a group, if one is left."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def members_of(group: int) -> set[int]:
    """Return the living processes of a process group."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            _, _, rest = stat.read_text().rpartition(")")
        except (FileNotFoundError, ProcessLookupError):
            continue
        state, _, its_group = rest.split()[:3]
        if int(its_group) == group and state != "Z":
            found.add(int(stat.parent.name))
    return found
