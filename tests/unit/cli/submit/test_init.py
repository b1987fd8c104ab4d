from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from bot.cli.submit.init import init
from bot.errors import WrongUsage

CHECKOUT = Path(__file__).resolve().parents[4]
ANSWERS = {
    "--model": "MoE",
    "--institution": "IIT",
    "--year": "2025",
    "--license": "MIT",
    "--login": "sam",
}


def run_init(into: Path, answers: dict[str, str], name: str = "moe-1.0") -> Result:
    words = [word for pair in answers.items() for word in pair]
    return CliRunner().invoke(init, [name, "--into", str(into), *words])


def test_a_value_arrives_in_the_manifest_as_it_was_given(tmp_path: Path) -> None:
    hostile = 'a: "b" # {c} \\n\n- &d *e %f'
    done = run_init(tmp_path, {**ANSWERS, "--model": hostile, "--institution": "{version}"})
    assert done.exit_code == 0, done.output
    document = yaml.safe_load((tmp_path / "moe-1.0/manifest.yaml").read_text(encoding="utf-8"))
    assert document["model"]["name"] == hostile
    assert document["model"]["institution"] == "{version}"
    assert document["submitters"] == ["sam"]


@pytest.mark.parametrize("name", ["Moe", "../moe", "m", ".moe", "mo_e", "moe\n", "x" * 64])
def test_a_name_that_is_no_submission_id_is_refused(tmp_path: Path, name: str) -> None:
    done = run_init(tmp_path, ANSWERS, name=name)
    assert isinstance(done.exception, WrongUsage)
    assert list(tmp_path.iterdir()) == []


def test_an_entry_that_is_there_is_left_alone(tmp_path: Path) -> None:
    run_init(tmp_path, ANSWERS)
    manifest = tmp_path / "moe-1.0/manifest.yaml"
    manifest.write_text("mine", encoding="utf-8")
    assert isinstance(run_init(tmp_path, ANSWERS).exception, WrongUsage)
    assert manifest.read_text(encoding="utf-8") == "mine"


def test_a_year_that_is_none_is_asked_for_again(tmp_path: Path) -> None:
    keyboard, terminal = os.openpty()
    os.write(keyboard, b"soon\n1066\n2025\n")
    words = [word for pair in ANSWERS.items() if pair[0] != "--year" for word in pair]
    done = subprocess.run(
        (sys.executable, "-m", "bot", "init", "moe-1.0", "--into", str(tmp_path), *words),
        cwd=CHECKOUT,
        stdin=terminal,
        check=False,
        capture_output=True,
        text=True,
    )
    os.close(keyboard)
    os.close(terminal)
    assert done.returncode == 0, done.stderr
    document = yaml.safe_load((tmp_path / "moe-1.0/manifest.yaml").read_text(encoding="utf-8"))
    assert document["model"]["year"] == 2025
