"""What upkeep found, as a table and as the one issue about it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.text import counted
from bot.domain.trouble import Trouble, TroubleKind
from bot.render.words.markdown import table, text

MARKER = "<!-- rexrank-bot:upkeep -->"
"""First line of the issue, by which, with its author, it is found again."""

TITLE = "Upkeep: what needs a maintainer"
MAX_ROWS = 200


NEXT: dict[TroubleKind, str] = {
    "stuck": "comment `/rexrank rescore` on it; read its last run if that does not help",
    "stale": "review it, or ask its author and close it",
    "ledger": "compare with the copy you keep; nothing writes over the ledger by itself",
    "drift": "run the workflow *publish*",
    "unscored": "run the workflow *rescore*; where the data is not public, score it by hand",
    "reserved": (
        "if its run failed, `rexrank quota release`; leave it if its predictions were read and "
        "had errors"
    ),
    "rescore": "run the workflow *rescore*; where the data is not public, score it by hand",
}


def render_troubles(troubles: Sequence[Trouble]) -> str:
    """Return what was found as Markdown. It holds no clock: what did not change reads the same."""
    if not troubles:
        return "Nothing needs a maintainer.\n"
    rows = [
        [each.kind, text(each.where), text(each.what), NEXT[each.kind]]
        for each in troubles[:MAX_ROWS]
    ]
    rest = len(troubles) - MAX_ROWS
    more = f"\n\nand {counted(rest, 'more row')}." if rest > 0 else ""
    listed = table(["what", "where", "seen", "what to do"], rows)
    return f"{counted(len(troubles), 'thing')} to look at.\n\n{listed}{more}\n"


def render_issue(troubles: Sequence[Trouble]) -> str:
    """Return the body of the issue."""
    note = "This issue is the bot's: it is changed, closed and opened again as things are."
    return f"{MARKER}\n{render_troubles(troubles)}\n<sub>{note}</sub>\n"
