"""Text that a log or a terminal may show: nothing in it is an order to who displays it."""

from __future__ import annotations

import re

from bot.domain.text import replace_hidden

# The runner trims the line, then looks for "::"; it finds the older "##[" anywhere in it.
_COMMAND = re.compile(r"^(\s*):(?=:)", re.MULTILINE)


def neutral(text: str) -> str:
    r"""Return the text with nothing in it that a workflow's log takes for a command.

    Example:
        >>> neutral("ok\n  ::error::no ##[group]x\x07")
        'ok\n  : :error::no # #[group]x\ufffd'

    Source: actions/runner, ActionCommand.TryParse and TryParseV2.
    """
    return _COMMAND.sub(r"\1: ", replace_hidden(text)).replace("##[", "# #[")
