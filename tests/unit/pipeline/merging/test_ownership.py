"""What publishing records of the people whom manifests name."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from bot.checks.submission.manifest import parse_manifest
from bot.domain.manifest import Manifest
from bot.domain.owners import EntryOwners, Person
from bot.pipeline.merging.ownership import follow_manifests
from tests.corpus import documents


def named(*logins: str) -> Manifest:
    manifest = parse_manifest(documents.manifest().encode(), path="manifest.yaml")
    return manifest.model_copy(update={"submitters": logins})


class Accounts:
    def __init__(self, **ids: int) -> None:
        self.ids = ids
        self.asked: list[str] = []

    def look_up(self, login: str) -> Person | None:
        self.asked.append(login)
        found = self.ids.get(login)
        return Person(login=login, user_id=found) if found else None


def test_an_entry_without_a_record_gets_one_and_then_nobody_is_asked_again() -> None:
    accounts = Accounts(sam=5)
    entries = [("moe", named("sam", "gone"))]
    made = follow_manifests(entries, {}, accounts.look_up)
    assert made["moe"].people == (Person(login="sam", user_id=5),)
    assert made["moe"].absent == ("gone",)
    assert follow_manifests(entries, made, accounts.look_up) == {}
    assert accounts.asked == ["sam", "gone"]


def test_row_36_an_id_is_never_replaced_by_that_of_who_took_the_login() -> None:
    first = follow_manifests([("moe", named("sam", "gone"))], {}, Accounts(sam=5).look_up)
    later = Accounts(sam=66, gone=67, tess=12)
    made = follow_manifests([("moe", named("sam", "gone", "tess"))], first, later.look_up)
    assert [(p.login, p.user_id) for p in made["moe"].people] == [("sam", 5), ("tess", 12)]
    assert made["moe"].absent == ("gone",)
    assert later.asked == ["tess"]


def test_who_is_named_no_more_is_no_owner_any_more() -> None:
    first = follow_manifests([("moe", named("sam", "lee"))], {}, Accounts(sam=5, lee=7).look_up)
    made = follow_manifests([("moe", named("lee"))], first, Accounts().look_up)
    assert [p.login for p in made["moe"].people] == ["lee"]


def test_what_a_maintainer_decided_stays() -> None:
    mia = Person(login="mia", user_id=9)
    decided = EntryOwners(submission="moe", people=(mia,), decided_by=mia, pull=1, comment=2)
    assert follow_manifests([("moe", named("sam"))], {"moe": decided}, Accounts().look_up) == {}


@pytest.mark.parametrize("login", ["sam", "sam-", "a--b", "octo_corp", "x" * 40])
def test_an_account_has_whatever_login_the_code_host_gave_it(login: str) -> None:
    assert Person(login=login, user_id=1).is_named(login.upper())


@pytest.mark.parametrize("login", ["", "-sam", "sam lee", "sam\n", "app[bot]", "s\u0430m"])
def test_what_is_no_login_is_no_person(login: str) -> None:
    with pytest.raises(ValidationError):
        Person(login=login, user_id=1)
