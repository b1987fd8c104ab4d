"""What was measured, as a page and as a picture."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Sequence
from html import escape

from bench.timing import OURS, Line

PEERS = ("fast-bleu", "nltk", "sacrebleu", "scipy", "check-jsonschema", "bert-score", "torch")
INTRODUCTION = """# Side by side

Written by `python -m bench`. Peers ran in turn in the same run, round by round. A time is the
median of the rounds; a ratio is the median, over the rounds, of the peer's time by ours: above 1,
ours is faster. Texts are invented, from a seed, except where the IU X-ray test set and a published
entry were beside the checkout.
"""


def render_page(
    lines: Sequence[Line], goals: Sequence[tuple[str, str, bool]], left: list[str]
) -> str:
    """Return the page."""
    parts = [INTRODUCTION, f"Machine: {describe_machine()}.\n", "## Goals\n"]
    parts.append("| goal | seen | |\n|---|---|---|")
    parts += [
        f"| {goal} | {seen} | {'holds' if ok else '**missed**'} |" for goal, seen, ok in goals
    ]
    for task in dict.fromkeys(line.task for line in lines):
        own = [line for line in lines if line.task == task]
        has_memory = any(line.memory_mb for line in own)
        memory = " peak memory |" if has_memory else ""
        parts.append(f"\n## {task}\n\n| | who | time | ratio |{memory} |")
        parts.append(f"|---|---|--:|--:|{'--:|' if has_memory else ''}---|")
        shown = ""
        for line in own:
            cells = [
                "" if line.size == shown else line.size,
                line.peer,
                f"{format_seconds(line.median)}{'' if len(line.seconds) > 1 else ' (once)'}",
                "" if line.ratio is None else f"{line.ratio:.2g}",
                *([f"{line.memory_mb:,.0f} MB" if line.memory_mb else ""] if has_memory else ()),
                line.note,
            ]
            shown = line.size
            parts.append(f"| {' | '.join(cells)} |")
    if left:
        parts.append("\n## Not measured\n")
        parts += [f"- {reason}" for reason in left]
    parts.append("\n![Ratios as bars](ratios.svg)")
    return "\n".join(parts) + "\n"


def describe_machine() -> str:
    """Return what matters of the machine and nothing that names it."""
    versions = []
    for name in ("numpy", *PEERS):
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    cores = f"{os.cpu_count()} shared cores, {platform.machine()}"
    return (
        f"{cores}, {platform.system()}, Python {platform.python_version()}, {', '.join(versions)}"
    )


def format_seconds(seconds: float) -> str:
    """Return a time with three digits.

    Example:
        >>> format_seconds(0.01234), format_seconds(12.34), format_seconds(1234.5)
        ('12.3 ms', '12.3 s', '1,230 s')
    """
    if seconds < 1:
        return f"{seconds * 1000:.3g} ms"
    return f"{float(f'{seconds:.3g}'):,.10g} s"


def render_picture(lines: Sequence[Line]) -> str:
    """Return an SVG of every ratio to a peer, on a logarithmic scale."""
    import math

    bars = [line for line in lines if line.ratio is not None and not line.peer.startswith(OURS)]
    most = max((math.log10(max(line.ratio or 1, 1)) for line in bars), default=1) or 1
    row, left, width = 22, 400, 420
    height = row * len(bars) + 50
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + width + 80} {height}">',
        "<style>text { font: 13px system-ui, sans-serif }</style>",
        "<title>Peer's time by ours, logarithmic</title>",
        f'<rect width="{left + width + 80}" height="{height}" fill="#fff"/>',
        '<text x="8" y="20" font-weight="600">Peer\'s time divided by ours (logarithmic)</text>',
    ]
    for number, line in enumerate(bars):
        y = 36 + row * number
        ratio = line.ratio or 1
        long = max(1.0, math.log10(max(ratio, 1)) / most * width)
        label = escape(f"{line.task}, {line.size.split(',')[0]}: {line.peer}")
        colour = "#1f6f8b" if ratio >= 1 else "#b5523b"
        parts.append(f'<text x="{left - 8}" y="{y + 13}" text-anchor="end">{label}</text>')
        parts.append(f'<rect x="{left}" y="{y}" width="{long:.1f}" height="16" fill="{colour}"/>')
        parts.append(f'<text x="{left + long + 6:.1f}" y="{y + 13}">{ratio:.3g}</text>')
    return "\n".join((*parts, "</svg>")) + "\n"
