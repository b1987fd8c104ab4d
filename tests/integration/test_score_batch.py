"""A batch of entries: one that fails, does not end or kills the run costs nothing but itself."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from bot.adapters.disk.score_folder import read_scores
from bot.adapters.git.repository import create_bare
from bot.adapters.ledger.scores import SCORECARD_RECORDS
from bot.checks.reading.ledger_records import read_records
from bot.cli.app import run
from bot.domain.repository_setup import LEDGER_BRANCH
from bot.domain.score_failure import ScoreFailure
from tests.integration.git_objects import commit
from tests.integration.handovers import CHECKOUT
from tests.warm_program import WarmProcess

SAMPLE = CHECKOUT / "submissions" / "sample-terse"
NAMES = ("one", "three", "two")
CLIENT = """#!{python} -IS
# docker, whose containers find the scores made already; some entries fare otherwise.
import os, shutil, signal, sys, time
words = sys.argv[1:]
if words[0] == "image":
    print('{{"Id": "sha256:{ones}", "RepoDigests": []}}')
if words[0] != "run":
    sys.exit(0)
name = next(w for w in words if w.startswith("/submissions/")).rpartition("/")[2]
(mount,) = [w for w in words if w.endswith(",target=/output")]
output = mount.partition("source=")[2].partition(",")[0]
with open({calls!r}, "a") as calls:
    calls.write(name + "\\n")
fate = {fates!r}.get(name)
if fate == "fails":
    print("a private report")
    sys.exit(3)
if fate == "hangs":
    time.sleep(3600)
if fate == "kills":
    os.kill(os.getppid(), signal.SIGKILL)
