"""The parts of the comment, each a block that can be cut without breaking what surrounds it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from urllib.parse import quote

from bot.domain.column import Column
from bot.domain.finding import Finding, first_of_each
from bot.domain.inspection import Inspection
from bot.domain.scorecard import MetricScore, Scorecard
from bot.domain.text import counted
from bot.render.words import numbers
from bot.render.words.markdown import code, one_line, own_link, row, table, text

COLLAPSE = "content.few-distinct"
"""Code of the warning that one text stands for many studies, which is said before any other."""

_SAME_CODE_SHOWN = 10
_CODES_COUNTED = 5
_REASONLESS = "the scorer gave no reason"


@dataclass(frozen=True)
class Block:
    """A part of a text: what is always shown of it, and lines that may be cut."""

    head: str
    """Markdown before the lines, with the blank line or table head they need."""
    items: tuple[str, ...] = ()
    """Lines, the most important first."""
    tail: str = ""
    """Markdown that closes the block."""
    more: str = "{hidden} more."
    """What is said of the lines that were cut; `{hidden}` is their number."""
    left_out: int = 0
    """Number of lines that were left out before."""

    def size(self) -> int:
        """Return how long the block is, at most, when no line of it is shown."""
        return len(self.head) + len(self.tail) + len(self.more) + 20

    def show(self, shown: int) -> str:
        """Return the block with its first lines."""
        body = "\n".join(part for part in (self.head, *self.items[:shown]) if part)
        if hidden := len(self.items) - shown + self.left_out:
            body += "\n\n" + self.more.format(hidden=f"{hidden:,}")
        return body + self.tail


def fit(blocks: Sequence[Block], limit: int) -> str:
    """Return the blocks one after the other, at most `limit` characters long.

    Every block keeps its head, its tail and a line that says how much is missing; the lines of
    the last are given room first, then those of the others in order. Where the heads alone do not
    fit, one sentence stands for blocks before the last.

    Args:
        blocks: Parts in order.
        limit: Characters.

    Example:
        >>> print(fit([Block("a", ("1", "22222222"), more="{hidden} more"), Block("b")], 80))
        a
        1
        <BLANKLINE>
        1 more
        <BLANKLINE>
        b
    """
    kept = list(blocks)
    while len(kept) > 3 and sum(block.size() + 2 for block in kept) > limit:
        kept[-3:-1] = [Block("More was left out here, because the text is too long.")]
    room = limit - sum(block.size() + 2 for block in kept)
    shown = [0] * len(kept)
    for number in (len(kept) - 1, *range(len(kept) - 1)):
        for item in kept[number].items:
            if len(item) + 1 > room:
                break
            room -= len(item) + 1
            shown[number] += 1
    return "\n\n".join(block.show(lines) for block, lines in zip(kept, shown, strict=True))


def finding_item(finding: Finding, repository: str | None = None, head: str | None = None) -> str:
    """Return a list item that says what is wrong, where, what was seen and what to do.

    Args:
        finding: What was found.
        repository: Address of the repository, to link the place and the rule.
        head: Commit in which the file is linked.
    """
    file = f"{finding.path}:{finding.line}" if finding.line else finding.path
    place = code(file)
    rule = code(finding.code)
    if repository and head:
        place = own_link(place, blob_url(repository, head, finding.path, finding.line))
    if repository:
        rule = own_link(rule, rule_url(repository, finding.code))
    pointer = f" {code(finding.pointer)}" if finding.pointer else ""
    lines = [f"- {place}{pointer}: {text(finding.message)} ({rule})"]
    if finding.seen:
        lines.append(f"  - Seen: {code(finding.seen)}")
    lines.append(f"  - Fix: {text(finding.hint)}")
    return "\n".join(lines)


def blob_url(repository: str, commit: str, path: str, line: int | None = None) -> str:
    """Return the address of a file in a commit.

    Example:
        >>> blob_url("https://github.com/o/r", "abc", "a b.json", 3)
        'https://github.com/o/r/blob/abc/a%20b.json#L3'
    """
    return f"{repository}/blob/{commit}/{quote(path)}" + (f"#L{line}" if line else "")


def rule_url(repository: str, rule: str) -> str:
    """Return the address of a rule's explanation; GitHub's anchors leave the dot out.

    Example:
        >>> rule_url("https://github.com/o/r", "manifest.bad-year")
        'https://github.com/o/r/blob/HEAD/docs/reference/errors.md#manifestbad-year'
    """
    return f"{repository}/blob/HEAD/docs/reference/errors.md#{rule.replace('.', '')}"


def findings_block(
    title: str, findings: Sequence[Finding], repository: str | None, head: str | None
) -> Block:
    """Return findings as a list in which no rule crowds out the others."""
    by_code = Counter(finding.code for finding in findings)
    shown, _ = first_of_each(findings, attrgetter("code"), _SAME_CODE_SHOWN)
    shown.sort(key=lambda finding: finding.code != COLLAPSE)
    heading = f"{title} ({len(findings):,})"
    if len(shown) < len(findings):
        counts = ", ".join(
            f"{n:,} of {code(rule)}" for rule, n in by_code.most_common(_CODES_COUNTED)
        )
        others = len(by_code) - _CODES_COUNTED
        rest = f", and {counted(others, 'other rule')}" if others > 0 else ""
        heading += f"\n\n{counts}{rest}."
    if COLLAPSE in by_code:
        heading += (
            "\n\n**⚠️ One report stands for many studies. Look at this first: a model that looks at "
            "the images does not write like that.**"
        )
    return Block(
        head=heading + "\n",
        items=tuple(finding_item(finding, repository, head) for finding in shown),
        more="{hidden} more findings; run `rexrank validate` to see all.",
        left_out=len(findings) - len(shown),
    )


def score_blocks(card: Scorecard, columns: Iterable[Column]) -> tuple[Block, ...]:
    """Return a board's scores as a table, and one sentence about what could not be computed."""
    columns = tuple(columns)
    title = f"#### {card.board}, {counted(card.n, 'study', 'studies')}"
    scored = [c for c in columns if card.shown(c.id) is not None]
    blocks = []
    if scored:
        cells = [
            (
                text(numbers.heading(column)),
                numbers.cell(card.metrics[column.id], column),
                numbers.interval(card.metrics[column.id], column),
            )
            for column in scored
        ]
        head = table(("Metric", "Value", "95 % interval"), (), right=(1, 2))
        blocks.append(
            Block(f"{title}\n\n{head}", tuple(row(c) for c in cells), more="{hidden} more metrics.")
        )
    else:
        blocks.append(Block(f"{title}\n\nNo metric could be computed."))
    missing = [column for column in columns if column not in scored]
    if missing:
        blocks.append(
            Block("", (_missing_sentence(card, missing),), more="Some metrics were not computed.")
        )
    return tuple(blocks)


