"""The project's Markdown pages: their links, and the commands in them that are to be run.

A fenced block is run when the line above it is `<!-- runnable -->`. After a comma stands the exit
status of its last command when that is not 0, after a semicolon a command that goes before:

    <!-- runnable, exit 1; first: cp sample.json predictions.json -->

A `console` block holds `$ command` lines and what they print, on either stream; `...` stands for
anything. A `sh` block is run as a whole, and everything in it must succeed.

A block below `<!-- file: PATH -->` is the whole content of that file. A `diff` block below
`<!-- change: PATH -->` changes it: hunks apart from each other by a line `...`, each of which must
fit in exactly one place.
"""

from __future__ import annotations

import re
import subprocess
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

CHECKOUT = Path(__file__).resolve().parents[2]

TIMEOUT_S = 600

_BLOCK = re.compile(
    r"^(?P<indent> *)<!-- (?P<verb>runnable|file|change)(?P<rest>[^\n]*) -->\n"
    r"(?P=indent)```(?P<language>\w+)\n(?P<body>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
_RUN = re.compile(r"(?:, exit (?P<status>\d+))?(?:; first: (?P<first>.+))?")
_MARK = re.compile(r"^ *<!-- (?:runnable|file:|change:)", re.MULTILINE)
_LINK = re.compile(r"\]\(<?([^)>\s]+)>?\)")


class Step(Protocol):
    """One thing that a reader of a page does."""

    def follow(self, checkout: Path, environment: Mapping[str, str]) -> None:
        """Do it in a checkout; raises AssertionError when it does not go as the page says."""


@dataclass(frozen=True)
class Command:
    """Something that is typed, and what must come of it."""

    command: str
    """What a shell is given."""
    printed: str | None
    """What must be printed, `...` standing for anything; None when that is not shown."""
    status: int
    """Exit status."""
    place: str
    """Page and line, for the message of a failing test."""

    def follow(self, checkout: Path, environment: Mapping[str, str]) -> None:
        """Run it, and compare what it prints."""
        done = subprocess.run(
            ("bash", "-c", self.command),
            cwd=checkout,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        seen = f"{self.place}\n$ {self.command}\n{done.stdout}"
        assert done.returncode == self.status, seen
        if self.printed is not None:
            assert is_shown(self.printed, done.stdout), f"{seen}\nthe page shows\n{self.printed}"


@dataclass(frozen=True)
class NewFile:
    """A file that is written."""

    path: str
    """From the root of the checkout."""
    content: str
    """All of it."""

    def follow(self, checkout: Path, environment: Mapping[str, str]) -> None:
        """Write it."""
        target = checkout / self.path
        assert not target.exists(), f"{self.path} is there already"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(self.content, encoding="utf-8")


@dataclass(frozen=True)
class Change:
    """Lines that are added to a file, or taken from it."""

    path: str
    """From the root of the checkout."""
    hunks: tuple[str, ...]
    """Lines that begin with a space, a plus or a minus, as a diff has them."""

    def follow(self, checkout: Path, environment: Mapping[str, str]) -> None:
        """Make the change."""
        target = checkout / self.path
        text = target.read_text(encoding="utf-8")
        for hunk in self.hunks:
            lines = hunk.splitlines(keepends=True)
            old = "".join(line[1:] for line in lines if line[0] in " -")
            new = "".join(line[1:] for line in lines if line[0] in " +")
            assert text.count(old) == 1, f"not in one place of {self.path}:\n{hunk}"
            text = text.replace(old, new)
        target.write_text(text, encoding="utf-8")


def pages() -> list[Path]:
    """Return every page that people read."""
    found = [*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md")]
    return sorted(found)


def steps_of(page: Path) -> list[Step]:
    """Return what a page has its reader do, in its order."""
    text = page.read_text(encoding="utf-8")
    blocks = list(_BLOCK.finditer(text))
    if len(blocks) != len(_MARK.findall(text)):
        raise ValueError(f"{page}: a mark stands above no block")
    steps: list[Step] = []
    for block in blocks:
        place = f"{page.relative_to(CHECKOUT)}:{text[: block.start()].count(chr(10)) + 2}"
        body, rest = textwrap.dedent(block["body"]), block["rest"]
        match block["verb"], block["language"]:
            case "runnable", "console" | "sh" as language:
                steps += commands_of(body, language, rest, place)
            case "file", _:
                steps.append(NewFile(rest.removeprefix(": "), body))
            case "change", "diff":
                # An editor takes the space of an empty line of a diff away.
                full = re.sub(r"^$", " ", body.removesuffix("\n"), flags=re.MULTILINE) + "\n"
                hunks = tuple(full.split("...\n"))
                steps.append(Change(rest.removeprefix(": "), hunks))
            case verb, language:
                raise ValueError(f"{place}: a {language} block cannot be marked {verb}")
    return steps


def commands_of(body: str, language: str, options: str, place: str) -> Iterator[Command]:
    """Yield the commands of a block."""
    read = _RUN.fullmatch(options)
    if read is None:
        raise ValueError(f"{place}: {options!r} is not understood")
    status = int(read["status"] or 0)
    if read["first"]:
        yield Command(read["first"], None, 0, place)
    if language == "sh":
        yield Command(f"set -eu\n{body}", None, status, place)
        return
    first, *typed = re.split(r"^\$ ", body, flags=re.MULTILINE)
    if first or not typed:
        raise ValueError(f"{place}: a console block begins with `$ `")
    for number, each in enumerate(typed, start=1):
        command, _, printed = each.partition("\n")
        yield Command(command, printed, status if number == len(typed) else 0, place)


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
