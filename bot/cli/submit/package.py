"""`rexrank package`: a raw predictions file becomes part of a submission."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click

from bot.cli.options import catalog_option, dry_run, folder_argument, say
from bot.domain.text import kind_of
from bot.domain.value import Section
from bot.errors import Misconfigured, SubmissionRejected, WrongUsage

MAX_NAMED = 20
SHORTEN = "Check that each study has one report; gzip -9 what is left, and list <name>.json.gz"


@click.command()
@folder_argument
@click.argument("predictions", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dataset", required=True, metavar="ID", help="Dataset that was predicted.")
@click.option(
    "--section",
    required=True,
    type=click.Choice(["findings", "report"]),
    help="What the texts stand for.",
)
@catalog_option
@dry_run
def package(
    folder: Path,
    predictions: Path,
    dataset: str,
    section: Section,
    catalog_folder: Path | None,
    dry_run: bool,
) -> None:
    """Strip a predictions file and add it to a submission.

    Keeps the study ids and `model_prediction`, drops everything else (image paths, contexts,
    references), writes predictions/<dataset>.<section>.json and its sha256 into manifest.yaml.
    """
    from bot.adapters.disk.files import read_bytes, write_atomic
    from bot.checks.reading.strict_json import DATASET_LIMITS, load_json
    from bot.checks.submission.predictions import too_large
    from bot.domain.board import BoardId
    from bot.domain.limits import MAX_FILE_BYTES
    from bot.domain.manifest import MANIFEST_FILE
    from bot.domain.value import sha256_of
    from bot.jobs.installation import Installation
    from bot.render.words.console import render_findings

    card = Installation(catalog_folder).catalog.datasets.get(dataset)
    if card is None:
        raise WrongUsage(f"no dataset {dataset!r}; `rexrank dataset list` shows what there is")
    manifest = folder / MANIFEST_FILE
    if not manifest.is_file():
        raise Misconfigured(f"{manifest}: not there; make it with `rexrank init {folder.name}`")
    # A raw file still holds everything that is dropped here, the NaN of missing references too.
    limits = replace(DATASET_LIMITS, family="predictions")
    loaded = load_json(read_bytes(predictions), path=str(predictions), limits=limits)
    if loaded.findings or not isinstance(loaded.value, dict):
        say(render_findings(loaded.findings, "text"))
        raise SubmissionRejected(f"{predictions}: cannot be read as an object of study ids")
    kept = keep_texts(predictions, loaded.value)
    data = json.dumps(kept, indent=1, ensure_ascii=False).encode() + b"\n"
    name = f"predictions/{BoardId(dataset, section)}.json"
    if len(data) > MAX_FILE_BYTES:
        say(render_findings([too_large(str(folder / name), hint=SHORTEN)], "text").rstrip("\n"))
        raise SubmissionRejected(f"{folder / name}: not written")
    entry = {"dataset": dataset, "section": section, "file": name, "sha256": sha256_of(data)}
    text = add_entry(read_bytes(manifest), entry)
    if not dry_run:
        write_atomic(folder / name, data)
        write_atomic(manifest, text.encode())
    say(f"{'would write' if dry_run else 'wrote'} {folder / name} with {len(kept)} studies")
    if card.access == "credentialed":
        say(f"{dataset} is credentialed: this file must be sealed before it is committed")
        say(f"next: rexrank seal {folder}")
        return
    say(f"next: rexrank validate {folder}")


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
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap
    from ruamel.yaml.error import YAMLError

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
