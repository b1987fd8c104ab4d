from __future__ import annotations

from pathlib import Path

import pytest

from bot.adapters.github.actions import run_url, write_outputs


def read_outputs(text: str) -> dict[str, str]:
    """Return the outputs as the runner reads them from the file.

    Source: FileCommandManager.cs of the Actions runner, the heredoc form.
    """
    outputs, lines = {}, text.split("\n")
    while lines and lines != [""]:
        line = lines.pop(0)
        name, heredoc, delimiter = line.partition("<<")
        if not heredoc or ("=" in line and line.index("=") < line.index("<<")):
            name, _, outputs_value = line.partition("=")
            outputs[name] = outputs_value
            continue
        end = lines.index(delimiter)
        outputs[name] = "\n".join(lines[:end])
        lines = lines[end + 1 :]
    return outputs


@pytest.fixture
def output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "output"
    file.write_text("earlier=kept\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_OUTPUT", str(file))
    return file


def test_outputs_are_appended_and_read_back(output: Path) -> None:
    values = {"kind": "submission", "empty": "", "lines": "one\ntwo\n", "text": "Übung = 1 << 2"}
    assert write_outputs(values)
    assert read_outputs(output.read_text(encoding="utf-8")) == {"earlier": "kept", **values}


@pytest.mark.parametrize(
    "value",
    [
        "x\nscored=true",
        "x\nEOF\nscored=true",
        "x\nend-\nscored<<end-\ntrue\nend-",
        "x\nend-0123456789abcdef0123456789abcdef\nscored=true",
    ],
)
def test_row_18_no_value_can_start_another_output(output: Path, value: str) -> None:
    write_outputs({"submission": value, "after": "1"})
    read = read_outputs(output.read_text(encoding="utf-8"))
    assert read == {"earlier": "kept", "submission": value, "after": "1"}


def test_row_18_the_delimiter_of_one_value_says_nothing_about_the_next(output: Path) -> None:
    write_outputs({"one": "1"})
    shown = output.read_text(encoding="utf-8").rsplit("\n", 2)[1]
    write_outputs({"two": f"2\n{shown}\nscored=true"})
    read = read_outputs(output.read_text(encoding="utf-8"))
    assert set(read) == {"earlier", "one", "two"}


def test_nothing_is_written_outside_actions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_OUTPUT", raising=False)
    assert not write_outputs({"kind": "submission"})


def test_the_address_of_a_run_needs_all_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.com")
    monkeypatch.setenv("GITHUB_REPOSITORY", "board/reports")
    monkeypatch.setenv("GITHUB_RUN_ID", "7")
    assert run_url() == "https://github.com/board/reports/actions/runs/7"
    monkeypatch.delenv("GITHUB_RUN_ID")
    assert run_url() is None
