from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.render.words.markdown import code, fence, link, one_line, text
from tests.unit.render.samples import ATTACK

GFM = MarkdownIt("gfm-like", {"linkify": False})
PIECES = st.sampled_from(
    [*"&<>|`[]()*_~#:@$\\!-+=.1 \n\t\"'{}^", "@team", "<!--", "-->", "www.", "https://a.example",
     "#12", "GH-1", "deadbeefcafe", "&#64;", "&amp;", "```", ":tada:", "$$", "\u202e", "\x00", "é"]
)  # fmt: skip
HOSTILE = st.one_of(st.text(), st.lists(PIECES).map("".join))


class Page(HTMLParser):
    """The visible text of a page and the elements in it."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[str] = []
        self.feed(GFM.render(markdown))
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


def seen(markdown: str) -> str:
    return re.sub(r"[ \n]+", " ", Page(markdown).text.replace("\u200b", "")).strip(" \n")


@given(HOSTILE)
@example(ATTACK)
def test_row_15_what_is_written_is_what_is_seen_in_a_paragraph_a_list_and_a_table(raw: str) -> None:
    wanted = one_line(raw)
    for shown in (text(raw), code(raw)):
        assert seen(f"x {shown} y").removeprefix("x").removesuffix("y").strip(" ") == wanted
        page = Page(f"- {shown}\n- second")
        assert page.tags.count("li") == 2
        assert set(page.tags) <= {"ul", "li", "code", "span"}
        table = Page(f"| a | b |\n| --- | --- |\n| {shown} | second |")
        assert table.tags.count("td") == 2
        assert set(table.tags) <= {*("table", "thead", "tbody", "tr", "th", "td"), "code", "span"}
        assert seen(f"| a |\n| --- |\n| {shown} |").removeprefix("a").strip(" ") == wanted


@given(HOSTILE)
@example(ATTACK)
def test_nothing_is_left_for_github_to_recognise(raw: str) -> None:
    shown = Page(text(raw)).text
    assert not re.search(
        r"@[\w]|#\d|GH-\d|:[\w+-]+:|://|www\.|[0-9a-f]{7}", shown, re.IGNORECASE | re.ASCII
    )
    assert not re.search(r"@\w|://|www\.", Page(code(raw)).text, re.IGNORECASE)
    assert "<!--" not in text(raw) + code(raw)
    assert "\n" not in text(raw) + code(raw)


@given(HOSTILE)
def test_a_link_shows_its_label_and_host_and_nothing_else(raw: str) -> None:
    markdown = f"x {link(raw, 'https://arxiv.org/a(b)|c')}"
    assert seen(markdown) == f"x {one_line(f'{raw} (arxiv.org)')}"
    assert Page(markdown).tags.count("a") == 1


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "//a.example", "/a", "http://a.example", "https://u:p@a.example/",
        "https://xn--80ak6aa92e.com/", "https://a.example:99/", "https://a", "https://a.example/<b>",
        "https://a.example/ x", "https://a.example\n", "data:text/html,x", "",
    ],
)  # fmt: skip
def test_row_31_an_address_that_is_not_plain_https_is_no_link(url: str) -> None:
    assert link("paper", url) == "paper"


@given(HOSTILE)
def test_a_fence_is_closed_by_itself_alone(raw: str) -> None:
    assert Page(f"{fence(raw)}\n\n- after").tags == ["pre", "code", "ul", "li"]
