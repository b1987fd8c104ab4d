"""What a module needs of this program stands at its top, where a reader and a tool can see it."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "bot"


def test_no_function_imports_a_module_of_this_program() -> None:
    assert [
        f"{path.relative_to(PACKAGE)}:{inner.lineno}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for outer in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(outer)
        if any(name.split(".")[0] == "bot" for name in imported(inner))
    ] == []


def imported(node: ast.AST) -> list[str]:
    """Return the modules that a statement imports, none when it is no import."""
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
