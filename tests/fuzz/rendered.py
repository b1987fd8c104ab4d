"""Markdown as two GFM libraries render it: the elements of the page, and the text that is seen."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from cmarkgfm import github_flavored_markdown_to_html
from cmarkgfm.cmark import Options
from markdown_it import MarkdownIt

_GFM = MarkdownIt("gfm-like", {"linkify": False})


class Page(HTMLParser):
    """The visible text of a page and the elements in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.comments: list[str] = []
        self.links: list[str] = []
        self._text: list[str] = []
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        """Return the visible text, runs of white space made one space."""
        return re.sub(r"[ \n]+", " ", "".join(self._text).replace("\u200b", ""))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "span":  # GitHub's way to show a dollar sign
            self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data.strip())


def render(markdown: str) -> tuple[Page, Page]:
    """Return the page that each library makes."""
    cmark = github_flavored_markdown_to_html(markdown, Options.CMARK_OPT_UNSAFE)
    return Page(cmark), Page(_GFM.render(markdown))
