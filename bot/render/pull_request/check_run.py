"""The check run and the labels: the comment's verdict where the code host shows outcomes."""

from __future__ import annotations

from bot.domain.label import LABELS, NEEDS_WORK, OUR_FAULT, SCORED, WAITING
from bot.domain.outcome import CHECK_NAME, Outcome, QueueVerdict, Report
from bot.domain.text import counted
from bot.ports import CheckRun, Conclusion
from bot.render.pull_request.comment import next_steps, verdict_text, verdict_title
from bot.render.words.markdown import text

MANAGED_LABELS = tuple(label.name for label in LABELS)
"""Labels that the bot sets and removes; all others are left alone."""

# Neutral would let a pull request through that nobody checked: what waits asks for action.
_CONCLUSIONS: dict[Outcome, Conclusion] = {
    "needs-work": "failure",
    "our-fault": "action_required",
    "waiting": "action_required",
    "scored": "success",
    "withdrawal": "success",
}
_LABELS: dict[Outcome, str] = {
    "needs-work": NEEDS_WORK.name,
    "our-fault": OUR_FAULT.name,
    "waiting": WAITING.name,
    "scored": SCORED.name,
    "withdrawal": WAITING.name,
}


def render_check(report: Report) -> CheckRun:
    """Return the check run of a report, every finding of it an annotation."""
    if report.outcome is None:
        return CheckRun(
            name=CHECK_NAME,
            conclusion="neutral",
            title="No entry is touched",
            summary="This pull request changes nothing below `submissions/`.",
        )
    findings = report.inspection.findings if report.inspection else ()
    amounts = [
        counted(amount, level)
        for level in ("error", "warning", "notice")
        if (amount := sum(finding.level == level for finding in findings))
    ]
    found = f"\n\n{', '.join(amounts)}." if amounts else ""
    more = "The bot's comment says what to do next."
    if report.unwritten:
        more = f"{text(report.unwritten)}\n\n{next_steps(report)}"
    return CheckRun(
        name=CHECK_NAME,
        conclusion=_CONCLUSIONS[report.outcome],
        title=verdict_title(report.outcome),
        summary=f"{verdict_text(report)}{found}\n\n{more}",
        findings=findings,
    )


def render_queue_check(verdict: QueueVerdict) -> CheckRun:
    """Return the check on a commit of the queue."""
    if verdict.reasons:
        listed = "\n".join(f"- {text(reason)}" for reason in verdict.reasons)
        summary = f"The queue's commit may not be merged:\n\n{listed}"
        return CheckRun(CHECK_NAME, "failure", "Not to be merged", summary)
    if not verdict.entries:
        summary = "This commit changes nothing below `submissions/`."
        return CheckRun(CHECK_NAME, "neutral", "No entry is touched", summary)
    summary = "The commit is exactly the merge of what was judged, and changes only its entries."
    return CheckRun(CHECK_NAME, "success", "In order in the merge queue", summary)


def labels_for(outcome: Outcome | None) -> tuple[str, ...]:
    """Return which of `MANAGED_LABELS` a pull request carries; none that is not the bot's business.

    Example:
        >>> labels_for("scored"), labels_for(None)
        (('rexrank: scored',), ())
    """
    return () if outcome is None else (_LABELS[outcome],)
