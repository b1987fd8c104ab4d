"""What pages list is all that there is: commands in comments, kinds of trouble, variables."""

from __future__ import annotations

import re
from typing import get_args

from bot.domain.repository_setup import VARIABLES, WRITER_SECRETS
from bot.domain.trouble import TroubleKind
from bot.render.pull_request.answers import HELP
from tests.docs.pages import CHECKOUT

FIRST_CELL = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)
SET_BY_THE_PROGRAM = {"REXRANK_GIT_TOKEN", "REXRANK_IMAGE_DIGEST"}


def first_cells(page: str, heading: str = "") -> set[str]:
    text = (CHECKOUT / page).read_text(encoding="utf-8")
    section = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0] if heading else text
    return set(FIRST_CELL.findall(section))


def test_every_command_in_a_comment_has_a_row() -> None:
    assert first_cells("docs/how-to/commands.md") == set(FIRST_CELL.findall(HELP))


def test_every_kind_of_trouble_has_a_row() -> None:
    assert first_cells("docs/how-to/hygiene.md") == set(get_args(TroubleKind))


def test_every_variable_that_the_program_reads_has_a_row() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (CHECKOUT / "bot").rglob("*.py")]
    named = set(re.findall(r"\"(REXRANK_[A-Z_]+)\"", "\n".join(sources)))
    of_workflows = {*VARIABLES, *WRITER_SECRETS.values()}
    listed = first_cells("docs/reference/cli.md", "Environment variables")
    assert named - of_workflows - SET_BY_THE_PROGRAM <= listed
