"""A rule: what can be wrong, how it comes about, what to do; and the findings it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.domain.finding import Finding, Level
from bot.domain.text import escape_hidden

Family = Literal["changes", "manifest", "predictions", "content", "dataset", "sealed"]
"""What a rule looks at; the part of its code before the dot."""


@dataclass(frozen=True)
class Rule:
    """One thing that can be wrong, in words that a submitter understands."""

    code: str
    """Family and slug: `predictions.study-missing`."""
    level: Level
    """How serious it is."""
    title: str
    """What is wrong, in a few words."""
    cause: str
    """When it happens, and why it is not accepted."""
    fix: str
    """What to do, as an order."""

    @property
    def family(self) -> str:
        """What the rule looks at."""
        return self.code.partition(".")[0]

    def finding(
        self,
        path: str,
        *,
        message: str,
        hint: str | None = None,
        line: int | None = None,
        pointer: str = "",
        seen: str = "",
    ) -> Finding:
        r"""Return a finding of this rule; texts are made visible and cut to their lengths.

        Args:
            path: File, from the root of the repository.
            message: What is wrong, without a final full stop.
            hint: What to do; the rule's own fix when absent.
            line: Line in the file, from 1.
            pointer: JSON pointer of the value.
            seen: What was found there; never the text of a report.

        Example:
            >>> rule = Rule("changes.bad-path", "error", "Bad path", "A name.", "Rename it")
            >>> rule.finding("a\nb", message="a line break").path
            'a\\u000ab'
        """
        return Finding(
            code=self.code,
            level=self.level,
            path=escape_hidden(path, 300),
            line=line,
            pointer=escape_hidden(pointer, 300),
            message=escape_hidden(message, 500),
            seen=escape_hidden(seen, 200),
            hint=escape_hidden(self.fix if hint is None else hint, 500),
        )


def rules(family: Family, level: Level, *rows: tuple[str, str, str, str]) -> tuple[Rule, ...]:
    """Return the rules of a family from rows of slug, title, cause and fix."""
    return tuple(Rule(f"{family}.{slug}", level, *texts) for slug, *texts in rows)
