"""Which runs come of what happened: one runs and one waits for each concurrency group.

Source: "Control the concurrency of workflows and jobs": a group has at most one running and one
pending run; a newer one takes the place of the pending one, which is cancelled, and with
`cancel-in-progress` ends the running one, too. Groups of single jobs are not modelled.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from .happenings import Happening
from .state import Json
from .triggers import started_by

State = Literal["running", "pending", "cancelled", "done"]
EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")


@dataclass
class Run:
    """One run of a workflow."""

    workflow: str
    """Its file's name."""
    event: str
    happening: Happening
    group: str = ""
    """Its concurrency group; "" for none, which nothing holds up."""
    cancels: bool = False
    """Whether it ends the run that is in progress."""
    state: State = "running"


@dataclass
class Runs:
    """The runs of a repository.

    Example:
        runs = Runs()
        runs.take(server.happenings)
        [run.workflow for run in runs.running]
    """

    listed: list[Run] = field(default_factory=list)
    """Every run there was, oldest first."""
    seen: int = 0
    """How many happenings were looked at."""

    @property
    def running(self) -> list[Run]:
        """Return the runs in progress, oldest first."""
        return [run for run in self.listed if run.state == "running"]

    def take(self, happenings: list[Happening]) -> list[Run]:
        """Start what is new in a list that grows, and return the runs that it made."""
        fresh, self.seen = happenings[self.seen :], len(happenings)
        made = [run for happening in fresh for run in runs_of(happening)]
        for run in made:
            self.start(run)
        return made

    def start(self, run: Run) -> None:
        """Let a run begin, or wait for the one before it in its group."""
        self.listed.append(run)
        if not run.group:
            return
        for other in self._others(run):
            if other.state == "pending" or (other.state == "running" and run.cancels):
                other.state = "cancelled"
        if any(other.state == "running" for other in self._others(run)):
            run.state = "pending"

    def finish(self, run: Run) -> None:
        """End a run; the one that waits for it begins."""
        assert run.state == "running", f"{run.workflow} is {run.state}"
        run.state = "done"
        for other in self._others(run):
            if run.group and other.state == "pending":
                other.state = "running"

    def _others(self, run: Run) -> Iterator[Run]:
        return (one for one in self.listed if one is not run and one.group == run.group)


def runs_of(happening: Happening) -> Iterable[Run]:
    """Yield the runs that GitHub would start for what happened."""
    for event, file, document in started_by(happening):
        concurrency = document.get("concurrency") or {}
        if isinstance(concurrency, str):
            concurrency = {"group": concurrency}
        context = context_of(event, happening)
        group = fill(str(concurrency.get("group", "")), context)
        cancels = fill(str(concurrency.get("cancel-in-progress", "")), context).lower() == "true"
        yield Run(file, event, happening, group, cancels)


def context_of(event: str, happening: Happening) -> Json:
    """Return the part of the contexts `github` and `inputs` that groups are named after."""
    number: int | None = happening.number or None
    return {
        "inputs": dict(happening.inputs),
        "github": {
            "event_name": event,
            "ref": happening.ref,
            "sha": happening.head,
            "event": {
                "number": number,
                "action": happening.action,
                "pull_request": {"number": number},
                "issue": {"number": number},
                "comment": {"id": id(happening)},
            },
        },
    }


def fill(text: str, context: Json) -> str:
    """Return a text with its expressions filled in: paths, words, `||`, `&&`, `==`, `!=` and `!`.

    Source: "Evaluate expressions in workflows and actions": `&&` and `||` give one of their sides.

    Example:
        >>> fill("s-${{ inputs.number || github.sha }}", {"github": {"sha": "ab"}})
        's-ab'
        >>> fill("${{ a.b == 'x' && !a.c && '-y' || '' }}", {"a": {"b": "x"}})
        '-y'
    """
    return EXPRESSION.sub(lambda found: _show(_value(found[1], context)), text)


def _show(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _value(expression: str, context: Json) -> object:
    value: object = None
    for part in expression.split("||"):
        for factor in part.split("&&"):
            value = _compare(factor.strip(), context)
            if value in (None, "", False):
                break
        if value not in (None, "", False):
            break
    return value


def _compare(text: str, context: Json) -> object:
    for sign, is_same in (("==", True), ("!=", False)):
        left, found, right = text.partition(sign)
        if found:
            same = _show(_atom(left, context)) == _show(_atom(right, context))
            return same is is_same
    return _atom(text, context)


def _atom(text: str, context: Json) -> object:
    word = text.strip()
    if word.startswith("!"):
        return _atom(word[1:], context) in (None, "", False)
    if word.startswith("'"):
        return word.strip("'")
    if word in ("true", "false"):
        return word == "true"
    value: object = context
    for name in word.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value
