"""A rule: what can be wrong, how it comes about, what to do; and the findings it gives."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bot.domain.finding import Finding, Level

Family = Literal["changes", "manifest", "predictions", "content", "dataset", "sealed"]
"""What a rule looks at; the part of its code before the dot."""

# Control, reordering and invisible characters, and halves of surrogate pairs.
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb]"
)


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
            path=visible(path, 300),
            line=line,
            pointer=visible(pointer, 300),
            message=visible(message, 500),
            seen=visible(seen, 200),
            hint=visible(self.fix if hint is None else hint, 500),
        )


def visible(text: str, limit: int) -> str:
    r"""Return text in which nothing is hidden, at most `limit` characters long.

    Example:
        >>> visible("a\x00b\ud800", 60)
        'a\\u0000b\\ud800'
        >>> visible("abcdef", 4)
        'abc…'
    """
    text = _UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text[: limit + 1])
    return text if len(text) <= limit else text[: limit - 1] + "…"


def rules(family: Family, level: Level, *rows: tuple[str, str, str, str]) -> tuple[Rule, ...]:
    """Return the rules of a family from rows of slug, title, cause and fix."""
    return tuple(Rule(f"{family}.{slug}", level, *texts) for slug, *texts in rows)
