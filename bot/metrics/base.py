"""What a metric is: what it says about itself, what it needs, and how it turns texts into numbers.

A metric is a `Metric` value whose `method` is one of five kinds. A module that defines one is
listed in `bot.metrics.registry`; nothing else has to know about it.
"""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from bot.errors import Misconfigured

Direction = Literal["higher", "lower"]
"""Which values are better."""

Kind = Literal["per-study", "corpus"]
"""Whether the value is a mean over studies, or belongs to all studies together."""

PENDING_REMEDY = "scored there, or here without one, slowly, with REXRANK_DEVICE=cpu"
"""What becomes of a metric that waits for a graphics processor."""

Scores = npt.NDArray[np.float64]
"""float64 array, one value for each study."""

Texts = Sequence[str]
"""Report texts, one for each study."""


class MetricUnavailable(Misconfigured):
    """A metric cannot run here; the message says why and what to run."""


@dataclass(frozen=True)
class Equipment:
    """What this installation has, found out by whoever starts the scoring."""

    models: Path | None = None
    """Folder of model weights."""
    weights: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of each model's weights that are in `models` and were verified."""
    faults: Mapping[str, str] = field(default_factory=dict)
    """Why the weights of a model that are in `models` cannot be used, and what to run."""
    cache: Path | None = None
    """Folder that keeps what is slow to make again, None to keep nothing."""
    device: str = "cpu"
    """Where models run: `cpu`, `cuda`."""
    device_forced: bool = False
    """Whether that device was asked for: what wants a GPU then runs without one, slowly."""
    search_path: str | None = None
    """Where executables are looked for, in PATH's notation; the process's own PATH when None."""


@dataclass(frozen=True)
class Needs:
    """What a metric needs besides this program."""

    packages: tuple[str, ...] = ()
    """Names that must be importable."""
    extra: str = "neural"
    """Extra of this distribution that brings those packages."""
    executables: tuple[str, ...] = ()
    """Programs that must be found."""
    weights: tuple[str, ...] = ()
    """Models whose weights must be present."""
    gpu: bool = False
    """Whether it needs a graphics processor."""
    service: str | None = None
    """Service outside this machine that it sends the texts to."""
    remedy: str | None = None
    """Command that brings what is missing; None where the kind of thing tells."""

    def missing(self, equipment: Equipment) -> tuple[str, ...]:
        """Return what is not there, as words for a sentence; empty when everything is."""
        packages = (name for name in self.packages if importlib.util.find_spec(name) is None)
        executables = (
            name
            for name in self.executables
            if shutil.which(name, path=equipment.search_path) is None
        )
        weights = (name for name in self.weights if name not in equipment.weights)
        return (
            *(f"the program {name}" for name in executables),
            *(f"the Python package {name}" for name in packages),
            *(f"weights {name}" for name in weights),
            *(("a GPU",) if self.waits(equipment) else ()),
        )

    def refusal(self, equipment: Equipment) -> str | None:
        """Return why these needs are not met here and what to run, None when they are.

        Example:
            >>> Needs(weights=("chexbert",)).refusal(Equipment())
            'weights chexbert not found; run: rexrank models fetch chexbert'
        """
        faults = [equipment.faults[name] for name in self.weights if name in equipment.faults]
        missing = self.missing(equipment)
        if faults or not missing:
            return "; ".join(faults) or None
        absent = [name for name in self.weights if name not in equipment.weights]
        bare = any(importlib.util.find_spec(name) is None for name in self.packages)
        remedies = (
            *((f"pip install 'rexrank-bot[{self.extra}]'",) if bare else ()),
            *((f"rexrank models fetch {' '.join(absent)}",) if absent else ()),
        )
        remedy = self.remedy or " && ".join(remedies)
        return f"{' and '.join(missing)} not found{f'; run: {remedy}' if remedy else ''}"

    def waits(self, equipment: Equipment) -> bool:
        """Return whether a graphics processor is needed and there is none here."""
        return self.gpu and equipment.device == "cpu" and not equipment.device_forced

    def __str__(self) -> str:
        """Return the needs as one phrase.

        Example:
            >>> str(Needs(packages=("torch",), weights=("chexbert",)))
            'Python package torch, weights chexbert'
            >>> str(Needs())
            'nothing'
        """
        parts = (
            *(f"program {name}" for name in self.executables),
            *(f"Python package {name}" for name in self.packages),
            *(f"weights {name}" for name in self.weights),
            *(("a GPU",) if self.gpu else ()),
            *((self.service,) if self.service else ()),
        )
        return ", ".join(parts) or "nothing"


