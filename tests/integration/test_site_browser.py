"""The site in a real browser: sorting, filters, links, keyboard, telephone, dark, no script."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import MISSING, build_shipped, open_browser, serve
from tests.require import require
from tests.system_parts import find_executable

CHECKOUT = Path(__file__).resolve().parents[2]
AXE = CHECKOUT / "tests/npm/node_modules/axe-core/axe.min.js"
BOARD = "boards/iu-xray.findings/"
PAGES = (
    "",
    BOARD,
    "boards/mini.findings/",
    "models/sample-attentive/",
    "models/published.chexpertplus-chex/",
    "compare/?a=sample-attentive&b=sample-terse",
    "compare/iu-xray.findings/",
    "compare/mini.findings/",
    "metrics/",
    "metrics/green/",
    "questions/",
    "changes/",
    "submit/",
    "faq/",
    "about/",
)
TELEPHONE, SCREEN = 390, 1280


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(build_shipped(tmp_path_factory.mktemp("browser") / "site")) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    require(find_executable("chromium"), MISSING)
    with open_browser() as found:
        yield found


@contextmanager
def opened(
    browser: Browser,
    address: str,
    *,
    width: int = SCREEN,
    dark: bool = False,
    script: bool = True,
) -> Iterator[Page]:
    """Yield a page; a message of the console, an error or a foreign request fails the test."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        java_script_enabled=script,
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    host = "/".join(address.split("/")[:3]) + "/"
    try:
        page.goto(address)
        yield page
        assert complaints == []
        assert [url for url in requests if not url.startswith(host)] == []
    finally:
        context.close()


def column(page: Page, number: int) -> list[str]:
    cells = page.locator(f"#board-table tbody tr:visible > :nth-child({number})")
    return [text.strip() for text in cells.all_inner_texts()]


