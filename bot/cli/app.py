"""`rexrank`: the commands by audience, each imported only when it is called."""

from __future__ import annotations

import difflib
import importlib
import os
import sys
import traceback
from typing import NoReturn

import click

from bot.errors import RexrankError

EXIT_BUG = 70
EXIT_INTERRUPTED = 130


COMMANDS: dict[str, dict[str, str]] = {
    "Submit": {
        "init": "Start a submission folder.",
        "package": "Strip and add prediction files.",
        "seal": "Encrypt predictions for the leaderboard alone.",
        "validate": "Find every problem of a submission.",
        "score": "Score a submission.",
        "preview": "Show the comment and rank it would get.",
    },
    "Understand": {
        "compare": "Compare entries head to head.",
        "explain": "Say what a finding means and how to fix it.",
        "metrics": "List the metrics and whether they run here.",
        "labels": "Show the agreement on each CheXbert label.",
        "doctor": "Check this installation.",
    },
    "Operate": {
        "setup": "Set up the repository on GitHub.",
        "dataset": "List and import test sets.",
        "import-published": "Bring in result tables that were published elsewhere.",
        "models": "List, fetch and verify model weights.",
        "schemas": "Write the JSON Schemas, or check for drift.",
        "inspect": "Judge a pull request's head, offline.",
        "fetch": "Bring what judging a pull request needs.",
        "pull": "Stop when a pull request has moved.",
        "score-sealed": "Score what is not public.",
        "report": "Answer a pull request.",
        "gate": "Say whether a pull request may be merged.",
        "command": "Answer a command in a comment.",
        "ledger": "Record, show and verify scorecards.",
        "quota": "Say how much of its quota a team has used.",
        "rescore": "Score merged entries with a new scorer.",
        "hygiene": "Find what needs a maintainer.",
        "publish": "Regenerate the leaderboard.",
        "site": "Make the leaderboard's web site.",
    },
}
"""The help page: each audience's commands with a line about each, in order.

`rexrank score-sealed` of "Operate" is `score_sealed` in `bot.cli.operate.score_sealed`.
"""


class Audiences(click.Group):
    """A group whose help needs none of its commands to be imported."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order of the help page."""
        return [name for commands in COMMANDS.values() for name in commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command, None when there is none of this name."""
        for audience, commands in COMMANDS.items():
            if cmd_name in commands:
                name = cmd_name.replace("-", "_")
                module = importlib.import_module(f"bot.cli.{audience.lower()}.{name}")
                command: click.Command = getattr(module, name)
                return command
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that was asked for; an unknown one gets the nearest name."""
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], self.list_commands(ctx), n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            ctx.fail(f"No such command '{args[0]}'.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by audience."""
        for audience, commands in COMMANDS.items():
            with formatter.section(audience):
                formatter.write_dl(list(commands.items()))


@click.group(
    cls=Audiences,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit status: 0 clean, 1 problems found, 2 wrong usage, 70 a bug, 75 a service is "
    "unavailable, 78 something is missing or misconfigured, 130 interrupted.",
)
@click.version_option(package_name="rexrank-bot", message="rexrank %(version)s")
def rexrank() -> None:
    """Submit radiology report models to a leaderboard, and run the leaderboard.

    Start with: rexrank init, rexrank validate, rexrank score, rexrank preview; then open a pull
    request that adds your folder under submissions/.
    """


def main() -> NoReturn:
    """Run the command line and exit with its status."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command line and return its exit status; nothing escapes."""
    try:
        return invoke(arguments)
    except RexrankError as error:
        click.echo(f"rexrank: {error}", err=True)
        return error.exit_status
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("rexrank: interrupted; nothing half done was left behind", err=True)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has left, as `head` does; nobody is there to be told.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception:  # noqa: BLE001 - the last place that can name a bug as one
        traceback.print_exc()
        click.echo("rexrank: this is a bug; please report the lines above", err=True)
        return EXIT_BUG


def invoke(arguments: list[str]) -> int:
    """Call the command that was asked for and return its exit status."""
    try:
        with rexrank.make_context("rexrank", arguments) as context:
            status = rexrank.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as end:
        return end.exit_code
    return status if isinstance(status, int) else 0
