"""`rexrank setup`: plan what a leaderboard's repository needs, and do it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from bot.cli.options import (
    app_key_option,
    branch_option,
    catalog_option,
    dry_run,
    exit_status,
    maintainer_option,
    output_format,
    squash_option,
    through_bot_option,
    token_only_option,
)
from bot.domain.repository_setup import ACTIONS_APP_ID, SetupPoint
from bot.errors import WrongUsage
from bot.jobs.console import say
from bot.jobs.installation import Installation
from bot.jobs.setup.repository import carry_out_setup, plan_setup
from bot.jobs.setup.wish import make_wish, read_secrets, writer_of
from bot.render.setup_plan import left_lines, plan_document, plan_lines

NEEDS = (
    "administration, contents, environments, issues, pages and variables: write; "
    "actions: read; metadata: read"
)


@click.command(
    epilog=f"REXRANK_TOKEN is a fine-grained token of an administrator with {NEEDS}. "
    "Exit status: 0 when all is in order, 1 when something is left for a person."
)
@click.argument("repository", metavar="OWNER/NAME")
@maintainer_option
@click.option("--app", "app_id", type=int, metavar="N", help="A GitHub App of this number pushes.")
@app_key_option
@click.option("--deploy-key", is_flag=True, help="A deploy key pushes; it is made here.")
@token_only_option
@click.option(
    "--identity",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    help="The leaderboard's age identity, which opens sealed predictions.",
)
@click.option("--replace-secrets", is_flag=True, help="Replace secrets that are set already.")
@click.option("--image", metavar="NAME", help="Image that scorer-image pushes: host/owner/name.")
@click.option("--registry", metavar="HOST", help="The image's registry, if not its first part.")
@click.option("--scorer-image", metavar="NAME@DIGEST", help="Image that scores.")
@click.option("--references", metavar="URL", help="Where the public references are.")
@click.option("--site", metavar="URL", help="Address of the web page.")
@click.option("--bot-login", metavar="LOGIN", help="The app's account, if its key is not given.")
@through_bot_option
@squash_option
@click.option(
    "--prevent-self-review", is_flag=True, help="Who starts a sealed run must not approve it."
)
@branch_option
@dry_run
@output_format("text", "json")
@catalog_option
def setup(
    repository: str,
    maintainers: tuple[str, ...],
    app_id: int | None,
    app_key: Path | None,
    deploy_key: bool,
    token_only: bool,
    identity: Path | None,
    replace_secrets: bool,
    image: str | None,
    registry: str | None,
    scorer_image: str | None,
    references: str | None,
    site: str | None,
    bot_login: str | None,
    through_bot: bool,
    squash: bool | None,
    prevent_self_review: bool,
    branch: str,
    dry_run: bool,
    format_: str,
    catalog_folder: Path | None,
) -> int:
    """Set up a leaderboard's repository on GitHub; run it again at any time.

    Plans and makes labels, variables, environments with their secrets, CODEOWNERS, the branch
    ledger, the settings of Actions and Pages, and the rules of both branches. What is right is
    kept, so a second run changes nothing and one that was interrupted can be repeated. What the
    token may not do is listed at the end, with the place to click.

    One of --app, --deploy-key and --token-only says who pushes to the branches.
    """
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        raise WrongUsage(f"{repository}: give owner/name")
    if (app_id is not None) + deploy_key + token_only != 1:
        raise WrongUsage("give one of --app N, --deploy-key and --token-only")
    if app_id == ACTIONS_APP_ID:
        raise WrongUsage("--app: that is GitHub Actions' own app, which no bypass list takes")
    if app_key is not None and app_id is None:
        raise WrongUsage("--app-key belongs to --app N")
    if through_bot and app_id is None:
        raise WrongUsage("--merge-through-bot needs --app: neither a key nor the token can merge")
    secrets = read_secrets(app_key, identity)
    variables = {
        "REXRANK_REGISTRY": registry or (image or "").partition("/")[0],
        "REXRANK_IMAGE": image,
        "REXRANK_SCORER_IMAGE": scorer_image,
        "REXRANK_REFERENCES": references,
        "REXRANK_SITE": site,
        "REXRANK_APP_ID": str(app_id) if app_id is not None else None,
        "REXRANK_BOT_LOGIN": bot_login,
    }
    installation = Installation(catalog_folder)
    wish = make_wish(
        installation,
        repository,
        branch,
        writer=writer_of(app_id, token_only),
        app_id=app_id if app_id is not None else ACTIONS_APP_ID,
        maintainers=maintainers,
        variables={name: value for name, value in variables.items() if value},
        secrets=frozenset(secrets),
        replaces_secrets=replace_secrets,
        through_bot=through_bot,
        squash=squash,
        prevent_self_review=prevent_self_review,
    )
    if dry_run:
        points = plan_setup(wish, secrets)
        show(points, {}, format_)
        return exit_status(any(point.change == "by hand" for point in points))
    result = carry_out_setup(installation, wish, secrets)
    show(result.points, result.reasons, format_, result.left)
    say(f"{result.done} changes made, {len(result.left)} things left")
    return exit_status(bool(result.left))


def show(
    points: Iterable[SetupPoint],
    reasons: Mapping[str, str],
    format_: str,
    left: Iterable[SetupPoint] = (),
) -> None:
    """Print the plan, and what is left of it."""
    if format_ == "json":
        document = {
            "plan": plan_document(points, reasons),
            "left": plan_document(left, reasons),
        }
        click.echo(json.dumps(document, indent=2))
        return
    for line in plan_lines(points):
        click.echo(line)
    rest = list(left_lines(left, reasons))
    if rest:
        click.echo("\nLeft for a person:")
    for line in rest:
        click.echo(f"- {line}")
