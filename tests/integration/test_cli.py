"""The command line as a user meets it: exit statuses, formats, silence where silence is due."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
ATTENTIVE = CHECKOUT / "submissions" / "sample-attentive"
TERSE = CHECKOUT / "submissions" / "sample-terse"
FAST = ("--metric", "bleu2", "--metric", "rougeL", "--metric", "cider")
SCORE_ONE = ("score", str(TERSE), "--metric", "bleu2")
HEAVY = {"pandas", "numpy", "github", "rich", "pydantic", "jsonschema", "yaml", "fsspec", "torch"}


def run(*words: str, cwd: Path = CHECKOUT, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), **variables}
    command = (sys.executable, "-m", "bot", *words)
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    """A sound submission that a test may spoil."""
    folder = tmp_path / "sample-terse"
    shutil.copytree(TERSE, folder)
    return folder


def test_help_lists_every_command_and_imports_none() -> None:
    code = (
        "import sys; from bot.cli.app import run; status = run(['--help']); "
        f"print(sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr); "
        "print([n for n in sorted(sys.modules) if n.startswith('bot.')], file=sys.stderr); "
        "sys.exit(status)"
    )
    done = subprocess.run(
        (sys.executable, "-c", code), cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    heavy, own = done.stderr.splitlines()
    assert heavy == "[]"
    assert own == "['bot.cli', 'bot.cli.app', 'bot.errors']"
    for name in ("init", "validate", "score", "preview", "package", "explain", "doctor"):
        assert f"\n  {name} " in done.stdout


def test_a_clean_submission_exits_0_and_says_so() -> None:
    done = run("validate", str(ATTENTIVE))
    assert (done.returncode, done.stdout) == (0, "No problem found.\n")


def test_problems_exit_1_and_all_of_them_are_told(entry: Path) -> None:
    manifest = entry / "manifest.yaml"
    manifest.write_text(manifest.read_text().replace("schema_version: 1", "schema_version: 2"))
    file = entry / "predictions/mini.findings.json"
    studies = json.loads(file.read_text())
    del studies["mini-0001"]
    file.write_text(json.dumps(studies))
    done = run("validate", str(entry), "--output-format", "json")
    assert done.returncode == 1
    findings = json.loads(done.stdout)
    assert {finding["code"] for finding in findings} >= {
        "manifest.sha256",
        "predictions.study-missing",
    }
    assert [f for f in findings if f.get("pointer") == "/schema_version" and f["line"] == 1]


@pytest.mark.parametrize(
    "words",
    [("vlidate",), ("validate",), ("score", "x", "--resamples", "3"), ("explain", "no.such")],
)
def test_wrong_usage_exits_2(words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""


def test_what_is_missing_exits_78_and_says_what_to_do(tmp_path: Path) -> None:
    done = run("validate", str(tmp_path / "nothing"))
    assert done.returncode == 78
    assert "make one with `rexrank init`" in done.stderr


def test_a_metric_asked_for_by_name_that_cannot_run_exits_78(tmp_path: Path) -> None:
    done = run("score", str(TERSE), "--metric", "bertscore", REXRANK_MODELS=str(tmp_path))
    assert done.returncode == 78, done.stderr
    assert "bertscore" in done.stderr


def test_a_remote_that_does_not_answer_exits_75() -> None:
    done = run("ledger", "show", "--remote", "http://127.0.0.1:9/none.git")
    assert done.returncode == 75, done.stderr
    assert "Traceback" not in done.stderr


def test_an_interrupt_exits_130_and_leaves_no_half_file(tmp_path: Path) -> None:
    output = tmp_path / "scores"
    command = (sys.executable, "-m", "bot", "score", str(TERSE), "--output", str(output))
    # On a terminal the program says where it is: the signal is sent when it has begun to score.
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        (*command, "--resamples", "100000"),
        cwd=CHECKOUT,
        env={**os.environ, "TERM": "xterm"},
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    try:
        os.close(theirs)
        printed = read_until(ours, b"mini.findings")
        process.send_signal(signal.SIGINT)
        printed += read_until(ours, None)
        assert process.wait() == 130, printed
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    assert not list(output.rglob("*.json"))


def read_until(terminal: int, word: bytes | None) -> bytes:
    """Return what a terminal shows until a word has come, or until nobody writes to it any more."""
    shown = b""
    while word is None or word not in shown:
        try:
            more = os.read(terminal, 4096)
        except OSError:  # Linux says so when the last writer has left
            more = b""
        if not more:
            break
        shown += more
    return shown


def test_json_stands_alone_on_standard_output(tmp_path: Path) -> None:
    done = run(*SCORE_ONE, "--output-format", "json", "--output", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    (card,) = json.loads(done.stdout)
    assert card["dataset"] == "mini"
    assert "\x1b" not in done.stdout + done.stderr


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    trees = []
    for name in ("one", "two"):
        done = run("score", str(ATTENTIVE), "--output", str(tmp_path / name), *FAST)
        assert done.returncode == 0, done.stderr
        files = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        trees.append([(f.relative_to(tmp_path / name), f.read_bytes()) for f in files])
    assert len(trees[0]) == 4
    assert trees[0] == trees[1]


def test_every_dry_run_writes_nothing(tmp_path: Path) -> None:
    answers = ("--model", "M", "--institution", "I", "--year", "2026", "--license", "MIT")
    done = run("init", "my-model", "--into", str(tmp_path), *answers, "--login", "me", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "schema_version: 1" in done.stdout
    test_file = CHECKOUT / "bot/catalog/mini/studies.json"
    done = run("dataset", "import", "mini", str(test_file), "--dry-run")
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_init_without_a_terminal_names_the_option_that_is_missing(tmp_path: Path) -> None:
    done = run("init", "my-model", "--into", str(tmp_path))
    assert done.returncode == 2
    assert "--model is missing" in done.stderr


def test_from_init_to_preview_by_command_line_alone(tmp_path: Path) -> None:
    answers = ("--model", "M", "--institution", "I", "--year", "2026", "--license", "MIT")
    assert run("init", "mine", "--into", str(tmp_path), *answers, "--login", "me").returncode == 0
    raw = TERSE / "predictions/mini.findings.json"
    entry = str(tmp_path / "mine")
    done = run("package", entry, str(raw), "--dataset", "mini", "--section", "findings")
    assert done.returncode == 0, done.stderr
    assert run("validate", entry).returncode == 0
    scores = str(tmp_path / "scores")
    assert run("score", entry, "--output", scores, "--metric", "bleu2").returncode == 0
    done = run("preview", entry, "--scores", scores)
    assert done.returncode == 0, done.stderr
    assert "rank **1 of 1** (95 %: 1" in done.stdout


def test_github_format_is_annotations(entry: Path) -> None:
    (entry / "manifest.yaml").unlink()
    done = run("validate", str(entry), "--output-format", "github")
    assert done.returncode == 1
    assert done.stdout.startswith("::error file=submissions/sample-terse/manifest.yaml")


def test_publishing_folders_is_a_pure_function(tmp_path: Path) -> None:
    scores, board = tmp_path / "scores", tmp_path / "leaderboard"
    run("score", str(ATTENTIVE), str(TERSE), "--output", str(scores), "--metric", "bleu2")
    words = ("publish", "--submissions", str(CHECKOUT / "submissions"), "--scores", str(scores))
    done = run(*words, "--output", str(board))
    assert done.returncode == 0, done.stderr
    first = {path.name: path.read_bytes() for path in board.iterdir()}
    assert {"README.md", "leaderboard.json", "mini.findings.csv", "mini.findings.md"} <= set(first)
    done = run(*words, "--output", str(board))
    assert "0 of" in done.stderr
    assert {path.name: path.read_bytes() for path in board.iterdir()} == first


def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = f"{sys.executable} -m bot explain | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ("bash", "-c", command), cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
