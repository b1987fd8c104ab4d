# ruff: noqa: INP001 - a script, not a package
"""Run the three commands of `make demo` and draw what they print as docs/pictures/demo.svg.

    .venv/bin/python docs/pictures/make_demo.py

Nothing is typed by hand: the picture is what the commands print, each line cut at the right edge
and each command after its first lines.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

CHECKOUT = Path(__file__).resolve().parents[2]
PICTURE = Path(__file__).resolve().with_name("demo.svg")
COLUMNS = 104
ATTENTIVE, TERSE = "submissions/sample-attentive", "submissions/sample-terse"
SCORES = "out/demo/scores"

COMMANDS = (
    (("validate", ATTENTIVE), 5),
    (("score", ATTENTIVE, TERSE, "--output", SCORES), 11),
    (("preview", ATTENTIVE, "--scores", SCORES), 21),
)
"""What is typed, and how many lines of the answer are shown."""

# The picture asks no server for a font: the reader's own monospace does.
FORMAT = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)


def run(arguments: tuple[str, ...], output: str) -> list[str]:
    """Return what a command prints, with the demo's output folder somewhere else."""
    words = [output if word == SCORES else word for word in arguments]
    done = subprocess.run(
        (sys.executable, "-m", "bot", *words),
        cwd=CHECKOUT,
        env={**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(CHECKOUT)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def draw() -> str:
    """Return the picture."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    with tempfile.TemporaryDirectory() as output:
        for arguments, shown in COMMANDS:
            console.print(Text(f"$ rexrank {' '.join(arguments)}", style="bold green"))
            lines = run(arguments, output)
            for line in lines[:shown]:
                console.print(Text(line), overflow="ellipsis", no_wrap=True)
            if len(lines) > shown:
                console.print(Text(f"... {len(lines) - shown} more lines", style="dim"))
            console.print()
    return console.export_svg(title="make demo", code_format=FORMAT, unique_id="demo")


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
    sys.stderr.write(f"wrote {PICTURE.relative_to(CHECKOUT)}\n")
