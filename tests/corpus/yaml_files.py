"""Hostile manifests and cards of the catalog."""

from __future__ import annotations

import json
from collections.abc import Iterator

import yaml

from tests.corpus import documents
from tests.corpus.json_files import SMALL
from tests.corpus.recipe import Hostile, fixed, mutations

_LAUGHS = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (98 + level, 98 + level, b",".join([b"*%c" % (97 + level)] * 9))
    for level in range(9)
)

YAML: dict[str, bytes] = {
    "a billion laughs": _LAUGHS,
    "alias of itself": b"a: &a [*a]\n",
    "alias as a key": b"&a x: 1\n*a : 2\n",
    "merge key": b"base: {x: 1}\nmodel:\n  <<: {name: y}\n",
    "python object": b"a: !!python/object/apply:os.system ['id']\n",
    "python name": b"a: !!python/name:os.system\n",
    "tag of its own": b"%TAG ! tag:example.org,2000:\n---\na: !x y\n",
    "binary tag": b"a: !!binary aGk=\n",
    "set tag": b"a: !!set {b, c}\n",
    "directive": b"%YAML 1.1\n---\na: yes\n",
    "two documents": b"a: 1\n---\nb: 2\n",
    "document end": b"a: 1\n...\nb: 2\n",
    "a hundred levels": b"a: " + b"[" * 100 + b"]" * 100,
    "thirty thousand levels": b"[" * 30_000,
    "thirty thousand braces": b"{" * 30_000,
    "thirty thousand dashes": b"- " * 30_000,
    "indented ever deeper": b"".join(b" " * n + b"a:\n" for n in range(300)),
    "key twice": b"model: 1\nmodel: 2\n",
    "key twice by quotes": b"model: 1\n'model': 2\n",
    "list as a key": b"? [a, b]\n: c\n",
    "mapping as a key": b"{a: b}: c\n",
    "null as a key": b"~: c\n",
    "tab": b"a:\n\tb: c\n",
    "NUL": b"a: b\x00c\n",
    "escape": b'a: "\\x1b[31m\\u202e\\0"\n',
    "half a pair": b'a: "\\ud800"\n',
    "beyond Unicode": b'a: "\\U00110000"\n',
    "long number": b"a: " + b"9" * 60_000 + b"\n",
    "long float": b"a: 1e" + b"9" * 60_000 + b"\n",
    "sexagesimal": b"a: 190:20:30\n",
    "octal": b"a: 0o777\nb: 0777\n",
    "infinity": b"a: .inf\nb: -.INF\nc: .nan\n",
    "date": b"a: 2026-13-99T99:99:99Z\n",
    "64,001 bytes": b"#" * 64_001,
    "comments": b"#\n" * 32_000,
    "spaces": b"a: |\n" + b" " * 60_000 + b"x\n",
    "block without end": b"a: |9999999999\n x\n",
    "folded lines": b"a: >\n" + b" x\n" * 20_000,
    "quotes without end": b'a: "' + b"x\n " * 20_000,
    "anchors": b"".join(b"a%d: &a%d x\n" % (n, n) for n in range(4_000)),
    "keys": b"".join(b"k%d: x\n" % n for n in range(6_000)),
    "plain scalars of colons": b"a: " + b":" * 60_000,
    "question marks": b"? " * 30_000,
    "ampersands": b"&" * 60_000,
    "stars": b"*" * 60_000,
    "exclamation marks": b"!" * 60_000,
    "percent signs": b"%" * 60_000,
    "pipes": b"|" * 60_000,
    "utf-16": "a: b\n".encode("utf-16"),
    "utf-32": "a: b\n".encode("utf-32-be"),
    "latin-1": b"a: caf\xe9\n",
    "next line": "a: b\u0085c: d\u2028e: f\n".encode(),
}

_LINKS = (
    *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "//a.example", "/etc"),
    *("http://a.example", "https://u:p@a.example", "https://xn--80ak6aa92e.com", "https://\u0430.example"),
    *("https://127.0.0.1/", "https://[::1]/", "https://a.example:99/", "https://a", "https://"),
    *("https://a.example/ x", "https://a.example\n", "https://a.example/\u202e", "HTTPS://A.EXAMPLE"),
    *("https://a.example/" + "x" * 5_000, "ftp://a.example", "file:///etc/passwd", "mailto:a@b.c"),
)  # fmt: skip
_NAMES = (
    *("@everyone", "<img src=x onerror=alert(1)>", "<!-- rexrank-bot:comment -->", "a|b|c"),
    *("[x](https://a.example)", "`code`", "\u202eevil", "a\u200bb", "=cmd|'/c calc'!A1", "-1"),
    *("✅ Ready, waiting for a person", "${{ github.token }}", "$(id)", "::error::x", "{{7*7}}"),
)


def _with(path: tuple[str, ...], value: object) -> bytes:
    manifest = yaml.safe_load(documents.manifest())
    holder = manifest
    for part in path[:-1]:
        holder = holder.setdefault(part, {})
    holder[path[-1]] = value
    return yaml.safe_dump(manifest, allow_unicode=True).encode()


def manifest_items() -> Iterator[Hostile]:
    """Yield manifests."""
    yield from fixed("manifest", YAML)
    for link in _LINKS:
        data = _with(("model", "links", "paper"), link)
        yield from fixed("manifest", {f"link {link[:30]!r}": data})
    yield from fixed(
        "manifest", {f"name {name!r}": _with(("model", "name"), name) for name in _NAMES}
    )
    valid = yaml.safe_load(documents.manifest())
    fields: tuple[tuple[str | int, ...], ...] = (
        ("model",),
        ("model", "year"),
        ("submitters",),
        ("predictions",),
        ("predictions", 0, "file"),
        ("predictions", 0, "sha256"),
    )
    yield from mutations("manifest", valid, fields)


def card_items() -> Iterator[Hostile]:
    """Yield files of a catalog; the path in it stands behind the colon."""
    for item in mutations(
        "card", documents.leaderboard_card(), (("datasets",), ("columns",), ("repository",))
    ):
        yield Hostile("card", f"{item.name}:leaderboard.yaml", item.make)
    for item in mutations("card", documents.dataset_card(), (("n",), ("sections",), ("id",))):
        yield Hostile("card", f"{item.name}:datasets/mini.yaml", item.make)
    for name in ("a billion laughs", "python object", "thirty thousand levels", "NUL", "utf-16"):
        yield from fixed("card", {f"{name}:leaderboard.yaml": YAML[name]})
        yield from fixed("card", {f"{name}:datasets/mini.yaml": YAML[name]})
    for place in ("studies/mini.json", "published/2026-01-02.json", "mini/references.json"):
        yield from fixed("card", {f"{name}:{place}": data for name, data in SMALL.items()})
    other = json.dumps({"dataset": "other", "boards": {}}).encode()
    yield from fixed("card", {"of another dataset:studies/mini.json": other})
