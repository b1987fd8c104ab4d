"""The targets: each takes any bytes and raises only when the program has a fault."""

from __future__ import annotations

import contextlib
import gzip
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

import yaml
from pydantic import ValidationError
from pyrage import x25519

from bot.adapters.disk.catalog import BUILT_IN, load_catalog
from bot.adapters.references.sealing import CannotOpen, Opener
from bot.checks.dataset import read_official
from bot.domain.catalog import Catalog
from bot.domain.dataset import References, StudyList
from bot.domain.finding import Finding
from bot.domain.inspection import Inspection
from bot.domain.leaderboard import Leaderboard
from bot.domain.manifest import MANIFEST_FILE, Manifest
from bot.domain.per_study import decode_table, encode_table
from bot.domain.published import Snapshot
from bot.domain.scorecard import Scorecard
from bot.domain.submission import SubmissionFolder
from bot.domain.value import Value, sha256_of
from bot.domain.withdrawal import Withdrawal
from bot.errors import RexrankError
from bot.jobs.comment_commands.comment_command import parse_command
from bot.jobs.comment_commands.comment_event import read_event
from bot.pipeline.board.published import read_history, read_published
from bot.pipeline.merging.ownership import Asker
from bot.pipeline.pull_request.inspect import inspect_pull_request
from bot.pipeline.pull_request.validate import validate_submission
from bot.render.pull_request.comment import LIMIT, MARKER, render_comment
from bot.render.words.console import render_findings
from bot.render.words.markdown import one_line
from tests.corpus import documents
from tests.fuzz.objects import BASE, HEAD, MemoryObjects
from tests.fuzz.rendered import render
from tests.unit.render import samples

Target = Callable[[bytes], None]

ENTRY = b"submissions/terse/"
FORMATS = ("text", "json", "github", "markdown")


@cache
def catalog() -> Catalog:
    return load_catalog(BUILT_IN)


@cache
def manifest() -> Mapping[str, object]:
    document: dict[str, object] = yaml.safe_load(documents.manifest())
    return MappingProxyType(document)


def check_entry(files: dict[str, bytes]) -> None:
    """Validate an entry and print what was found in every format."""
    folder = SubmissionFolder("terse", files)
    findings = validate_submission(folder, catalog(), references=lambda *_: None).findings
    for format_ in FORMATS:
        render_findings(findings, format_)  # type: ignore[arg-type]


def fuzz_manifest(data: bytes) -> None:
    check_entry({MANIFEST_FILE: data})


def listed(name: str, data: bytes) -> dict[str, bytes]:
    """Return the files of an entry whose manifest lists one predictions file."""
    row = {"dataset": "mini", "section": "findings", "file": name, "sha256": sha256_of(data)}
    document = yaml.safe_dump({**manifest(), "predictions": [row]})
    return {MANIFEST_FILE: document.encode(), name: data}


def fuzz_predictions(data: bytes) -> None:
    check_entry(listed("predictions/p.json", data))


def fuzz_packed_predictions(data: bytes) -> None:
    check_entry(listed("predictions/p.json.gz", data))
    check_entry(listed("predictions/p.json.gz", gzip.compress(data, 0)))


def fuzz_sealed(data: bytes) -> None:
    check_entry(listed("predictions/p.json.age", data))
    opener = Opener([x25519.Identity.generate()])
    for tried in (data, b"age-encryption.org/v1\n" + data):
        with contextlib.suppress(CannotOpen):
            opener(tried)


def fuzz_references(data: bytes) -> None:
    imported = read_official(data, path="r.json", card=catalog().datasets["mini"])
    assert imported.references is not None or imported.findings


DOCUMENTS: tuple[type[Value], ...] = (
    *(Scorecard, Inspection, Leaderboard, Withdrawal, Snapshot, References, StudyList, Finding),
)


def fuzz_documents(data: bytes) -> None:
    for kind in DOCUMENTS:
        with contextlib.suppress(ValidationError):
            document = kind.from_json(data)
            assert kind.from_json(document.to_json()) == document


def fuzz_table(data: bytes) -> None:
    with contextlib.suppress(ValueError):
        assert encode_table(decode_table(data)) == data


def fuzz_published(data: bytes) -> None:
    for read in (read_published, read_history):
        with contextlib.suppress(RexrankError):
            read(data, path="tables.json")


def fuzz_event(data: bytes) -> None:
    with contextlib.suppress(RexrankError):
        comment = read_event(data)
        if comment is not None:
            parse_command(comment.body)
    command = parse_command(data.decode(errors="replace"))
    assert command is None or "\n" not in command.line


def fuzz_inspect(data: bytes) -> None:
    """Take the bytes for paths, modes and contents of a head, which NUL parts."""
    sound = {
        ENTRY + b"manifest.yaml": ("100644", documents.manifest().encode()),
        ENTRY + b"predictions/mini.findings.json": ("100644", b"{}"),
    }
    parts = iter(data.split(b"\0"))
    head = dict(sound)
    for path, mode, content in zip(parts, parts, parts, strict=False):
        where = path.strip(b"/") if path.startswith(b"/") else ENTRY + path.strip(b"/")
        head[where] = (MODES[len(mode) % len(MODES)], content)
    inspected = inspect_pull_request(
        MemoryObjects(sound, head),
        BASE,
        HEAD,
        catalog(),
        lambda *_: None,
        asker=Asker("sybil", 7, ()),
    )
    assert Inspection.from_json(inspected.inspection.to_json()) == inspected.inspection
    for format_ in FORMATS:
        render_findings(inspected.inspection.findings, format_)  # type: ignore[arg-type]


MODES = ("100644", "100755", "120000", "160000")
PLAIN = "plain"


def comment_of(texts: list[str]) -> str:
    """Return the comment in which these texts stand wherever a submission's may."""
    name, message, seen, hint, place, failure = texts
    model = PLAIN
    with contextlib.suppress(ValidationError):
        Manifest.from_plain(samples.manifest(name).model_dump(mode="json", exclude_none=True))
        model = name
    inspection = samples.inspection(
        samples.finding(message=message, seen=seen, hint=hint, path=place, pointer=place),
        samples.finding("warning", message=message, seen=seen, hint=hint),
        manifest=samples.manifest(model),
    )
    body = render_comment(samples.report("our-fault", inspection=inspection, failure=failure))
    assert body is not None
    return body


def fuzz_comment(data: bytes) -> None:
    """Compare what two GFM libraries make of the comment with what was written."""
    fields = data.decode(errors="replace").split("\0")[:6]
    # White space alone leaves a part out: a comment of the same parts is what it is compared with.
    texts = [text[:150] if one_line(text[:150]) else PLAIN for text in fields]
    texts += [PLAIN] * (6 - len(texts))
    body = comment_of(texts)
    assert len(body) <= LIMIT
    assert body.startswith(f"{MARKER}\n")
    for page, plain in zip(render(body), render(comment_of([PLAIN] * 6)), strict=True):
        assert page.tags == plain.tags
        assert page.comments == plain.comments
        assert all(link.startswith(f"{samples.REPOSITORY}/") for link in page.links)
        for text in texts[1:]:
            assert one_line(text) in page.text, (one_line(text), page.text)


TARGETS: dict[str, Target] = {
    "manifest": fuzz_manifest,
    "predictions": fuzz_predictions,
    "packed-predictions": fuzz_packed_predictions,
    "sealed": fuzz_sealed,
    "references": fuzz_references,
    "documents": fuzz_documents,
    "table": fuzz_table,
    "published": fuzz_published,
    "event": fuzz_event,
    "inspect": fuzz_inspect,
    "comment": fuzz_comment,
}