def provenance_block(
    inspection: Inspection | None, scorecards: Iterable[Scorecard], run_url: str | None
) -> Block:
    """Return what everything above was computed from, folded."""
    items = []
    if inspection is not None and inspection.head.strip("0"):
        items.append(f"- Commit that was read: {code(inspection.head)}")
        items.append(f"- Target branch: {code(inspection.base)}")
        if inspection.merged_tree is not None:
            items.append(f"- Tree that merging makes: {code(inspection.merged_tree)}")
    if run_url is not None:
        items.append(f"- Run: {own_link('log of the run', run_url)}")
    for card in scorecards:
        made = card.fingerprint
        items.append(
            f"- {card.board}: "
            f"predictions {code('sha256:' + card.predictions_sha256)}, "
            f"references {code('sha256:' + card.references_commitment)}, "
            f"scorer {code('sha256:' + made.digest)}, "
            f"image {code(made.image) if made.image else 'none (not in a container)'}, "
            f"intervals from {card.bootstrap.resamples:,} resamples with seed {card.bootstrap.seed}"
        )
    return Block(
        "<details>\n<summary>Where this comes from</summary>\n",
        tuple(items),
        tail="\n\n</details>",
        more="{hidden} more lines.",
    )


def _missing_sentence(card: Scorecard, columns: Iterable[Column]) -> str:
    """Return one sentence that names each metric without a value and says why."""
    by_reason: dict[str, list[str]] = {}
    for column in columns:
        reason = _reason(card.metrics.get(column.id))
        by_reason.setdefault(reason, []).append(text(column.title))
    listed = "; ".join(f"{', '.join(titles)} ({why})" for why, titles in by_reason.items())
    return f"Not computed: {listed}."


def _reason(score: MetricScore | None) -> str:
    """Return why a metric has no value."""
    if score is None:
        return "not part of this scorer"
    reason = text(one_line(score.reason or "").rstrip(".")) or _REASONLESS
    return f"pending: {reason}" if score.status == "pending" else reason
