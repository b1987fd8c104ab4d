# ruff: noqa: INP001 - a script, not a package
"""Draw the pictures of the web site: python docs/pictures/make_site.py."""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from PIL import Image

FOLDER = Path(__file__).resolve().parent
CHECKOUT = FOLDER.parents[1]
sys.path.insert(0, str(CHECKOUT))

# Found only after the line above.
from tests.browser import MISSING, build_shipped, open_browser, serve  # noqa: E402
from tests.system_parts import find_executable  # noqa: E402

COLOURS = 96
SCREEN, TELEPHONE = 1280, 390


class Shot(NamedTuple):
    """One view of a page."""

    path: str
    """Its address, from the site's root."""
    width: int = SCREEN
    """Width of the window, in pixels."""
    height: int = 860
    """Height of the window, in pixels."""
    dark: bool = False
    """Whether the system is dark."""
    top: str = ""
    """Element that is brought to the top of the window."""


PICTURES: dict[str, tuple[Shot, ...]] = {
    "site-overview": (Shot(""),),
    "site-ranks": (Shot("", top="#ranks"),),
    "site-board": (Shot("boards/iu-xray.findings/"),),
    "site-plots": (Shot("boards/iu-xray.findings/", top="#agreement", height=900),),
    "site-telephone": (
        Shot("", TELEPHONE),
        Shot("boards/rexgradient.findings/", TELEPHONE, top="#table"),
        Shot("boards/rexgradient.findings/", TELEPHONE, dark=True, top="#forest"),
    ),
}
"""Name of each picture, and the views that stand in it from left to right."""


def draw(address: str) -> dict[str, bytes]:
    """Return each picture as PNG."""
    pictures = {}
    with open_browser() as browser:
        for name, shots in PICTURES.items():
            views = []
            for shot in shots:
                page = browser.new_page(
                    viewport={"width": shot.width, "height": shot.height},
                    color_scheme="dark" if shot.dark else "light",
                )
                page.goto(address + shot.path)
                if shot.top:
                    page.locator(shot.top).evaluate("e => e.scrollIntoView()")
                views.append(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
                page.close()
            pictures[name] = to_png(beside_each_other(views))
    return pictures


def beside_each_other(views: list[Image.Image]) -> Image.Image:
    """Return one picture of all views, with a little room between them."""
    gap = 24
    width = sum(view.width for view in views) + gap * (len(views) - 1)
    picture = Image.new("RGB", (width, max(view.height for view in views)), "white")
    left = 0
    for view in views:
        picture.paste(view, (left, 0))
        left += view.width + gap
    return picture


def to_png(picture: Image.Image) -> bytes:
    """Return a picture as a small PNG of few colours."""
    few = picture.quantize(COLOURS, dither=Image.Dither.NONE)
    data = io.BytesIO()
    few.save(data, "PNG", optimize=True)
    return data.getvalue()


if __name__ == "__main__":
    if find_executable("chromium") is None:
        sys.exit(MISSING)
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(build_shipped(Path(folder) / "site")) as address,
    ):
        for name, data in draw(address).items():
            (FOLDER / f"{name}.png").write_bytes(data)
            sys.stderr.write(f"wrote docs/pictures/{name}.png, {len(data) // 1024} KB\n")
