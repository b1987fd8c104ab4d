"""What fuzzing starts from: small inputs of the corpus, and pieces that mean something."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.corpus import documents
from tests.corpus.json_files import SMALL
from tests.corpus.kinds import COMMENTS
from tests.corpus.recipe import json_bytes
from tests.corpus.yaml_files import YAML
from tests.unit.render.samples import ATTACK

MOST_BYTES = 2_000

SIGNS = "*_~`|<>[]()&@#$:-+=\\!^'"
_JSON = [data for data in SMALL.values() if len(data) <= MOST_BYTES]
_YAML = [data for data in YAML.values() if len(data) <= MOST_BYTES]
_VALID = {
    "documents": [
        documents.scorecard().to_json(),
        json_bytes(documents.inspection()),
        json_bytes(documents.withdrawal()),
    ],
    "table": [documents.table()],
    "published": [json_bytes(documents.published())],
    "event": [
        json_bytes(documents.event()),
        *(text.encode() for text in COMMENTS if len(text) <= MOST_BYTES),
    ],
    "manifest": [documents.manifest().encode(), *_YAML],
    # Six fields each, which NUL parts.
    "comment": [
        *(b"\0".join([text] * 6) for text in (ATTACK[:90].encode(), ATTACK[90:].encode())),
        *(f"{sign}x{sign}\0a {sign}{sign}x{sign}{sign} b".encode() for sign in SIGNS),
    ],
    "inspect": [b"README.md\0\0x", b"/bot/x.py\0\0x", b"predictions\0mm\0../x", b"../x\0m\0y"],
}
PIECES = [
    *(bytes((sign,)) for sign in b"{}[]<>()\"'`,:;|&*_~#@!%$\\/-+=.?^ \n\r\t0x\0"),
    *(b"\xff", b"\xc3\xa9", "\u202e".encode(), "\U0001f600".encode(), b"\\ud800", b"&#64;"),
    *(b"1e999", b"<!--", b"-->", b"```", b"https://", b"@team", b"NaN"),
    *(b"model_prediction", b"mini-0001"),
    *(b"/rexrank ", b"manifest.yaml", b"predictions/", b".git", b"../", b"</details>", b"\n\n"),
]  # fmt: skip


def seeds(target: str) -> list[bytes]:
    """Return the inputs that a target starts from."""
    return [*_VALID.get(target, []), *([] if target == "comment" else _JSON)]


def inputs(target: str) -> st.SearchStrategy[bytes]:
    """Return a strategy: any bytes, pieces in any order, and seeds that were cut and joined."""
    seed = st.sampled_from(seeds(target))
    cut = st.builds(lambda data, a, b: data[: len(data) * a // 100] + b, seed, st.integers(0, 100),
                    st.lists(st.sampled_from(PIECES), max_size=20).map(b"".join))  # fmt: skip
    pieces = st.lists(st.sampled_from(PIECES) | st.binary(max_size=8), max_size=60).map(b"".join)
    middle = st.builds(
        lambda data, at, piece: (
            data[: len(data) * at // 100] + piece + data[len(data) * at // 100 :]
        ),
        *(seed, st.integers(0, 100), st.sampled_from(PIECES)),
    )
    return st.one_of(pieces, cut, middle, seed, st.binary(max_size=300))
