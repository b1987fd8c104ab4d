"""Every hostile input, by kind."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.corpus import documents
from tests.corpus.json_files import LARGE, SMALL
from tests.corpus.recipe import Hostile, fixed, mutations
from tests.corpus.tables import table_items
from tests.corpus.trees import tree_items
from tests.corpus.yaml_files import card_items, manifest_items


def predictions_items() -> Iterator[Hostile]:
    for name, data in SMALL.items():
        yield Hostile("predictions", f"{name}:p.json", lambda data=data: data)  # type: ignore[misc]
    for name, make in LARGE.items():
        yield Hostile("predictions", f"{name}:p.json.gz", make)
    studies = {f"mini-{number:04}": {"model_prediction": "Clear."} for number in range(1, 61)}
    fields = (("mini-0001",), ("mini-0001", "model_prediction"))
    for item in mutations("predictions", studies, fields):
        yield Hostile("predictions", f"{item.name}:p.json", item.make)


def reference_items() -> Iterator[Hostile]:
    yield from fixed("references", {f"{name}:r.json": data for name, data in SMALL.items()})
    for name in ("an emoji in each text", "little objects", "long numbers", "ten gigabytes"):
        yield Hostile("references", f"{name}:r.json.gz", LARGE[name])
    fields = (("mini-0001",), ("mini-0001", "section_findings"), ("mini-0001", "image_path"))
    for item in mutations("references", documents.official(), fields):
        yield Hostile("references", f"{item.name}:r.json", item.make)


def scorecard_items() -> Iterator[Hostile]:
    valid = documents.scorecard().model_dump(mode="json", exclude_none=True)
    fields = (
        ("n",),
        ("dataset",),
        ("metrics", "bleu2"),
        ("metrics", "bleu2", "value"),
        ("metrics", "bleu2", "interval"),
        ("predictions_sha256",),
        ("fingerprint",),
    )
    yield from mutations("scorecard", valid, fields)
    yield from fixed("scorecard", SMALL)
    yield from fixed("scorecard", {"one byte too many": b" " * 1_000_001})


def inspection_items() -> Iterator[Hostile]:
    fields = (("head",), ("submission",), ("manifest",), ("plans",), ("plans", 0, "path"))
    yield from mutations("inspection", documents.inspection(), fields)
    yield from fixed("inspection", SMALL)


def ledger_items() -> Iterator[Hostile]:
    """Files of the branch: the path stands behind the colon."""
    card = documents.scorecard()
    place = f"scores/mini/{card.key}.json"
    valid = card.model_dump(mode="json", exclude_none=True)
    for item in mutations("ledger", valid, (("n",), ("metrics",), ("fingerprint", "metrics"))):
        yield Hostile("ledger", f"{item.name}:{place}", item.make)
    for item in mutations("ledger", documents.withdrawal(), (("submission",), ("user_id",))):
        yield Hostile("ledger", f"{item.name}:withdrawn/terse.json", item.make)
    yield from fixed("ledger", {f"{name}:{place}": data for name, data in SMALL.items()})
    paths = ("scores/x.json", "scores/mini/a\nb.json", "scores/mini/é.json", "withdrawn/x.json")
    for path in (*paths, "scores", "elsewhere", "scores/mini/" + "d/" * 60 + "x.json"):
        yield Hostile("ledger", f"a place of its own:{path}", card.to_json)


COMMENTS = (
    "/rexrank",
    "/rexrank " + "x" * 60_000,
    "/rexrank status; rm -rf /",
    "/rexrank $(id) `id` ${{ github.token }}",
    "/rexrank transfer " + "a " * 30_000,
    "/rexrank transfer ../../x @team <b> \u202eada",
    "/REXRANK\tstatus",
    "/rexrank\u00a0status",
    "/rexrank\r\nstatus",
    "/rexrank status\n::set-output name=ready::true",
    "<!-- rexrank-bot:comment -->\n/rexrank status",
    "/rexrank withdraw\x00",
    "/rexrank \u2028withdraw",
    "/rexrankstatus",
    " /rexrank status",
    "```\n/rexrank status\n```",
    "> /rexrank status",
    "/rexrank " + "\u0301" * 9_000,
    "/rexrank " + "\U0001f600" * 9_000,
    "/" * 65_536,
)


def event_items() -> Iterator[Hostile]:
    fields = (("action",), ("issue", "number"), ("comment", "body"), ("comment", "user", "id"))
    yield from mutations("event", documents.event(), fields)
    for number, body in enumerate(COMMENTS):
        data = json.dumps(documents.event(body)).encode()
        yield Hostile("event", f"comment {number}", lambda data=data: data)  # type: ignore[misc]
    yield from fixed("event", SMALL)


def published_items() -> Iterator[Hostile]:
    fields = (
        ("rows",),
        ("rows", 0, "model"),
        ("rows", 0, "metrics"),
        ("rows", 0, "date"),
        ("rows", 0, "url"),
    )
    yield from mutations("published", documents.published(), fields)
    yield from fixed("published", SMALL)


SEALED = b"age-encryption.org/v1\n"


def sealed_items() -> Iterator[Hostile]:
    yield from fixed(
        "sealed",
        {
            "nothing": b"",
            "the first line alone": SEALED,
            "no stanza": SEALED + b"--- \n",
            "a mac of nothing": SEALED + b"--- " + b"A" * 43 + b"\n",
            "unknown stanza": SEALED + b"-> x y\nAAAA\n--- " + b"A" * 43 + b"\n" + b"\0" * 99,
            "a stanza of X25519": SEALED + b"-> X25519 AAAA\nAAAA\n--- AAAA\n",
            "scrypt that works for years": SEALED
            + b"-> scrypt bBjlhJVYZeE4aqUdmtRHfw 63\nAAAA\n--- AAAA\n",
            "a header without end": SEALED + b"-> X25519 " + b"A" * 1_000_000,
            "ten thousand stanzas": SEALED + b"-> a b\nAAAA\n" * 10_000 + b"--- AAAA\n",
            "ssh": SEALED + b"-> ssh-ed25519 AAAA\nAAAA\n--- AAAA\n",
            "armour": b"-----BEGIN AGE ENCRYPTED FILE-----\nAAAA\n-----END AGE ENCRYPTED FILE-----",
            "another version": b"age-encryption.org/v9\n--- AAAA\n",
            "not UTF-8": SEALED + b"-> \xff\xfe\n\xff\n--- \xff\n",
            "line ends of Windows": SEALED.replace(b"\n", b"\r\n") + b"---\r\n",
            "plain JSON": b'{"a": "b"}',
        },
    )


def items() -> Iterator[Hostile]:
    """Yield every input."""
    yield from manifest_items()
    yield from predictions_items()
    yield from tree_items()
    yield from reference_items()
    yield from card_items()
    yield from scorecard_items()
    yield from table_items()
    yield from inspection_items()
    yield from ledger_items()
    yield from event_items()
    yield from published_items()
    yield from sealed_items()


KINDS = (
    *("manifest", "predictions", "tree", "references", "card", "scorecard", "table", "inspection"),
    *("ledger", "event", "published", "sealed"),
)


def of_kind(kind: str) -> list[Hostile]:
    """Return the inputs of one kind."""
    return [item for item in items() if item.kind == kind]
