"""The project's Markdown pages: their links, and the commands in them that are to be run.

A fenced block is run when the line above it is `<!-- runnable -->`. After a comma stands the exit
status of its last command when that is not 0, after a semicolon a command that goes before:

    <!-- runnable, exit 1; first: cp sample.json predictions.json -->

A `console` block holds `$ command` lines and what they print, on either stream; `...` stands for
anything. A `sh` block is run as a whole, and everything in it must succeed.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]

_BLOCK = re.compile(
    r"^(?P<indent> *)<!-- runnable(?:, exit (?P<status>\d+))?(?:; first: (?P<first>[^\n]*?))? -->\n"
    r"(?P=indent)```(?P<language>console|sh)\n(?P<body>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
_MARK = re.compile(r"^ *<!-- runnable\b", re.MULTILINE)
_LINK = re.compile(r"\]\(<?([^)>\s]+)>?\)")


@dataclass(frozen=True)
class Step:
    """One thing that is typed, and what must come of it."""

    command: str
    """What a shell is given."""
    printed: str | None
    """What must be printed, `...` standing for anything; None when that is not shown."""
    status: int
    """Exit status."""
    place: str
    """Page and line, for the message of a failing test."""


def pages() -> list[Path]:
    """Return every page that people read."""
    found = [*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md")]
    return sorted(found)


def steps_of(page: Path) -> list[Step]:
    """Return what a page has to run, in its order."""
    text = page.read_text(encoding="utf-8")
    blocks = list(_BLOCK.finditer(text))
    if len(blocks) != len(_MARK.findall(text)):
        raise ValueError(f"{page}: a block is marked runnable and is no console or sh block")
    steps = []
    for block in blocks:
        place = f"{page.relative_to(CHECKOUT)}:{text[: block.start()].count(chr(10)) + 2}"
        status = int(block["status"] or 0)
        body = textwrap.dedent(block["body"])
        if block["first"]:
            steps.append(Step(block["first"], None, 0, place))
        if block["language"] == "sh":
            steps.append(Step(f"set -eu\n{body}", None, status, place))
            continue
        first, *typed = re.split(r"^\$ ", body, flags=re.MULTILINE)
        if first or not typed:
            raise ValueError(f"{place}: a console block begins with `$ `")
        for number, each in enumerate(typed, start=1):
            command, _, printed = each.partition("\n")
            steps.append(Step(command, printed, status if number == len(typed) else 0, place))
    return steps


def is_shown(shown: str, printed: str) -> bool:
    """Return whether a command printed what a page shows.

    Example:
        >>> is_shown("a\\n...\\nz ... z\\n", "a\\nb\\nc\\nz 1 z\\n")
        True
        >>> is_shown("a\\n", "a\\nb\\n")
        False
    """
    pattern = ""
    for line in shown.rstrip("\n").split("\n"):
        if line == "...":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*?".join(re.escape(part) for part in re.split(r" ?\.\.\.", line)) + r"\n"
    if not shown.strip("\n"):
        pattern = ""
    text = printed if printed.endswith("\n") or not printed else f"{printed}\n"
    return re.fullmatch(pattern, text) is not None


def relative_links(page: Path) -> list[str]:
    """Return the links of a page that lead to other files or headings of the project."""
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return [link for link in _LINK.findall(text) if not re.match(r"[a-z]+:", link)]


def anchors_of(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    found: set[str] = set()
    for heading in re.findall(r"^#+ +(.*)$", text, flags=re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        number = 0
        while (name := f"{slug}-{number}" if number else slug) in found:
            number += 1
        found.add(name)
    return found
