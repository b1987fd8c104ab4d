from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli.operate.schemas import schemas
from bot.domain.schemas import schema_files
from bot.errors import SubmissionRejected

ROOT = Path(__file__).parents[4]


def check(folder: Path) -> None:
    options = ["--check", "--output", str(folder)]
    CliRunner().invoke(schemas, options, catch_exceptions=False, standalone_mode=False)


def test_the_committed_schemas_are_what_the_types_say() -> None:
    check(ROOT / "schemas")


def test_changed_missing_and_extra_files_are_named(tmp_path: Path) -> None:
    for name, data in schema_files().items():
        (tmp_path / name).write_bytes(data)
    check(tmp_path)
    (tmp_path / "manifest.schema.json").write_bytes(b"{}\n")
    (tmp_path / "findings.schema.json").unlink()
    (tmp_path / "old.schema.json").write_bytes(b"{}\n")
    with pytest.raises(SubmissionRejected) as caught:
        check(tmp_path)
    for name in ("findings", "manifest", "old"):
        assert f"{name}.schema.json" in str(caught.value)
