"""RadGraph annotations: the entities and relations that a model finds in a report.

The model runs in a process of its own (`bot.metrics.graph.radgraph_worker`), because the package
radgraph needs an older transformers than other metrics do. Texts are annotated once however often
they occur, and kept on disk where a folder for that is named.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
import os
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.metrics.base import Equipment, MetricUnavailable
from bot.metrics.graph import radgraph_worker
from bot.metrics.graph.worker_process import WorkerProcess

PYTHON_VARIABLE = "REXRANK_RADGRAPH_PYTHON"
"""Names an interpreter that has radgraph."""
RADGRAPH_VERSION = "0.1.18"
"""The version of radgraph that the metrics are defined by; another may give other numbers."""
BATCH = 32
"""Most texts in one request: what is in memory at a time."""
START_S = 600.0
"""Longest time for loading the model."""
TEXT_S = 60.0
"""Longest time for one text, on average over a batch."""
GUIDE = "see docs/how-to/isolated-metrics.md"
_PASSED_ON = ("PATH", "LANG", "TMPDIR", "OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES")


@dataclass(frozen=True)
class Entity:
    """Some words of a report, and what they are."""

    tokens: str
    """The words, divided by spaces."""
    label: str
    """Their kind: `Observation::definitely absent`, in RadGraph 1.0 `OBS-DA`."""
    relations: tuple[tuple[str, str], ...] = ()
    """Kind of relation and id of the entity it leads to."""


@dataclass(frozen=True)
class Annotation:
    """What the model found in one report."""

    entities: Mapping[str, Entity] = field(default_factory=dict)
    """Entities by their id, in the order of the report."""


def parse_annotation(value: Any) -> Annotation:
    """Return an annotation from RadGraph's JSON format.

    Raises:
        ValueError: It is not in that format, or a relation leads nowhere.

    Example:
        >>> parsed = parse_annotation({"entities": {"1": {
        ...     "tokens": "effusion", "label": "OBS-DA", "start_ix": 1, "end_ix": 1, "relations": []
        ... }}})
        >>> parsed.entities["1"]
        Entity(tokens='effusion', label='OBS-DA', relations=())
    """
    try:
        entities = {
            str(name): Entity(
                tokens=_text(entity["tokens"]),
                label=_text(entity["label"]),
                relations=tuple((_text(kind), _text(to)) for kind, to in entity["relations"]),
            )
            for name, entity in value["entities"].items()
        }
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise ValueError("not an annotation in RadGraph's format") from error
    for entity in entities.values():
        for _, target in entity.relations:
            if target not in entities:
                raise ValueError(f"a relation leads to entity {target!r}, which there is not")
    return Annotation(entities)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def annotate(texts: Iterable[str], model: str, equipment: Equipment) -> dict[str, Annotation]:
    """Return the annotation of each text.

    A text without a word has no entity; the model is not asked about it.

    Args:
        texts: Reports, any of them more than once.
        model: `radgraph` or `radgraph-xl`; also the name of its weights.
        equipment: What this installation has.

    Raises:
        MetricUnavailable: No interpreter has the package, or the process failed.
    """
    distinct = list(dict.fromkeys(texts))
    found = {text: Annotation() for text in distinct if not text.split()}
    with closing(AnnotationStore.open(model, equipment)) as store:
        found |= store.recall(text for text in distinct if text not in found)
        missing = [text for text in distinct if text not in found]
        for text, annotation in ask_model(missing, model, equipment) if missing else ():
            found[text] = parse_annotation(annotation)
            store.keep(text, annotation)
    return found


def ask_model(
    texts: Sequence[str], model: str, equipment: Equipment
) -> Iterator[tuple[str, object]]:
    """Yield each text with its annotation, as the worker gives it. Raises as `annotate` does."""
    if equipment.models is None:
        raise MetricUnavailable("no folder of models is named; run: rexrank models fetch")
    command = (
        find_interpreter(os.environ, model),
        "-I",
        str(Path(radgraph_worker.__file__).resolve()),
        str(equipment.models / model),
        model,
        equipment.device,
    )
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    with WorkerProcess("the radgraph annotator", command, environment) as worker:
        check_versions(worker.hear(START_S).get("ready"))
        for first in range(0, len(texts), BATCH):
            batch = texts[first : first + BATCH]
            reply = worker.ask({"texts": batch}, TEXT_S * len(batch)).get("annotations")
            if not isinstance(reply, list) or len(reply) != len(batch):
                raise MetricUnavailable("the radgraph annotator answered for other texts")
            yield from zip(batch, reply, strict=True)


def find_interpreter(environment: Mapping[str, str], model: str) -> str:
    """Return the interpreter that has radgraph: the one that is named, or else this one.

    Raises:
        MetricUnavailable: None is named, and this one lacks the package or a fitting transformers.
    """
    if named := environment.get(PYTHON_VARIABLE):
        return named
    elsewhere = f"name an interpreter that has it in {PYTHON_VARIABLE}, {GUIDE}"
    if importlib.util.find_spec("radgraph") is None:
        raise MetricUnavailable(f"{model} needs the package radgraph, not found here; {elsewhere}")
    transformers = importlib.metadata.version("transformers")
    if not transformers.startswith("4."):
        raise MetricUnavailable(
            f"radgraph needs transformers 4, found {transformers} here; {elsewhere}"
        )
    return sys.executable


def check_versions(ready: object) -> None:
    """Raise MetricUnavailable unless the worker has the version that defines the metric."""
    found = ready.get("radgraph") if isinstance(ready, dict) else None
    if found != RADGRAPH_VERSION:
        raise MetricUnavailable(f"needs radgraph {RADGRAPH_VERSION}, found {found}; {GUIDE}")


class AnnotationStore:
    """Annotations on disk, by the model's weights and the text; a store of none where not asked."""

    def __init__(self, database: sqlite3.Connection, scope: str) -> None:
        """Use a database; `scope` is whatever changes an annotation besides the text."""
        self._database, self._scope = database, scope
        with self._database:
            self._database.execute(
                "CREATE TABLE IF NOT EXISTS annotation (key TEXT PRIMARY KEY, value TEXT) STRICT"
            )

    @classmethod
    def open(cls, model: str, equipment: Equipment) -> AnnotationStore:
        """Return the store in the cache; an empty one in memory where there is no cache.

        What is kept holds words of the reports, so only the owner may enter the folder.
        """
        weights = equipment.weights.get(model, "unknown")
        path = ":memory:"
        if equipment.cache is not None and weights != "unknown":
            folder = equipment.cache / "radgraph"
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path = str(folder / "annotations.sqlite")
        scope = f"{model}\n{weights}\n{RADGRAPH_VERSION}\n{equipment.device}\n"
        return cls(sqlite3.connect(path, timeout=60), scope)

    def _key(self, text: str) -> str:
        return hashlib.sha256((self._scope + text).encode("utf-8", "surrogatepass")).hexdigest()

    def recall(self, texts: Iterable[str]) -> dict[str, Annotation]:
        """Return the annotations that are kept of these texts."""
        found = {}
        for text in texts:
            query = "SELECT value FROM annotation WHERE key = ?"
            row = self._database.execute(query, (self._key(text),)).fetchone()
            if row is not None:
                found[text] = parse_annotation(json.loads(row[0]))
        return found

    def keep(self, text: str, annotation: object) -> None:
        """Keep a text's annotation."""
        with self._database:
            self._database.execute(
                "INSERT OR REPLACE INTO annotation VALUES (?, ?)",
                (self._key(text), json.dumps(annotation)),
            )

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()
