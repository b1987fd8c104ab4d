"""Somebody else's text inside GitHub's Markdown: what is written is what is seen, no more.

GitHub turns Markdown into HTML and then looks through the text of that HTML for mentions,
references, emoji and addresses. Entities hold off the first step only: they are decoded by the
second. There an invisible zero-width space parts what would be recognised.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote, urlsplit

from pydantic import ConfigDict, TypeAdapter, ValidationError

from bot.domain.text import counted, replace_hidden
from bot.domain.value import HttpsUrl

_ZERO_WIDTH = "\u200b"
_SPACE = re.compile(r"[ \t\n]+")
_ESCAPES = str.maketrans(
    {sign: f"&#{ord(sign)};" for sign in "\\`*_~[]|#@+=" + _ZERO_WIDTH}
    | {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
    # The one way GitHub documents to show a dollar sign beside mathematics.
    | {"$": "<span>&#36;</span>"}
)
# Addresses, also inside <code>, where GitHub looks for nothing else.
_ADDRESSES = re.compile(r"@|:(?=//)|www(?=\.)", re.IGNORECASE)
# Mentions, emoji, issues (#1, GH-1), commits (seven or more hexadecimal digits).
_REFERENCES = re.compile(r"[@#]|:(?=\S)|www(?=\.)|GH-(?=\d)|[0-9a-f]{6}(?=[0-9a-f])", re.IGNORECASE)
_LIST_NUMBER = re.compile(r"^(\d{1,9})([.)])(?= |$)")
_HTTPS: TypeAdapter[str] = TypeAdapter(
    HttpsUrl, config=ConfigDict(strict=True, regex_engine="python-re")
)


def one_line(raw: str) -> str:
    r"""Return the text as one line without hidden characters: what `text` makes visible.

    Example:
        >>> one_line(" two\n lines\x00")
        'two lines\ufffd'
    """
    return _SPACE.sub(" ", replace_hidden(raw)).strip()


def text(raw: str) -> str:
    """Return Markdown that shows the text, wherever in a line, a list or a table it stands.

    Example:
        >>> text("<b> | @team #1")
        '&lt;b&gt; &#124; &#64;&#8203;team &#35;&#8203;1'
        >>> text("1. www.example.org")
        '1&#46; www&#8203;.example.org'
    """
    escaped = _REFERENCES.sub(_part, one_line(raw)).translate(_ESCAPES)
    if escaped.startswith("-"):
        return f"&#45;{escaped[1:]}"
    return _LIST_NUMBER.sub(lambda found: f"{found[1]}&#{ord(found[2])};", escaped)


def some_of(names: Sequence[str], most: int = 5) -> str:
    """Return Markdown that shows the first names, and how many others there are.

    Example:
        >>> some_of(["A", "B", "C"], most=1), some_of([])
        ('A and 2 others', '')
    """
    rest = len(names) - most
    more = f" and {counted(rest, 'other')}" if rest > 0 else ""
    return ", ".join(map(text, names[:most])) + more


def code(raw: str) -> str:
    """Return Markdown that shows the text as code.

    HTML's element, because entities mean nothing between backticks, and a pipe ends a table's
    cell even there.

    Example:
        >>> code("a|`b`")
        '<code>a&#124;&#96;b&#96;</code>'
    """
    return f"<code>{_ADDRESSES.sub(_part, one_line(raw)).translate(_ESCAPES)}</code>"


def bold(raw: str) -> str:
    """Return Markdown that shows the text in bold.

    HTML's element, because asterisks mean nothing beside some punctuation.

    Example:
        >>> bold("*x*")
        '<b>&#42;x&#42;</b>'
    """
    return f"<b>{text(raw)}</b>"


def link(label: str, url: str) -> str:
    """Return a Markdown link that shows where it leads; the label alone if it leads nowhere safe.

    Example:
        >>> link("paper", "https://arxiv.org/abs/1?a=(b)|c")
        '[paper (arxiv.org)](<https://arxiv.org/abs/1?a=%28b%29%7Cc>)'
        >>> link("paper", "javascript:alert(1)")
        'paper'
    """
    host = host_of(url)
    return text(label) if host is None else f"[{text(f'{label} ({host})')}](<{_address(url)}>)"


def own_link(markdown: str, url: str) -> str:
    """Return a link with a label that is Markdown already, to an address of this project.

    Example:
        >>> own_link("<code>a.b</code>", "https://example.org/a")
        '[<code>a.b</code>](<https://example.org/a>)'
    """
    return markdown if host_of(url) is None else f"[{markdown}](<{_address(url)}>)"


def host_of(url: str) -> str | None:
    """Return the host of an absolute https address, None for any other.

    Example:
        >>> host_of("https://github.com/x"), host_of("//github.com")
        ('github.com', None)
    """
    try:
        return urlsplit(_HTTPS.validate_python(url)).hostname
    except ValidationError:
        return None


def table(
    headings: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()
) -> str:
    """Return a Markdown table of cells that are Markdown already.

    Args:
        headings: Cells of the first row.
        rows: The other rows.
        right: Columns, from 0, that are aligned to the right.

    Example:
        >>> print(table(["a", "b"], [["x", "1"]], right=[1]))
        | a | b |
        | --- | ---: |
        | x | 1 |
    """
    rule = ["---:" if number in right else "---" for number in range(len(headings))]
    return "\n".join(row(cells) for cells in (headings, rule, *rows))


def row(cells: Sequence[str]) -> str:
    """Return one row of a table.

    Example:
        >>> row(["a", ""])
        '| a |  |'
    """
    return f"| {' | '.join(cells)} |"


def fence(raw: str, language: str = "") -> str:
    """Return a block of code that its content cannot close.

    Example:
        >>> print(fence("a ``` b", "bibtex"))
        ````bibtex
        a ``` b
        ````
    """
    longest = max((len(run) for run in re.findall("`+", raw)), default=0)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}{language}\n{replace_hidden(raw).strip()}\n{ticks}"


def _part(found: re.Match[str]) -> str:
    """Return what was recognised, followed by the space that nobody sees."""
    return found[0] + _ZERO_WIDTH


def _address(url: str) -> str:
    """Return an address without any sign that Markdown or a table could take for its own."""
    return quote(url, safe="/:?#@!&=+,;%~-._").replace("&", "&amp;")
