"""Send a report: the comment, the check and the labels of a pull request, each by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bot.domain.outcome import Report
from bot.errors import Misconfigured, RexrankError, ServiceUnavailable
from bot.ports import CodeHost
from bot.render.pull_request.check_run import MANAGED_LABELS, labels_for, render_check
from bot.render.pull_request.comment import render_comment


@dataclass(frozen=True)
class Sent:
    """Which parts of an answer were written; each was tried even when another failed."""

    written: Mapping[str, str]
    """What was written, by part: comment, check, labels."""
    unwritten: Mapping[str, RexrankError]
    """Why the rest was not."""

    @property
    def error(self) -> RexrankError | None:
        """What the run ends with; None where only labels are missing, which nothing depends on.

        A permission that is missing comes before an outage: trying again would not help.
        """
        said = [error for part, error in self.unwritten.items() if part != "labels"]
        lasting = [error for error in said if isinstance(error, Misconfigured)]
        return next(iter(lasting or said), None)


def send_report(pulls: CodeHost, number: int, head: str, report: Report) -> Sent:
    """Write the comment, then the check, then the labels; return what came of each.

    The check comes after the comment: it is what a merge waits for, so it must not be green before
    the comment says why. Where one of the two cannot be written, the other says so.
    """
    written: dict[str, str] = {}
    unwritten: dict[str, RexrankError] = {}

    def attempt(part: str, write: Callable[[], str]) -> None:
        try:
            written[part] = write()
        except (Misconfigured, ServiceUnavailable) as error:
            unwritten[part] = error

    def write_comment() -> str:
        return pulls.write_comment(number, render_comment(report) or "")

    def write_check() -> str:
        check = render_check(report)
        pulls.write_check(head, check)
        return check.conclusion

    def write_labels() -> str:
        labels = labels_for(report.outcome)
        pulls.write_labels(number, labels, managed=MANAGED_LABELS)
        return ", ".join(labels)

    answers = report.outcome is not None
    if answers:
        attempt("comment", write_comment)
        if error := unwritten.get("comment"):
            report = replace(report, unwritten=f"The comment could not be written: {error}.")
    attempt("check", write_check)
    if answers:
        if "comment" in written and (error := unwritten.get("check")):
            report = replace(report, unwritten=f"The check could not be written: {error}.")
            attempt("comment", write_comment)
        attempt("labels", write_labels)
    return Sent(written, unwritten)
