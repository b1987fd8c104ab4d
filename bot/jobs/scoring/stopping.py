"""How a trusted job ends: with a code, whatever happened, and without anything of its own left."""

from __future__ import annotations

import io
import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from bot.domain.rules import RULES
from bot.errors import Misconfigured, RexrankError

PACKAGE = Path(__file__).resolve().parents[2]


class Stopped(Exception):
    """The job ends here. The code is all that is said about why."""

    def __init__(
        self, code: str, kind: type[RexrankError] = Misconfigured, place: str = ""
    ) -> None:
        """Keep the code, the exit status's owner, and a place in this program."""
        super().__init__(code)
        self.code = code
        self.kind = kind
        self.place = place

    def error(self) -> RexrankError:
        """Return what `rexrank` ends with."""
        where = f" at {self.place}" if self.place else ""
        title = RULES[self.code].title.lower()
        return self.kind(f"{self.code}{where}: {title}; run: rexrank explain {self.code}")


@contextmanager
def step(code: str) -> Iterator[None]:
    """Stop with a code whatever goes wrong inside; a message of a step is never repeated."""
    try:
        yield
    except Stopped:
        raise
    except RexrankError as error:
        raise Stopped(code, type(error)) from None
    except Exception as error:  # noqa: BLE001 - any message may quote what must not be seen
        raise Stopped(code, RexrankError, place_of(error)) from None


@contextmanager
def ending_with_codes() -> Iterator[io.StringIO]:
    """Yield what is printed meanwhile, which is dropped; end with a code, and on SIGTERM too.

    Who cancels a job sends SIGTERM: it ends here as an interrupt does, so that folders are removed.
    """
    printed = io.StringIO()
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        with redirect_stdout(printed), redirect_stderr(printed), step("sealed.bug"):
            yield printed
    except Stopped as stopped:
        raise stopped.error() from None
    finally:
        signal.signal(signal.SIGTERM, before)


def interrupt(*_: object) -> None:
    """Raise KeyboardInterrupt, as SIGINT does."""
    raise KeyboardInterrupt


def place_of(error: Exception) -> str:
    """Return where in this program an exception came from, and its type: never its message.

    Example:
        >>> place_of(ValueError("a report"))
        'ValueError'
    """
    frames = traceback.extract_tb(error.__traceback__)
    own = [each for each in frames if Path(each.filename).is_relative_to(PACKAGE)]
    places = [f"{Path(each.filename).relative_to(PACKAGE)}:{each.lineno}" for each in own[-1:]]
    return " ".join((*places, type(error).__name__))
