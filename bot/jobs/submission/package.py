"""A raw predictions file becomes part of a submission."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from bot.adapters.disk.files import read_bytes, write_atomic
from bot.checks.reading.strict_json import DATASET_LIMITS, load_json
from bot.checks.submission.predictions import too_large
from bot.domain.board import BoardId
from bot.domain.dataset import DatasetCard
from bot.domain.limits import MAX_FILE_BYTES
from bot.domain.manifest import MANIFEST_FILE
from bot.domain.text import kind_of
from bot.domain.value import Section, sha256_of
from bot.errors import Misconfigured, SubmissionRejected
from bot.jobs.console import say
from bot.render.words.console import render_findings

MAX_NAMED = 20
SHORTEN = "Check that each study has one report; gzip -9 what is left, and list <name>.json.gz"


def package_predictions(
    folder: Path, predictions: Path, card: DatasetCard, section: Section, *, dry_run: bool
) -> None:
    """Write the texts of a raw file into a submission, and list them in its manifest.

    Args:
        folder: The submission.
        predictions: The raw file.
        card: Dataset that was predicted.
        section: What the texts stand for.
        dry_run: Write nothing.

    Raises:
        SubmissionRejected: The file cannot be used.
        Misconfigured: The folder is no submission.
    """
    manifest = folder / MANIFEST_FILE
    if not manifest.is_file():
        raise Misconfigured(f"{manifest}: not there; make it with `rexrank init {folder.name}`")
    kept = keep_texts(predictions, read_studies(predictions))
    data = json.dumps(kept, indent=1, ensure_ascii=False).encode() + b"\n"
    name = f"predictions/{BoardId(card.id, section)}.json"
    if len(data) > MAX_FILE_BYTES:
        say(render_findings([too_large(str(folder / name), hint=SHORTEN)], "text").rstrip("\n"))
        raise SubmissionRejected(f"{folder / name}: not written")
    entry = {"dataset": card.id, "section": section, "file": name, "sha256": sha256_of(data)}
    text = add_entry(read_bytes(manifest), entry)
    if not dry_run:
        write_atomic(folder / name, data)
        write_atomic(manifest, text.encode())
    say(f"{'would write' if dry_run else 'wrote'} {folder / name} with {len(kept)} studies")
    if card.access == "credentialed":
        say(f"{card.id} is credentialed: this file must be sealed before it is committed")
        say(f"next: rexrank seal {folder}")
        return
    say(f"next: rexrank validate {folder}")


def read_studies(predictions: Path) -> Mapping[str, object]:
    """Return the object of study ids in a raw file; raises SubmissionRejected when it has none."""
    # A raw file still holds everything that is dropped here, the NaN of missing references too.
    limits = replace(DATASET_LIMITS, family="predictions")
    loaded = load_json(read_bytes(predictions), path=str(predictions), limits=limits)
    if loaded.findings or not isinstance(loaded.value, dict):
        say(render_findings(loaded.findings, "text"))
        raise SubmissionRejected(f"{predictions}: cannot be read as an object of study ids")
    return loaded.value


def keep_texts(file: Path, studies: Mapping[str, object]) -> dict[str, dict[str, str]]:
    """Return what a predictions file needs of each study.

    Raises:
        SubmissionRejected: Some have no text; the first of them are named.
    """
    kept, faults = {}, []
    for study_id, study in studies.items():
        text = study.get("model_prediction") if isinstance(study, dict) else study
        if isinstance(text, str):
            kept[study_id] = {"model_prediction": text}
        else:
            kind = "missing or null" if text is None else kind_of(text)
            faults.append(f'{file}, study "{study_id}": model_prediction is {kind}')
    if faults:
        named = "\n".join(faults[:MAX_NAMED])
        more = f"\nand {len(faults) - MAX_NAMED:,} more" if len(faults) > MAX_NAMED else ""
        raise SubmissionRejected(f'{named}{more}\ngive a string ("" counts as an empty report)')
    return kept


def add_entry(manifest: bytes, entry: dict[str, str]) -> str:
    """Return a manifest's text with one entry under `predictions`, replacing this board's.

    Comments and everything else stay as they are.
    """
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 1_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    try:
        document = yaml.load(manifest.decode())
    except (YAMLError, UnicodeDecodeError) as error:
        raise SubmissionRejected(f"manifest.yaml: cannot be read as YAML: {error}") from error
    entries = document.get("predictions") if isinstance(document, dict) else None
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        raise SubmissionRejected("manifest.yaml: predictions is not a list of entries; mend it")
    board = (entry["dataset"], entry["section"])
    places = [i for i, e in enumerate(entries) if (e.get("dataset"), e.get("section")) == board]
    row = CommentedMap(entry)
    row.fa.set_flow_style()
    if places:
        entries[places[0]] = row
    else:
        entries.append(row)
    if hasattr(entries, "fa"):
        entries.fa.set_block_style()
    stream = io.StringIO()
    yaml.dump(document, stream)
    return stream.getvalue()
