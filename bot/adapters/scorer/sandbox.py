"""Scoring inside a sandbox: the same command, on the same folder, where nothing can leak."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.adapters.disk.files import write_atomic, write_files
from bot.adapters.disk.score_folder import read_scores
from bot.adapters.references.store import STORE_VARIABLE
from bot.domain.dataset import References
from bot.domain.scorecard import PerStudyTable, Scorecard
from bot.domain.submission import SubmissionFolder
from bot.errors import ServiceUnavailable
from bot.ports import Sandbox

DIGEST_VARIABLE = "REXRANK_IMAGE_DIGEST"
"""Tells the command inside a container which image it runs in."""
CATALOG_VARIABLE = "REXRANK_CATALOG"


def score_in_sandbox(
    sandbox: Sandbox,
    submission: SubmissionFolder,
    references: Sequence[References],
    options: Sequence[str],
    *,
    timeout_s: float,
    log: Path | None = None,
    catalog: Mapping[str, bytes] | None = None,
    workplace: Path | None = None,
) -> list[tuple[Scorecard, PerStudyTable]]:
    """Return the scores of a submission, made in a sandbox and checked when they came out.

    Args:
        sandbox: Where the command runs.
        submission: The entry's files.
        references: Reference texts that the sandbox is given, and no others.
        options: Options of `rexrank score` that change numbers.
        timeout_s: Seconds after which the sandbox is removed.
        log: File that gets what the command printed; it can quote references. None drops it.
        catalog: Files of a catalog that is used instead of the image's own.
        workplace: Folder in which everything lies meanwhile; the system's temporary one when None.

    Raises:
        ServiceUnavailable: The command failed in there.
        Misconfigured: What came out is not what the command writes.
    """
    with tempfile.TemporaryDirectory(prefix="rexrank-score-", dir=workplace) as name:
        entry, store, cards, output = (
            Path(name, part)
            for part in (f"entry/{submission.id}", "references", "catalog", "output")
        )
        for folder in (entry, store, cards, output):
            folder.mkdir(parents=True)
        write_files(entry, submission.files)
        for each in references:
            write_atomic(store / f"{each.dataset}.references.json", each.to_json())
        write_files(cards, catalog or {})
        for folder in (path for path in Path(name).rglob("*") if path.is_dir()):
            # Whatever this process's umask is, the container's user can read them.
            folder.chmod(0o755)
        inside = f"/submissions/{submission.id}"
        mounts = {inside: entry, "/references": store}
        environment = {STORE_VARIABLE: "/references", DIGEST_VARIABLE: sandbox.digest()}
        if catalog:
            mounts["/catalog"] = cards
            environment[CATALOG_VARIABLE] = "/catalog"
        done = sandbox.run(
            ["score", inside, "--output", "/output", *options],
            read_only=mounts,
            output=output,
            environment=environment,
            timeout_s=timeout_s,
        )
        if log is not None:
            write_atomic(log, done.log.encode())
        if done.exit_status:
            # What it printed may quote a reference: only its status leaves.
            raise ServiceUnavailable(
                f"the scorer ended with status {done.exit_status} in its container; run it with "
                "--container-log FILE where the log may be read"
            )
        return read_scores(output / submission.id)
