"""Sealed files open for the leaderboard alone, and no secret shows."""

from __future__ import annotations

import os

import pytest
from pyrage import x25519

from bot.adapters.references.sealing import IDENTITY_VARIABLE, CannotOpen, Opener, seal, take_opener
from bot.checks.submission.predictions import SEALED_MAGIC
from bot.errors import Misconfigured

REPORT = b'{"a": "no canary of a report is to be seen"}'


def identity() -> x25519.Identity:
    return x25519.Identity.generate()


def public(*identities: x25519.Identity) -> list[str]:
    return [str(each.to_public()) for each in identities]


def test_any_recipient_opens_what_was_sealed() -> None:
    one, other = identity(), identity()
    sealed = seal(REPORT, public(one, other))
    assert sealed.startswith(SEALED_MAGIC)
    assert b"canary" not in sealed
    assert Opener([one])(sealed) == Opener([identity(), other])(sealed) == REPORT


def test_sealing_twice_gives_other_bytes() -> None:
    key = identity()
    assert seal(REPORT, public(key)) != seal(REPORT, public(key))


def test_nothing_is_sealed_for_nobody() -> None:
    with pytest.raises(Misconfigured, match="no recipients"):
        seal(REPORT, [])
    with pytest.raises(Misconfigured, match="not an age public key"):
        seal(REPORT, ["age1" + "q" * 58])


@pytest.mark.parametrize("damage", ["cut", "flipped", "header", "empty", "huge-header", "other"])
def test_what_cannot_be_opened_says_only_that(damage: str) -> None:
    key = identity()
    sealed = seal(REPORT, public(key))
    broken = {
        "cut": sealed[:-1],
        "flipped": sealed[:-1] + bytes([sealed[-1] ^ 1]),
        "header": SEALED_MAGIC,
        "empty": b"",
        "huge-header": SEALED_MAGIC + b"-> X25519 " + b"A" * 1_000_000 + b"\n",
        "other": seal(REPORT, public(identity())),
    }[damage]
    with pytest.raises(CannotOpen) as caught:
        Opener([key])(broken)
    assert str(caught.value) == "damaged, or not sealed for this leaderboard"
    assert caught.value.__cause__ is None


def test_the_identity_is_taken_out_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = identity(), identity()
    monkeypatch.setenv(IDENTITY_VARIABLE, f"# made in November\n{old}\n\n  {new}\n")
    opener = take_opener()
    assert IDENTITY_VARIABLE not in os.environ
    assert opener.recipients() == tuple(public(old, new))
    assert opener(seal(REPORT, public(new))) == REPORT
    assert "SECRET" not in repr(opener)


@pytest.mark.parametrize("secret", ["", "  \n# only a comment\n", "AGE-SECRET-KEY-1CANARY", "x"])
def test_a_wrong_identity_is_named_and_never_quoted(
    monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv(IDENTITY_VARIABLE, secret)
    with pytest.raises(Misconfigured, match=IDENTITY_VARIABLE) as caught:
        take_opener()
    assert "CANARY" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