@dataclass(frozen=True)
class PerStudy:
    """Scores every study; the metric's value is their mean."""

    score: Callable[[Texts, Texts, Equipment], Scores]
    """Predictions and references of n studies to an array of shape (n,)."""
    independent: bool = False
    """Whether a study's score is the same, to the last bit, whichever others are scored with it."""


@dataclass(frozen=True)
class Corpus:
    """Scores all studies together, from counts that add up over studies.

    Because the counts add up, resampling studies means resampling their rows: a corpus metric has
    an interval like any other.
    """

    count: Callable[[Texts, Texts, Equipment], Scores]
    """Predictions and references of n studies to counts of shape (n, k)."""
    value: Callable[[Scores], Scores]
    """Mean counts of shape (..., k) to values of shape (...); unchanged by a common factor."""
    independent: bool = False
    """Whether a study's counts are the same whichever others are counted with it."""


@dataclass(frozen=True)
class Composite:
    """Combines the columns of other metrics, study by study."""

    components: tuple[str, ...]
    """Ids of the metrics that `combine` takes, in its order."""
    combine: Callable[..., Scores]
    """Arrays of shape (n,) to an array of shape (n,)."""


@dataclass(frozen=True)
class Derived:
    """A monotone function of another metric's value, not of each study's."""

    source: str
    """Id of that metric."""
    transform: Callable[[float], float | None]
    """Value to value, None where there is none."""


@dataclass(frozen=True)
class Slot:
    """A metric that this release describes and cannot run."""

    kind: Kind = "per-study"
    """What it will be."""
    reason: str = "not in this release"
    """Why it does not run."""
    remedy: str = "update rexrank-bot to a release that has it"
    """What to do."""


Method = PerStudy | Corpus | Composite | Derived | Slot


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A metric of report quality."""

    id: str
    """Name in files: `bleu2`."""
    title: str
    """Heading in tables: `BLEU-2`."""
    name: str
    """Full name."""
    definition: str
    """What is computed, in sentences."""
    citation: str
    """Where it comes from."""
    version: str = "1"
    """Version of this definition; another version is another number."""
    low: float | None = 0.0
    """Least possible value, None when there is no bound."""
    high: float | None = 1.0
    """Greatest possible value, None when there is no bound."""
    direction: Direction = "higher"
    """Which values are better."""
    digits: int = 3
    """Decimal places that tables show."""
    needs: Needs = field(default_factory=Needs)
    """What it needs besides this program."""
    libraries: tuple[str, ...] = ()
    """Distributions whose version can change its value."""
    enforced: Mapping[str, str] = field(default_factory=dict)
    """Distributions of another interpreter, by the one version that the metric accepts."""
    method: Method
    """How it is computed."""

    @property
    def kind(self) -> Kind:
        """Whether the value is a mean over studies, or belongs to all studies together."""
        if isinstance(self.method, Slot):
            return self.method.kind
        return "per-study" if isinstance(self.method, PerStudy | Composite) else "corpus"

    @property
    def components(self) -> tuple[str, ...]:
        """Ids of the metrics that this one is made of; empty for most."""
        if isinstance(self.method, Composite):
            return self.method.components
        return (self.method.source,) if isinstance(self.method, Derived) else ()

    def is_pending(self, equipment: Equipment) -> bool:
        """Return whether another machine is to score it, one with a graphics processor."""
        return not isinstance(self.method, Slot) and self.needs.waits(equipment)

    def availability(self, equipment: Equipment) -> str | None:
        """Return why this metric cannot run here and what to run, None when it can.

        The metrics it is made of are not looked at: see `registry.availability`.
        """
        if isinstance(self.method, Slot):
            needs = f" (needs {self.needs})" if str(self.needs) != "nothing" else ""
            return f"{self.method.reason}{needs}; {self.method.remedy}"
        if self.is_pending(equipment):
            return f"needs a GPU runner; {PENDING_REMEDY}"
        return self.needs.refusal(equipment)


def check_pairs(predictions: Texts, references: Texts) -> int:
    """Return the number of pairs.

    Raises:
        ValueError: The two differ in length.
    """
    if len(predictions) != len(references):
        raise ValueError(f"{len(predictions)} predictions for {len(references)} references")
    return len(predictions)
