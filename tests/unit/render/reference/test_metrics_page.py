from __future__ import annotations

from pathlib import Path

from bot.metrics.registry import METRICS, explain_release
from bot.render.reference.metrics_page import render_metrics_page

PAGE = Path(__file__).resolve().parents[4] / "docs" / "reference" / "metrics.md"
WRITE = (
    "from bot.metrics.registry import METRICS, explain_release; "
    "from bot.render.reference.metrics_page import render_metrics_page; "
    "print(render_metrics_page(METRICS, explain_release), end='')"
)


def test_the_reference_page_says_what_the_metrics_say() -> None:
    assert PAGE.read_text() == render_metrics_page(METRICS, explain_release), (
        f'run: python -c "{WRITE}" > docs/reference/metrics.md, and read the difference'
    )


def test_every_metric_has_a_section_and_a_row() -> None:
    page = render_metrics_page(METRICS, explain_release)
    for metric in METRICS:
        assert f"\n## {metric.title}\n" in page
        assert f"| {metric.title} | `{metric.id}` |" in page
