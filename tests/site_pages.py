"""What tests ask of the site: strict HTML, links that lead somewhere, nothing that runs."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

import html5lib

from bot.render.words.markdown import host_of

ADDRESSES = {
    "href",
    "src",
    "action",
    "formaction",
    "poster",
    "data",
    "srcset",
    "xlink:href",
    "ping",
}


@dataclass(frozen=True)
class Document:
    """One page, read as a browser does, but without mercy."""

    path: str
    root: ET.Element

    @property
    def text(self) -> str:
        return "".join(self.root.itertext())

    @property
    def ids(self) -> list[str]:
        return [element.attrib["id"] for element in self.root.iter() if "id" in element.attrib]

    def all(self, tag: str) -> list[ET.Element]:
        return list(self.root.iter(tag))

    def addresses(self) -> Iterator[tuple[ET.Element, str]]:
        for element in self.root.iter():
            for name, value in element.attrib.items():
                if name in ADDRESSES:
                    yield element, value

    def table_rows(self, table_id: str) -> list[list[str]]:
        table = next(one for one in self.all("table") if one.attrib.get("id") == table_id)
        rows = table.findall("tbody/tr")
        return [[" ".join("".join(cell.itertext()).split()) for cell in row] for row in rows]


def documents(files: Mapping[str, bytes]) -> list[Document]:
    """Return every page; a page with an error of syntax raises."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False, strict=True)
    return [
        Document(path, parser.parse(data.decode()))
        for path, data in files.items()
        if path.endswith(".html")
    ]


def page(files: Mapping[str, bytes], path: str) -> Document:
    """Return one page."""
    (found,) = documents({path: files[path]})
    return found


def check_nothing_runs(document: Document) -> None:
    """Hold that a page runs the site's own script and nothing that is written into the page."""
    (script,) = document.all("script")
    assert set(script.attrib) == {"src", "defer"}
    assert not (script.text or "").strip()
    assert posixpath.basename(script.attrib["src"]) == "site.js"
    for element in document.root.iter():
        assert element.tag not in {"style", "iframe", "object", "embed", "base", "img"}
        for name in element.attrib:
            assert not name.startswith("on"), (document.path, name)
            assert name != "style", document.path


def check_links(
    document: Document, files: Mapping[str, bytes], ids: Mapping[str, list[str]]
) -> None:
    """Hold that a link leads to a file of the site, or is an absolute https address in an `a`."""
    for element, value in document.addresses():
        parts = urlsplit(value)
        if parts.scheme or parts.netloc:
            assert element.tag == "a", (document.path, value)
            assert host_of(value) is not None, (document.path, value)
            continue
        folder = posixpath.dirname(document.path)
        target = posixpath.normpath(posixpath.join(folder, unquote(parts.path)))
        if not parts.path:
            target = document.path
        elif parts.path.endswith("/"):
            target = posixpath.normpath(posixpath.join(target, "index.html"))
        assert target in files, (document.path, value)
        if parts.fragment:
            assert parts.fragment in ids[target], (document.path, value)


def check_site(files: Mapping[str, bytes]) -> None:
    """Hold everything above for every page, and that no id stands twice in one."""
    pages = documents(files)
    ids = {document.path: document.ids for document in pages}
    for document in pages:
        assert len(set(document.ids)) == len(document.ids), document.path
        check_nothing_runs(document)
        check_links(document, files, ids)
