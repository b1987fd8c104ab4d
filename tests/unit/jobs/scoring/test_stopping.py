"""A trusted job ends with a code, whatever was raised in it."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from bot.errors import Misconfigured, RexrankError, ServiceUnavailable
from bot.jobs.scoring.stopping import Stopped, ending_with_codes, step

TEXT = "small left pleural effusion of a walrus"


def fail(error: BaseException) -> None:
    with ending_with_codes():
        print(TEXT)
        print(TEXT, file=sys.stderr)
        raise error


@pytest.mark.parametrize(
    "error", [ValueError(TEXT), Misconfigured(TEXT), KeyError(TEXT), RuntimeError(TEXT)]
)
def test_row_19_what_was_not_foreseen_is_a_bug_without_words(
    error: Exception, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(RexrankError, match=r"^sealed\.bug") as caught:
        fail(error)
    assert "walrus" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert "walrus" not in "".join(capfd.readouterr())


def test_a_step_keeps_the_exit_status_and_drops_the_message() -> None:
    with pytest.raises(ServiceUnavailable, match=r"^sealed\.no-answer: .* run: rexrank explain"):
        fail_in_step(ServiceUnavailable(TEXT))
    with pytest.raises(RexrankError, match=r"^sealed\.no-answer at .* ValueError: ") as caught:
        fail_in_step(ValueError(TEXT))
    assert "walrus" not in str(caught.value)


def fail_in_step(error: Exception) -> None:
    with ending_with_codes(), step("sealed.no-answer"):
        raise error


def test_the_first_code_stands() -> None:
    with pytest.raises(Misconfigured, match=r"^sealed\.no-store: "):
        fail(Stopped("sealed.no-store"))


def test_a_cancelled_job_ends_as_an_interrupted_one() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), ending_with_codes():
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before