shutil.copytree({made!r}, output + "/" + name)
"""


class Batch:
    """Three entries on main, and an engine that scores them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = folder / "scores"
        self.submissions = folder / "submissions"
        files: dict[str, bytes | None] = {}
        for name in NAMES:
            shutil.copytree(SAMPLE, self.submissions / name)
            manifest = self.submissions / name / "manifest.yaml"
            other = manifest.read_text(encoding="utf-8").replace("sample-terse", name)
            manifest.write_text(other, encoding="utf-8")
        for path in sorted(self.submissions.rglob("*")):
            if path.is_file():
                files[path.relative_to(folder).as_posix()] = path.read_bytes()
        self.upstream = create_bare(folder / "upstream.git")
        self.upstream.run("update-ref", "refs/heads/main", commit(self.upstream, None, files))
        made = folder / "made"
        words = ["--metric", "bleu2", "--resamples", "100", "--output", str(made)]
        assert run(["score", str(SAMPLE), *words]) == 0
        self.engine({})

    def engine(self, fates: dict[str, str]) -> None:
        client = self.folder / "bin" / "docker"
        client.parent.mkdir(exist_ok=True)
        made = str(self.folder / "made" / "sample-terse")
        calls = str(self.folder / "calls")
        text = CLIENT.format(
            python=sys.executable, ones="1" * 64, calls=calls, fates=fates, made=made
        )
        client.write_text(text, encoding="utf-8")
        client.chmod(0o755)

    def words(self, *names: str) -> list[str]:
        folders = [str(self.submissions / name) for name in names]
        engine = ["--in-container", "docker", "--image", "any", "--output", str(self.output)]
        return ["score", *folders, *engine]

    def score(self, *words: str) -> int:
        return run([*self.words("one", "two", "three"), *words])

    def made(self) -> list[str]:
        """Return the entries that have scores, all of which can be read."""
        folders = [path for path in sorted(self.output.iterdir()) if path.is_dir()]
        shown = [path for path in folders if not path.name.startswith(".")]
        for path in shown:
            assert len(read_scores(path)) == 1
        return [path.name for path in shown]

    def failure(self, name: str) -> ScoreFailure:
        return ScoreFailure.from_json((self.output / f"{name}.failed.json").read_bytes())

    def record(self) -> int:
        submissions = ["--submissions", str(self.submissions)]
        remote = ["--remote", str(self.upstream.folder)]
        return run(["rescore", "record", str(self.output), *submissions, *remote])

    def table(self, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
        """Return the last column of the table by entry."""
        capsys.readouterr()
        remote = ["--remote", str(self.upstream.folder)]
        plan = ["--plan", str(self.folder / "plan.json")]
        assert run(["rescore", "table", *plan, *remote, "--scores", str(self.output)]) == 0
        rows = [
            [cell.strip() for cell in line.strip("| ").split("|")]
            for line in capsys.readouterr().out.splitlines()
            if line.startswith("| <code>")
        ]
        return {row[0].removeprefix("<code>").removesuffix("</code>"): row[-1] for row in rows}


@pytest.fixture
def batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Batch:
    monkeypatch.setenv("REXRANK_TOKEN", "unused")
    monkeypatch.delenv("REXRANK_SCORER_IMAGE", raising=False)
    made = Batch(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    plan = ["--output", str(tmp_path / "plan.json")]
    assert run(["rescore", "plan", "--remote", str(made.upstream.folder), *plan]) == 0
    return made


@pytest.mark.parametrize(
    ("fate", "words", "why"),
    [
        ("fails", (), "the scorer ended with status 3"),
        ("hangs", ("--timeout", "10"), "scoring did not end in 10 s"),
    ],
)
def test_one_that_fails_or_does_not_end_costs_one(
    batch: Batch,
    capsys: pytest.CaptureFixture[str],
    fate: str,
    words: tuple[str, ...],
    why: str,
) -> None:
    batch.engine({"two": fate})
    assert batch.score(*words) == 75
    said = capsys.readouterr()
    assert f"two: not scored: {why}" in said.err
    assert said.err.rstrip().endswith("not scored: 1 of 3 submissions: two")
    assert "a private report" not in said.out + said.err
    assert batch.made() == ["one", "three"]
    assert batch.failure("two").exit_status == 75
    assert batch.failure("two").reason.startswith(why)
    # The three have the same file, and so one scorecard; each is looked at by itself.
    assert batch.record() == 0
    assert "two: nothing to record" in capsys.readouterr().err
    assert len(read_records(batch.upstream, LEDGER_BRANCH, SCORECARD_RECORDS)) == 1


def test_what_was_made_before_the_run_was_killed_is_there_and_is_recorded(
    batch: Batch, capsys: pytest.CaptureFixture[str]
) -> None:
    batch.engine({"three": "kills"})
    process = WarmProcess(batch.words("one", "two", "three"), dict(os.environ))
    process.communicate(timeout=120)
    assert process.returncode == -9
    assert batch.made() == ["one", "two"]
    (batch.output / ".three.0.new").mkdir()
    assert batch.record() == 0
    assert ".three.0.new: left by a run that was killed" in capsys.readouterr().err
    assert len(read_records(batch.upstream, LEDGER_BRANCH, SCORECARD_RECORDS)) == 1
    batch.engine({})
    assert batch.score() == 0
    assert batch.made() == list(NAMES)
    calls = (batch.folder / "calls").read_text(encoding="utf-8").split()
    assert calls == ["one", "two", "three"] * 2


def test_the_table_says_of_each_that_is_missing_why(
    batch: Batch, capsys: pytest.CaptureFixture[str]
) -> None:
    batch.engine({"two": "fails"})
    assert run(batch.words("one", "two")) == 75
    rows = batch.table(capsys)
    assert rows["one"] == "scored, but not recorded"
    assert rows["two"].startswith("not scored: the scorer ended with status 3")
    assert rows["three"] == "no result: its job ended first"


def test_a_folder_that_cannot_be_used_does_not_prevent_the_others(
    batch: Batch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert batch.score() == 0
    (batch.output / "one" / "mini.findings" / "scorecard.json").write_text("{}")
    shutil.copytree(batch.output / "two", batch.output / "unknown")
    capsys.readouterr()
    assert batch.record() == 78
    said = capsys.readouterr().err
    assert "one: not recorded: " in said
    assert "unknown: not recorded: " in said
    assert "recorded 2 scorecards" in said or "recorded 1 scorecards" in said
    assert len(read_records(batch.upstream, LEDGER_BRANCH, SCORECARD_RECORDS)) == 1


def test_a_failure_is_forgotten_when_the_entry_is_scored(batch: Batch) -> None:
    batch.engine({"two": "fails"})
    assert batch.score() == 75
    batch.engine({})
    assert batch.score() == 0
    assert not list(batch.output.glob("*.failed.json"))


def test_a_single_one_ends_as_ever_unless_the_rest_is_said_to_go_on(batch: Batch) -> None:
    batch.engine({"two": "fails"})
    assert run(batch.words("two")) == 75
    assert not batch.output.exists()
    assert run([*batch.words("two"), "--keep-going"]) == 75
    assert batch.failure("two").submission == "two"


def test_of_several_failures_the_highest_status_is_the_batchs(
    batch: Batch, capsys: pytest.CaptureFixture[str]
) -> None:
    batch.engine({"two": "fails"})
    (batch.submissions / "one" / "manifest.yaml").write_text("{}")
    shutil.rmtree(batch.submissions / "three")
    assert batch.score() == 78
    assert [batch.failure(name).exit_status for name in NAMES] == [1, 78, 75]
    assert "not scored: 3 of 3 submissions: one, two, three" in capsys.readouterr().err


def test_boards_that_were_scored_earlier_stay(batch: Batch) -> None:
    assert batch.score() == 0
    other = batch.output / "one" / "mini.report"
    other.mkdir()
    (other / "scorecard.json").write_text("kept")
    assert batch.score() == 0
    assert (other / "scorecard.json").read_text() == "kept"
    assert [path.name for path in batch.output.iterdir() if path.name.startswith(".")] == []


def test_what_somebody_wrote_for_a_reason_is_only_text(
    batch: Batch, capsys: pytest.CaptureFixture[str]
) -> None:
    batch.output.mkdir()
    loud = ScoreFailure(submission="two", exit_status=75, reason="<b>@all | x</b>\n::error::x")
    (batch.output / "two.failed.json").write_bytes(loud.to_json())
    (batch.output / "three.failed.json").write_bytes(loud.to_json())
    (batch.output / "one.failed.json").symlink_to("/etc/passwd")
    rows = batch.table(capsys)
    assert "<b>" not in rows["two"]
    assert "@" not in rows["two"]
    assert rows["one"] == rows["three"] == "not scored: why cannot be read; see the job's log"
