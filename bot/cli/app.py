"""`rexrank`: the commands by audience, each imported only when it is called."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from typing import NamedTuple, NoReturn

import click

from bot.errors import RexrankError

EXIT_BUG = 70
EXIT_INTERRUPTED = 130


class Entry(NamedTuple):
    """A command as the help page lists it."""

    name: str
    """What is typed."""
    place: str
    """Module and attribute of the click command."""
    summary: str
    """One line."""


COMMANDS: dict[str, tuple[Entry, ...]] = {
    "Submit": (
        Entry("init", "bot.cli.submit.init:init", "Start a submission folder."),
        Entry("package", "bot.cli.submit.package:package", "Strip and add prediction files."),
        Entry("seal", "bot.cli.submit.seal:seal", "Encrypt predictions for the leaderboard alone."),
        Entry(
            "validate", "bot.cli.submit.validate:validate", "Find every problem of a submission."
        ),
        Entry("score", "bot.cli.submit.score:score", "Score a submission."),
        Entry(
            "preview", "bot.cli.submit.preview:preview", "Show the comment and rank it would get."
        ),
    ),
    "Understand": (
        Entry("compare", "bot.cli.understand.compare:compare", "Compare entries head to head."),
        Entry(
            "explain",
            "bot.cli.understand.about:explain",
            "Say what a finding means and how to fix it.",
        ),
        Entry(
            "metrics",
            "bot.cli.understand.about:metrics",
            "List the metrics and whether they run here.",
        ),
        Entry(
            "labels",
            "bot.cli.understand.labels:labels",
            "Show the agreement on each CheXbert label.",
        ),
        Entry("doctor", "bot.cli.understand.doctor:doctor", "Check this installation."),
    ),
    "Operate": (
        Entry("setup", "bot.cli.operate.setup:setup", "Set up the repository on GitHub."),
        Entry("dataset", "bot.cli.operate.dataset:dataset", "List and import test sets."),
        Entry(
            "import-published",
            "bot.cli.operate.import_published:import_published",
            "Bring in result tables that were published elsewhere.",
        ),
        Entry("models", "bot.cli.operate.models:models", "List, fetch and verify model weights."),
        Entry(
            "schemas",
            "bot.cli.understand.about:schemas",
            "Write the JSON Schemas, or check for drift.",
        ),
        Entry(
            "inspect", "bot.cli.operate.inspect:inspect", "Judge a pull request's head, offline."
        ),
        Entry("fetch", "bot.cli.operate.fetch:fetch", "Bring what judging a pull request needs."),
        Entry("pull", "bot.cli.operate.pull:pull", "Stop when a pull request has moved."),
        Entry(
            "score-sealed", "bot.cli.operate.score_sealed:score_sealed", "Score what is not public."
        ),
        Entry("report", "bot.cli.operate.report:report", "Answer a pull request."),
        Entry("gate", "bot.cli.operate.gate:gate", "Say whether a pull request may be merged."),
        Entry("command", "bot.cli.operate.command:command", "Answer a command in a comment."),
        Entry("ledger", "bot.cli.operate.ledger:ledger", "Record, show and verify scorecards."),
        Entry("quota", "bot.cli.operate.quota:quota", "Say how much of its quota a team has used."),
        Entry(
            "rescore", "bot.cli.operate.rescore:rescore", "Score merged entries with a new scorer."
        ),
        Entry("hygiene", "bot.cli.operate.hygiene:hygiene", "Find what needs a maintainer."),
        Entry("publish", "bot.cli.operate.publish:publish", "Regenerate the leaderboard."),
        Entry("site", "bot.cli.operate.site:site", "Make the leaderboard's web site."),
    ),
}


class Audiences(click.Group):
    """A group whose help needs none of its commands to be imported."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order of the help page."""
        return [entry.name for entries in COMMANDS.values() for entry in entries]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command, None when there is none of this name."""
        for entries in COMMANDS.values():
            for entry in entries:
                if entry.name == cmd_name:
                    module, attribute = entry.place.split(":")
                    command: click.Command = getattr(importlib.import_module(module), attribute)
                    return command
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that was asked for; an unknown one gets the nearest name."""
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], self.list_commands(ctx), n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            ctx.fail(f"No such command '{args[0]}'.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by audience."""
        for audience, entries in COMMANDS.items():
            with formatter.section(audience):
                formatter.write_dl([(entry.name, entry.summary) for entry in entries])


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
