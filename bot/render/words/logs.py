"""Text that a log or a terminal may show: nothing in it is an order to who displays it."""

from __future__ import annotations

import re
import unicodedata

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# Control and format characters (bidirectional overrides, zero width), surrogates, separators.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# The runner trims the line, then looks for "::"; it finds the older "##[" anywhere in it.
_COMMAND = re.compile(r"^(\s*):(?=:)", re.MULTILINE)


def visible(text: str) -> str:
    r"""Return the text with every character that hides or reorders others made visible.

    Tabs and line feeds stay. A lone surrogate, which no file can hold, goes as well.

    Example:
        >>> visible("a\x1b[2Kb\u202ec\r\n")
        'a\ufffd[2Kb\ufffdc\n'
    """
    text = text.replace("\r\n", "\n")
    return "".join(
        REPLACEMENT if unicodedata.category(sign) in _UNSEEN and sign not in "\t\n" else sign
        for sign in text
    )


def neutral(text: str) -> str:
    r"""Return the text with nothing in it that a workflow's log takes for a command.

    Example:
        >>> neutral("ok\n  ::error::no ##[group]x\x07")
        'ok\n  : :error::no # #[group]x\ufffd'

    Source: actions/runner, ActionCommand.TryParse and TryParseV2.
    """
    return _COMMAND.sub(r"\1: ", visible(text)).replace("##[", "# #[")