def head(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def is_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.mark.parametrize(("width", "dark"), [(SCREEN, False), (TELEPHONE, True)])
def test_axe_finds_nothing(browser: Browser, site: str, width: int, dark: bool) -> None:
    require(AXE.is_file(), "axe-core is not installed; run: (cd tests/npm && npm ci)")
    axe = AXE.read_text(encoding="utf-8")
    found = []
    for path in PAGES:
        with opened(browser, site + path, width=width, dark=dark) as page:
            if path.startswith("compare/?"):
                page.locator("#comparison table").first.wait_for()
            # The browser's own channel, which the page's policy does not bind.
            page.evaluate(axe)
            result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            found += [
                (path, rule["id"], node["html"][:200], node["failureSummary"])
                for rule in result["violations"]
                for node in rule["nodes"]
            ]
            assert len(result["passes"]) > 10
            assert not is_wide(page), path
    assert found == []


def test_sorting_changes_the_order_and_no_rank(browser: Browser, site: str) -> None:
    with opened(browser, site + BOARD) as page:
        ranks = dict(zip(column(page, 2), column(page, 1), strict=True))
        head(page, "GREEN")
        values = [float(text) for text in column(page, 10)]
        assert values == sorted(values, reverse=True)
        assert dict(zip(column(page, 2), column(page, 1), strict=True)) == ranks
        assert page.get_by_role("columnheader", name="GREEN").get_attribute("aria-sort") == (
            "descending"
        )
        head(page, "GREEN")
        values = [float(text) for text in column(page, 10)]
        assert values == sorted(values)
        head(page, "RadCliQ-v1 (lower is better)")
        values = [float(text) for text in column(page, 3)]
        assert values == sorted(values)
        head(page, "Model")
        names = [text.split("\n")[0].lower() for text in column(page, 2)]
        assert names[0].startswith("biomedgpt")
        head(page, "Rank")
        assert [int(text) for text in column(page, 1)] == list(range(1, 32))


def test_a_missing_value_is_last_whichever_way_is_sorted(browser: Browser, site: str) -> None:
    with opened(browser, site) as page:
        name = "MIMIC-CXR: findings and impression"
        for _ in range(2):
            page.get_by_role("button", name=name).click()
            cells = page.locator("#ranks-table tbody tr > :nth-child(5)").all_inner_texts()
            missing = [text.strip() == "-" for text in cells]
            assert any(missing)
            assert missing == sorted(missing)


def test_a_filter_says_how_many_it_hides_and_a_link_shows_the_same(
    browser: Browser, site: str
) -> None:
    with opened(browser, site + BOARD) as page:
        page.get_by_label("Search").fill("stanford")
        assert page.locator("output .count").inner_text() == "26 hidden"
        head(page, "BLEU-2")
        shown, address = column(page, 2), page.url
        assert len(shown) == 5
        assert "q=stanford" in address
        assert "sort=bleu2" in address
    with opened(browser, address) as page:
        assert column(page, 2) == shown
        assert page.get_by_label("Search").input_value() == "stanford"
        assert page.get_by_label("Scores").input_value() == ""
        page.get_by_role("button", name="Show all").click()
        page.get_by_text("0 hidden").wait_for()
        assert len(column(page, 2)) == 31
        assert "q=" not in page.url
        assert "sort=bleu2" in page.url


def test_models_trained_on_the_dataset_can_be_hidden(browser: Browser, site: str) -> None:
    with opened(browser, f"{site}boards/mimic-cxr.findings/?trained=no") as page:
        assert page.locator("output .count").inner_text() != "0 hidden"
        assert not any("†" in text for text in column(page, 2))


def test_an_address_that_somebody_made_up_does_no_harm(browser: Browser, site: str) -> None:
    made_up = "?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&origin=nobody&sort=__proto__&trained=%00"
    with opened(browser, site + BOARD + made_up) as page:
        page.get_by_text("31 hidden").wait_for()
        assert page.locator("img").count() == 0
    with opened(browser, f"{site}compare/?a=__proto__&b=%3Cb%3E") as page:
        page.locator("#comparison table").first.wait_for()


def test_everything_can_be_done_with_the_keyboard(browser: Browser, site: str) -> None:
    with opened(browser, site + BOARD) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        focused: list[str] = []
        for _ in range(80):
            page.keyboard.press("Tab")
            text = str(page.evaluate("document.activeElement.textContent"))
            focused.append(text)
            if text.startswith("GREEN"):
                break
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
        page.keyboard.press("Enter")
        values = [float(text) for text in column(page, 10)]
        assert values == sorted(values, reverse=True)
        assert str(page.evaluate("document.activeElement.textContent")).startswith("GREEN")


def test_any_two_models_can_be_compared_and_the_link_sent(browser: Browser, site: str) -> None:
    with opened(browser, f"{site}compare/") as page:
        page.get_by_label("First").select_option("sample-attentive")
        page.get_by_label("Second").select_option("sample-terse")
        page.get_by_text("p <0.001, told apart").wait_for()
        address = page.url
    with opened(browser, address) as page:
        page.get_by_text("p <0.001, told apart").wait_for()
        assert page.get_by_role("heading", name="Mini (synthetic): findings").count() == 1
        page.get_by_label("Second").select_option("published.maira-2")
        page.get_by_text("Boards in common: 0").wait_for()
        page.get_by_label("First").select_option("published.unirg-cxr")
        page.get_by_text("Boards in common: 4").wait_for()
        assert page.get_by_text("Not tested: at least one").count() == 4
        page.get_by_label("First").select_option("published.maira-2")
        page.get_by_text("Choose two different models").wait_for()


def test_without_a_script_everything_is_there_to_read(browser: Browser, site: str) -> None:
    with opened(browser, site + BOARD, script=False) as page:
        assert len(column(page, 2)) == 31
        assert page.locator("form:visible, button:visible").count() == 0
        assert page.locator(".forest tbody tr").count() == 31
    with opened(browser, f"{site}compare/", script=False) as page:
        page.get_by_text("needs JavaScript").wait_for()
        page.get_by_role("link", name="Mini (synthetic): findings", exact=True).click()
        assert page.locator(".matrix tbody tr").count() == 2
        assert page.get_by_text("<0.001").count() == 2


def test_dark_follows_the_system_and_the_reader(browser: Browser, site: str) -> None:
    shade = "getComputedStyle(document.body).backgroundColor"
    with opened(browser, site) as page:
        light = page.evaluate(shade)
    with opened(browser, site, dark=True) as page:
        dark = page.evaluate(shade)
        assert dark != light
        page.get_by_role("button", name="Light").click()
        assert page.evaluate(shade) == light
        page.goto(f"{site}faq/")
        assert page.evaluate(shade) == light


def test_a_picture_keeps_its_print_on_a_telephone(browser: Browser, site: str) -> None:
    with opened(browser, site + BOARD, width=TELEPHONE) as page:
        names = page.locator(".chart .name:visible")
        assert names.count() > 5
        assert names.first.evaluate("e => getComputedStyle(e).fontSize") == "12px"
        box = page.locator("svg.chart").first.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= TELEPHONE


def test_the_policy_of_the_page_stops_what_is_written_into_it(browser: Browser, site: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(site)
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.broken = true";
            document.body.append(script);
            const image = "<img src=x onerror='window.broken = 1'>";
            document.body.insertAdjacentHTML("beforeend", image);
        }"""
    )
    page.wait_for_timeout(100)
    assert page.evaluate("window.broken") is None
    context.close()
