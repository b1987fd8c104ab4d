"""Fuzz for a time: `python -m tests.fuzz --seconds 60 [TARGET ...]`.

With atheris, which instruments the program and follows its branches, where it is installed; with
hypothesis alone where it is not. An input that raises is written to out/fuzz/.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import time

from tests.fuzz.targets import TARGETS


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []])
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    options = parser.parse_args()
    has_atheris = importlib.util.find_spec("atheris") is not None
    print("with atheris" if has_atheris else "atheris is not installed: with hypothesis alone")
    failed = []
    for target in options.targets or TARGETS:
        run = start_atheris if has_atheris else fuzz_with_hypothesis
        sound = run(target, options.seconds)
        print(f"{target}: {'sound' if sound else 'FAILED'}", flush=True)
        failed += [] if sound else [target]
    return 1 if failed else 0


def start_atheris(target: str, seconds: int) -> bool:
    """Return whether a target is sound, in a process that its instruments do not leave."""
    words = ("-m", "tests.fuzz.with_atheris", target, str(seconds))
    return subprocess.run((sys.executable, *words), check=False).returncode == 0


def fuzz_with_hypothesis(target: str, seconds: int) -> bool:
    from hypothesis import HealthCheck, given, settings

    from tests.fuzz.seeds import inputs

    end = time.monotonic() + seconds
    count = 0

    @settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
    @given(inputs(target))
    def run(data: bytes) -> None:
        nonlocal count
        count += 1
        TARGETS[target](data)

    while time.monotonic() < end:
        try:
            run()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what was looked for
            print(f"{target}: {error!r}\n{getattr(error, '__notes__', '')}")
            return False
    print(f"{target}: {count:,} inputs")
    return True


if __name__ == "__main__":
    sys.exit(main())
