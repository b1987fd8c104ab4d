"""`rexrank explain`: what a finding means, how it comes about and how to fix it."""

from __future__ import annotations

import difflib

import click

from bot.domain.rules import RULES
from bot.errors import WrongUsage
from bot.render.reference.rules_page import render_rule


@click.command()
@click.argument("code", required=False)
def explain(code: str | None) -> None:
    """Say what a finding's CODE means, how it comes about and how to fix it.

    Lists every code when none is given.
    """
    if code is None:
        for rule in RULES.values():
            click.echo(f"{rule.code:<34}{rule.level:<9}{rule.title}")
        return
    if code not in RULES:
        near = difflib.get_close_matches(code, RULES, n=1, cutoff=0.3)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise WrongUsage(f"no code {code!r}{hint} `rexrank explain` lists all")
    click.echo(render_rule(code), nl=False)
