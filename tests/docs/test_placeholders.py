"""Nothing that people read is left unfinished.

Two rules. Nowhere stands a note to oneself (`TODO`) or a stand-in that was to be replaced before
anybody saw it (`YOUR_TOKEN`). And outside code a page has no word in capitals but the names below:
what the reader is to fill in (`OWNER/REPO`) stands in a command, so it stands in code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import CHECKOUT, pages

FOLDERS = (".github", "bot", "docs", "schemas")
TEXT = {
    "",
    ".cff",
    ".css",
    ".html",
    ".j2",
    ".js",
    ".json",
    ".md",
    ".py",
    ".toml",
    ".txt",
    ".xml",
    ".yaml",
    ".yml",
}

UNFINISHED = re.compile(
    r"""\b(?:
        TODO | FIXME | XXX | TBA | TBC | TBD | WIP | HACK | LOREM | PLACEHOLDER
      | (?:CHANGE|EDIT|FILL|REPLACE)_?ME
      | (?:INSERT|MY|SOME|YOUR)_[A-Z0-9_]+
      | [A-Z0-9_]+_HERE
      | [A-Z]{2,}(?:NUMBER|RESULT|VALUE)S?
    )\b | \?\?\?""",
    re.VERBOSE,
)

CODE = re.compile(
    r"""^(?P<indent>[ ]*)(?P<fence>```+).*?^(?P=indent)(?P=fence)[ ]*$  # a block
      | (?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)                      # a span
      | <!--.*?--> | (?<=\])\([^)]*\) | <https?:[^>]*>                  # comments and addresses""",
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
CAPITALS = re.compile(r"(?<![\w-])[A-Z][A-Z0-9]{2,}(?!\w)")
RULE_OF_RUFF = re.compile(r"[A-Z]{1,3}\d{3,4}")
NAMES = {
    word
    for words in (
        # formats, protocols, licences
        "API ASCII BOM CC0 CODEOWNERS CPU CSV GPU HTML HTTP ICU JSON MIT NFKC NUL REST SBOM SHA",
        "SIGKILL SPDX SVG TLS URL UTC UTF UTS X25519 YAML",
        # metrics, models, datasets, and where they were published
        "ACL BLEU CLS CRIMSON CVPR CXR EMNLP GPT4V GREEN ICLR METEOR MIMIC MLHC ROUGE WMT",
        # this project's own files, and its name in capitals
        "CHANGELOG CITATION CONTRIBUTING README REXRANK SECURITY",
        # how the reference of the commands shows an argument
        "CODE FILE FOLDER FOLDERS HOST NAME NUMBER OUTPUT OWNER",
    )
    for word in words.split()
}


def public_files() -> list[Path]:
    """Return every file with words that are published: pages, the program, workflows, schemas."""
    found = [*CHECKOUT.glob("*.md"), CHECKOUT / "CITATION.cff", CHECKOUT / "pyproject.toml"]
    for folder in FOLDERS:
        found += [path for path in (CHECKOUT / folder).rglob("*") if path.is_file()]
    return sorted(path for path in found if path.suffix in TEXT)


def blank(text: str, pattern: re.Pattern[str]) -> str:
    """Return the text without what the pattern finds, every line still where it was."""
    return pattern.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def unfinished(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the word of each note to oneself."""
    for number, line in enumerate(text.splitlines(), start=1):
        yield from ((number, found[0]) for found in UNFINISHED.finditer(line))


def strange_capitals(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the word of what stands in a page's prose in capitals and is no name."""
    for number, line in enumerate(blank(text, CODE).splitlines(), start=1):
        for found in CAPITALS.finditer(line):
            if found[0] not in NAMES and not RULE_OF_RUFF.fullmatch(found[0]):
                yield number, found[0]


def test_nothing_that_is_published_is_left_unfinished() -> None:
    left = [
        f"{path.relative_to(CHECKOUT)}:{number}: {word}"
        for path in public_files()
        for number, word in unfinished(path.read_text(encoding="utf-8"))
    ]
    assert not left, "finish these, or take them out:\n" + "\n".join(left)


def test_no_page_has_a_stand_in_in_capitals() -> None:
    left = [
        f"{page.relative_to(CHECKOUT)}:{number}: {word}"
        for page in pages()
        for number, word in strange_capitals(page.read_text(encoding="utf-8"))
    ]
    assert not left, "write what is meant, or set what readers fill in as code:\n" + "\n".join(left)


@pytest.mark.parametrize(
    "line",
    [
        "- Scores are cached (TODO: how long?)",
        "# FIXME: reads the file twice",
        "| Time | TBD |",
        "It took ??? seconds.",
        "export REXRANK_TOKEN=YOUR_TOKEN",
        "image: ghcr.io/CHANGE_ME/scorer",
        "`rexrank score PATH_HERE`",
        "All tests pass in CIRESULT.",
    ],
)
def test_a_note_to_oneself_is_found_in_code_and_in_prose(line: str) -> None:
    assert [number for number, _ in unfinished(f"First.\n{line}\n")] == [2]


def test_a_stand_in_is_found_in_prose_and_read_as_the_readers_in_code() -> None:
    page = (
        "Merged as PRLINK.\n\n```sh\nrexrank report OWNER/REPO PRLINK\n```\n\nSee `PRLINK`, JSON.\n"
    )
    assert list(strange_capitals(page)) == [(1, "PRLINK")]


def test_the_program_and_its_pages_are_among_what_is_looked_at() -> None:
    found = {str(path.relative_to(CHECKOUT)) for path in public_files()}
    assert {"CHANGELOG.md", "bot/cli/app.py", "docs/README.md", ".github/workflows/ci.yml"} <= found
    assert "schemas" in {name.partition("/")[0] for name in found}
