"""Links lead somewhere, generated pages are as the program makes them, the papers are in order."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from bot import __version__
from tests.docs.pages import CHECKOUT, anchors_of, pages, relative_links

SOURCE = "https://github.com/"


def load_script(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(Path(path).stem, CHECKOUT / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    for link in relative_links(page):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), f"{link}: there is no {target.relative_to(CHECKOUT)}"
        assert target.is_relative_to(CHECKOUT), link
        if anchor and target.suffix == ".md":
            assert anchor in anchors_of(target), f"{link}: no such heading"


def test_every_page_can_be_found_from_the_overview() -> None:
    reached, todo = set(), [CHECKOUT / "docs/README.md"]
    while todo:
        page = todo.pop()
        reached.add(page)
        for link in relative_links(page):
            target = (page.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.is_file() and target not in reached:
                todo.append(target)
    assert set((CHECKOUT / "docs").rglob("*.md")) <= reached


def test_the_page_of_commands_is_the_committed_one() -> None:
    made = load_script("docs/reference/make_pages.py").render()
    path = CHECKOUT / "docs/reference/cli.md"
    assert path.read_text(encoding="utf-8") == made, "run: python docs/reference/make_pages.py"


def test_the_picture_names_no_server() -> None:
    picture = (CHECKOUT / "docs/pictures/demo.svg").read_text(encoding="utf-8")
    assert "url(http" not in picture
    assert "rexrank" in picture


def test_the_picture_shows_the_commands_of_the_demo() -> None:
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8").replace("$(OUT)", "out/demo")
    for arguments, _ in load_script("docs/pictures/make_demo.py").COMMANDS:
        assert f"run rexrank {' '.join(arguments)}\n" in makefile


def test_the_readme_is_short() -> None:
    assert len((CHECKOUT / "README.md").read_text(encoding="utf-8").splitlines()) < 150


def test_every_decision_is_numbered_listed_and_has_its_parts() -> None:
    folder = CHECKOUT / "docs/decisions"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    found = sorted(folder.glob("[0-9]*.md"))
    assert [int(page.name[:4]) for page in found] == list(range(1, len(found) + 1))
    for page in found:
        assert f"({page.name})" in listed
        text = page.read_text(encoding="utf-8")
        for part in ("## Context", "## Decision", "## Consequences"):
            assert part in text, f"{page.name}: {part}"


def test_every_test_that_the_threat_model_names_exists() -> None:
    page = (CHECKOUT / "docs/explanation/threat-model.md").read_text(encoding="utf-8")
    sources = "\n".join(p.read_text(encoding="utf-8") for p in (CHECKOUT / "tests").rglob("*.py"))
    names = set(re.findall(r"`(test_\w+)`", page))
    assert len(names) > 20
    assert {name for name in names if f"def {name}(" not in sources} == set()
    for example in re.findall(r"`(?:invalid|valid)/[\w-]+`", page):
        assert (CHECKOUT / "tests/examples" / example.strip("`")).is_dir(), example


def test_the_threat_model_has_every_row_once() -> None:
    page = (CHECKOUT / "docs/explanation/threat-model.md").read_text(encoding="utf-8")
    listed = [int(number) for number in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)]
    assert listed == [*range(1, 42), 46]


def test_the_changelog_has_this_version() -> None:
    text = (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")
    sections = re.findall(r"^## (\S+)", text, flags=re.MULTILINE)
    assert sections[0] == "Unreleased"
    assert __version__ in sections


def test_the_citation_is_in_order() -> None:
    citation = yaml.safe_load((CHECKOUT / "CITATION.cff").read_text(encoding="utf-8"))
    required = {"cff-version", "title", "message", "authors", "version", "license"}
    optional = {"abstract", "date-released", "keywords", "repository-code", "type"}
    assert required <= set(citation) <= required | optional
    assert citation["cff-version"] == "1.2.0"
    assert citation["version"] == __version__
    assert citation["license"] == "MIT"
    assert citation["type"] == "software"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", citation["date-released"])
    assert citation["repository-code"].startswith(SOURCE)
    assert all(set(a) <= {"name", "family-names", "given-names"} for a in citation["authors"])


def test_the_citation_keeps_the_schema_of_its_format() -> None:
    checker = Path(sys.executable).with_name("check-jsonschema")
    done = subprocess.run(
        (
            *(str(checker), "--builtin-schema", "vendor.citation-file-format"),
            str(CHECKOUT / "CITATION.cff"),
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_pre_commit_runs_local_hooks_only() -> None:
    config = yaml.safe_load((CHECKOUT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    (repository,) = config["repos"]
    assert repository["repo"] == "local"
    for hook in repository["hooks"]:
        assert {"id", "name", "entry", "language"} <= set(hook)
        assert hook["language"] == "system"
        assert hook["entry"].startswith(".venv/bin/")
