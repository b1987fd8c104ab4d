"""The page about the architecture names modules that exist, every package, and the floors."""

from __future__ import annotations

import itertools
import re
import tomllib

import pytest

from tests.docs.pages import CHECKOUT

PAGE = (CHECKOUT / "docs/explanation/architecture.md").read_text(encoding="utf-8")
BOT = CHECKOUT / "bot"
FLOORS = "|".join(path.name for path in BOT.iterdir() if path.is_dir() and path.name[0] not in "._")
NAMED = set(re.findall(rf"`(?:bot/)?((?:{FLOORS})(?:/\w+)+)(?:\.py)?`", PAGE))
PICTURE = PAGE.partition("```text\n")[2].partition("```")[0]
ROOMS = set(re.findall(r"^\| `(bot/[\w/]+)` \|", PAGE, re.MULTILINE))


@pytest.mark.parametrize("name", sorted(NAMED))
def test_every_module_that_the_page_names_exists(name: str) -> None:
    assert (BOT / f"{name}.py").is_file() or (BOT / name).is_dir()


def test_every_package_is_on_the_page() -> None:
    packages = {path.parent.relative_to(BOT).as_posix() for path in BOT.glob("*/**/__init__.py")}
    floors = {name for name in packages if "/" not in name}
    assert {f"bot/{name}" for name in packages - floors} <= ROOMS
    assert all(re.search(rf"\b{name}\b", PICTURE) for name in floors)
    assert all((CHECKOUT / name).is_dir() for name in ROOMS)


def test_the_floors_are_those_that_are_enforced() -> None:
    settings = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    enforced = [re.findall(r"bot\.(\w+)", layer) for layer in layers]
    places = [[PICTURE.index(f"{name} ") for name in layer] for layer in enforced]
    for above, below in itertools.pairwise(places):
        assert max(above) < min(below)
