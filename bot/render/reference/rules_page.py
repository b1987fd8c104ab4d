"""The page of all rules, and one rule for a terminal."""

from __future__ import annotations

from bot.domain.rules import FAMILIES, RULES, Rule

_LEVELS = {
    "error": "stops a submission",
    "warning": "is for the reviewer to judge",
    "notice": "is for information",
}

_HEAD = """# Findings

Everything `rexrank validate` and the bot can find, in the order in which it is checked. An
**error** stops a submission, a **warning** is for the reviewer to judge, a **notice** is for
information. All problems are reported in one run; of many equal ones in a file, the first 20 and a
count of the others.
`rexrank explain <code>` prints one of these in a terminal.

<!-- Generated from bot/domain/rules: change the rules, not this page. -->
"""


def render_rules_page() -> str:
    """Return `docs/reference/errors.md`: a table of contents, then every rule."""
    parts = [_HEAD]
    for family, heading in FAMILIES.items():
        parts.append(f"- [{heading}](#{_anchor(heading)})")
        parts += [f"  - [`{rule.code}`](#{_anchor(rule.code)})" for rule in _rules_of(family)]
    for family, heading in FAMILIES.items():
        parts.append(f"\n## {heading}")
        parts += [_section(rule) for rule in _rules_of(family)]
    return "\n".join(parts) + "\n"


def render_rule(code: str) -> str:
    """Return what a rule means and what to do, as plain text.

    Raises:
        KeyError: There is no such rule.

    Example:
        >>> print(render_rule("changes.no-manifest"))
        changes.no-manifest (error): No manifest
        <BLANKLINE>
        The folder has no manifest.yaml after this change.
        To do: Add manifest.yaml: rexrank init writes one.
        <BLANKLINE>
    """
    rule = RULES[code]
    return f"{code} ({rule.level}): {rule.title}\n\n{rule.cause}\nTo do: {rule.fix}.\n"


def _rules_of(family: str) -> list[Rule]:
    return [rule for rule in RULES.values() if rule.family == family]


def _section(rule: Rule) -> str:
    level = f"*{rule.level.capitalize()}: {_LEVELS[rule.level]}.*"
    parts = (
        f"\n### {rule.code}",
        f"**{rule.title}.** {level}",
        _escaped(rule.cause),
        f"**To do:** {_escaped(rule.fix)}.",
    )
    return "\n\n".join(parts)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")


def _anchor(heading: str) -> str:
    """Return the anchor that Markdown renderers give a heading."""
    return "".join(c for c in heading.lower().replace(" ", "-") if c.isalnum() or c in "-_")
