"""The one comment on a pull request: a verdict nobody can mistake, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.finding import Level
from bot.domain.inspection import Inspection
from bot.domain.outcome import Outcome, Report
from bot.domain.submission import SUBMISSIONS_FOLDER
from bot.domain.text import counted
from bot.render.pull_request.comment_parts import (
    Block,
    findings_block,
    fit,
    provenance_block,
    score_blocks,
)
from bot.render.pull_request.quota import quota_item
from bot.render.pull_request.rank_preview import preview_item
from bot.render.words.markdown import bold, code, own_link, text

MARKER = "<!-- rexrank-bot:comment -->"
"""First line of the comment, by which, with its author, it is found again."""

LIMIT = 60_000
"""Longest comment, in characters; GitHub refuses 65,536."""

_TITLES: dict[Outcome, str] = {
    "needs-work": "❌ Your file needs work",
    "our-fault": "🔧 Our infrastructure failed: you need do nothing",
    "waiting": "⏳ Waiting for a person: a maintainer starts the scoring",
    "scored": "✅ Ready, waiting for a person: a maintainer reviews",
    "withdrawal": "⏳ Withdrawal, waiting for a person: a maintainer reviews",
}
_MERGE = (
    "Maintainer: read the warnings, approve by review and merge; the leaderboard is rebuilt from "
    "main."
)
_WAITING_FOR = {
    "ready": "",
    "sealed": "its predictions are encrypted",
    "private": "only the leaderboard holds its references",
}
_NAMES_SHOWN = 5


def render_comment(report: Report) -> str | None:
    """Return the comment, at most `LIMIT` characters; None when there is nothing to say."""
    if report.outcome is None:
        return None
    inspection = report.inspection
    blocks = [Block(f"{MARKER}\n## {verdict_title(report.outcome)}\n\n{verdict_text(report)}")]
    if report.unwritten:
        blocks.append(Block(f"🔧 {text(report.unwritten)}"))
    blocks.append(Block(f"### What to do next\n\n{next_steps(report)}"))
    findings = inspection.findings if inspection else ()
    head = inspection.head if inspection else None

    def listed(title: str, level: Level) -> None:
        chosen = [finding for finding in findings if finding.level == level]
        if chosen:
            blocks.append(findings_block(title, chosen, report.repository, head))

    listed("#### Errors", "error")
    if report.scorecards:
        blocks.append(Block("### Scores"))
        for card in report.scorecards:
            blocks.extend(score_blocks(card, report.columns))
    if report.allowances:
        items = "\n".join(map(quota_item, report.allowances))
        blocks.append(Block(f"### Quota\n\n{items}"))
    if report.previews:
        blocks.append(
            Block(
                "### Rank preview\n\nAgainst the leaderboard as it is now; merging decides.\n",
                tuple(preview_item(preview) for preview in report.previews),
                more="{hidden} more boards.",
            )
        )
    listed("### Warnings", "warning")
    listed("### Notices", "notice")
    blocks.append(provenance_block(inspection, report.scorecards, report.run_url))
    return fit(blocks, LIMIT - 1) + "\n"


def verdict_title(outcome: Outcome) -> str:
    """Return the verdict in one line."""
    return _TITLES[outcome]


def verdict_text(report: Report) -> str:
    """Return the sentences below the verdict: how many problems, or who is waited for."""
    subject = _subject(report.inspection)
    who = f"Waiting for {_names(report.maintainers)} since {text(report.since)}."
    if report.outcome == "needs-work":
        findings = report.inspection.findings if report.inspection else ()
        errors = sum(finding.level == "error" for finding in findings)
        verb = "stops" if errors == 1 else "stop"
        return f"{counted(errors, 'error')} {verb} {subject}. Nothing is waiting for a maintainer."
    if report.outcome == "our-fault":
        what = f" What failed: {text(report.failure)}." if report.failure else ""
        return f"Your submission is not the cause.{what} {who}"
    if report.outcome == "waiting":
        plans = report.inspection.unscored(report.scorecards) if report.inspection else ()
        reasons = "; ".join(
            f"{plan.board} ({_WAITING_FOR[plan.readiness]})" for plan in plans[:_NAMES_SHOWN]
        )
        rest = len(plans) - _NAMES_SHOWN
        more = f"; and {counted(rest, 'more board')}" if rest > 0 else ""
        listed = f" To be scored by a maintainer: {reasons}{more}." if plans else ""
        return f"Every check of {subject} passed. {who}{listed}"
    if report.outcome == "withdrawal":
        return f"This removes {subject} from the leaderboard. {who}"
    return f"Every check of {subject} passed, and it was scored. {who}"


def next_steps(report: Report) -> str:
    """Return what the submitter and the maintainer do next, as a list."""
    entry = report.inspection.submission if report.inspection else None
    if report.outcome == "needs-work":
        folder = f" {SUBMISSIONS_FOLDER}/{entry}" if entry else ""
        return (
            "1. Mend what is listed under Errors, on the branch of this pull request.\n"
            f"2. Check it on your machine: `rexrank validate{folder}`\n"
            "3. Push. Everything runs again, and this comment changes."
        )
    if report.outcome == "our-fault":
        run = own_link("the run", report.run_url) if report.run_url else "the run"
        return (
            "- Submitter: nothing. Do not push again for this.\n"
            f"- Maintainer: read {run}, mend the cause, then run its failed jobs again."
        )
    if report.outcome == "waiting":
        return (
            "- Submitter: nothing. A new push starts the checks again.\n"
            "- Maintainer: comment `/rexrank score`. When it is scored, approve by review and "
            "merge."
        )
    if report.outcome == "withdrawal":
        return (
            "- Submitter: nothing.\n"
            "- Maintainer: approve by review and merge; the leaderboard is rebuilt from main "
            "without this entry."
        )
    return f"- Submitter: nothing. A new push is checked and scored again.\n- {_MERGE}"


def _subject(inspection: Inspection | None) -> str:
    """Return the entry as a sentence names it."""
    if inspection is None or inspection.submission is None:
        return "this submission"
    if inspection.manifest is None:
        return code(inspection.submission)
    model = inspection.manifest.model
    about = f"{bold(model.name)} {text(model.version)}, {text(model.institution)}"
    return f"{code(inspection.submission)} ({about})"


def _names(logins: Sequence[str]) -> str:
    """Return who is waited for, without notifying anybody.

    Example:
        >>> _names(["ada", "grace"])
        'a maintainer (ada, grace)'
    """
    shown = ", ".join(text(login) for login in logins[:_NAMES_SHOWN])
    rest = ", …" if len(logins) > _NAMES_SHOWN else ""
    return f"a maintainer ({shown}{rest})" if shown else "a maintainer"
