"""A fault or a doubt about a file: what it is, where it is, what was seen, what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from typing import Annotated, Literal, TypeVar

from pydantic import Field

from bot.domain.value import Value

Level = Literal["error", "warning", "notice"]
"""An error stops a submission; a warning is for the reviewer; a notice is for information."""

Item = TypeVar("Item")
Key = TypeVar("Key", bound=Hashable)


class Finding(Value):
    """One fault or doubt."""

    code: Annotated[str, Field(pattern=r"^[a-z]+\.[a-z0-9-]+$", max_length=60)]
    """Name of the rule, as `rexrank explain` takes it: `predictions.study-missing`."""
    level: Level
    """How serious it is."""
    path: Annotated[str, Field(max_length=300)]
    """File, from the root of the repository."""
    line: Annotated[int, Field(ge=1)] | None = None
    """Line in the file, from 1, where it can be had."""
    pointer: Annotated[str, Field(max_length=300)] = ""
    """JSON pointer (RFC 6901) of the value; empty for the whole document."""
    message: Annotated[str, Field(max_length=500)]
    """What is wrong, as a sentence without its final full stop."""
    seen: Annotated[str, Field(max_length=200)] = ""
    """What was found there, shortened; never the text of a report."""
    hint: Annotated[str, Field(max_length=500)]
    """What to do, as an order."""

    @property
    def place(self) -> str:
        """The file with its line, and the pointer, as a person reads them."""
        file = f"{self.path}:{self.line}" if self.line else self.path
        return f"{file} {self.pointer}" if self.pointer else file


def has_errors(findings: Iterable[Finding]) -> bool:
    """Return whether any finding stops the submission."""
    return any(finding.level == "error" for finding in findings)


def first_of_each(
    items: Iterable[Item], key: Callable[[Item], Key], most: int
) -> tuple[list[Item], Counter[Key]]:
    """Return the first items of each kind in their order, and how many more of it there are.

    Example:
        >>> first_of_each(["a1", "b1", "a2", "a3"], lambda item: item[0], most=1)
        (['a1', 'b1'], Counter({'a': 2}))
    """
    seen: Counter[Key] = Counter()
    first = []
    for item in items:
        name = key(item)
        seen[name] += 1
        if seen[name] <= most:
            first.append(item)
    return first, Counter({name: number - most for name, number in seen.items() if number > most})
