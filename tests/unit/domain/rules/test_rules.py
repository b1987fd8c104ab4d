from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from bot.domain.rules import FAMILIES, RULES
from bot.render.reference.rules_page import render_rule, render_rules_page

ROOT = Path(__file__).parents[4]


def test_codes_are_family_and_slug_and_families_are_known() -> None:
    for code, rule in RULES.items():
        assert code == rule.code
        assert re.fullmatch(r"[a-z]+\.[a-z0-9-]{2,40}", code)
        assert rule.family in FAMILIES


def test_texts_are_sentences_without_their_final_stop_where_one_is_added() -> None:
    for rule in RULES.values():
        assert rule.cause.endswith("."), rule.code
        assert not rule.fix.endswith("."), rule.code
        assert rule.title[0].isupper() or rule.title.startswith("model_"), rule.code


def test_every_code_that_a_module_names_exists() -> None:
    named = set()
    for path in (ROOT / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Subscript)
                and isinstance(node.value, ast.Name)
                and node.value.id == "RULES"
                and isinstance(node.slice, ast.Constant)
            ):
                named.add(node.slice.value)
    assert named
    assert named <= RULES.keys()


def test_every_rule_is_named_by_a_module_that_reports_it() -> None:
    """Some modules name a slug and add the family; those that read JSON add that of their file."""
    codes, slugs = set(), set()
    for path in (ROOT / "bot").rglob("*.py"):
        if path.parent.name == "rules":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        nodes = list(ast.walk(tree))
        texts = {
            str(node.value).removeprefix(".") for node in nodes if isinstance(node, ast.Constant)
        }
        codes |= texts
        added = {
            ast.unparse(node).strip("f\"'").split(".{")[0]
            for node in nodes
            if isinstance(node, ast.JoinedStr) and ".{" in ast.unparse(node)
        }
        if "{limits.family}" in added:
            added |= {"predictions", "dataset"}
        slugs |= {f"{family}.{slug}" for family in added & FAMILIES.keys() for slug in texts}
    assert RULES.keys() - codes - slugs == set()


def test_the_rules_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        RULES.__setitem__("x.y", RULES["manifest.tag"])


def test_a_finding_shows_what_is_hidden_and_is_cut_to_its_length() -> None:
    finding = RULES["manifest.tag"].finding(
        "a\u202e\x00" + "b" * 400,
        message="m" * 900 + "\n::error::",
        pointer="/" + "p" * 900,
        seen="\ud800\x1b[31m",
        hint="h" * 900,
        line=3,
    )
    assert finding.path.startswith("a\\u202e\\u0000bb")
    assert (len(finding.path), len(finding.message), len(finding.hint)) == (300, 500, 500)
    assert len(finding.pointer) == 300
    assert finding.seen == "\\ud800\\u001b[31m"
    assert finding.to_json()


def test_the_rule_fixes_what_no_hint_is_given_for() -> None:
    rule = RULES["manifest.tag"]
    assert rule.finding("m", message="x").hint == rule.fix
    assert rule.finding("m", message="x", hint="Do it").hint == "Do it"


def test_the_page_of_rules_is_the_committed_one() -> None:
    page = ROOT / "docs" / "reference" / "errors.md"
    assert page.read_text(encoding="utf-8") == render_rules_page()


def test_every_rule_is_on_the_page_and_can_be_explained() -> None:
    page = render_rules_page()
    for code in RULES:
        assert f"\n### {code}\n" in page
        assert code in render_rule(code)
