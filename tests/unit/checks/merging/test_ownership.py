"""Whose an entry is: logins and ids that fit, half fit, or belong to somebody else by now."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.checks.merging.ownership import (
    OwnershipClaim,
    check_author,
    check_named_people,
    check_owner,
)
from bot.domain.owners import EntryOwners, Person

PATH = "submissions/moe/manifest.yaml"
SAM, LEE, MIA = (Person(login=n, user_id=i) for n, i in (("sam", 5), ("lee", 7), ("mia", 9)))
RECORD = EntryOwners(submission="moe", people=(SAM, LEE))
DECIDED = RECORD.model_copy(update={"decided_by": MIA})
ON_MAIN = OwnershipClaim(PATH, "sam", 5, ("sam", "lee"), RECORD, ("mia",))
NEW = OwnershipClaim(PATH, "sam", 5, None, None, ("mia",))


@pytest.mark.parametrize(
    ("author", "allowed"),
    [("sam", True), ("SAM", True), ("mia", True), ("eve", False), ("sam2", False), ("", False)],
)
@pytest.mark.parametrize("author_id", [None, 5])
def test_row_26_without_a_record_the_manifest_on_main_decides(
    author: str, allowed: bool, author_id: int | None
) -> None:
    claim = replace(ON_MAIN, author=author, author_id=author_id, record=None)
    findings = check_owner(claim)
    assert (findings == []) is allowed
    if not allowed:
        assert findings[0].code == "changes.not-owner"
        assert findings[0].seen.endswith("submitters sam, lee")


def test_row_36_who_took_a_maintainers_login_is_no_maintainer() -> None:
    claim = replace(ON_MAIN, author="mia", author_id=77)
    assert check_owner(replace(claim, may_write=True)) == []
    taken = replace(claim, may_write=False)
    assert [f.code for f in check_owner(taken)] == ["changes.not-owner"]
    assert [f.code for f in check_owner(replace(taken, record=None))] == ["changes.not-owner"]
    assert check_author(replace(NEW, author="mia", may_write=False), ("sam",)) != []


@pytest.mark.parametrize(
    ("author", "author_id", "said"),
    [
        ("sam", 5, None),
        ("Sam", 5, None),
        ("lee", 7, None),
        ("sam", None, None),
        ("eve", None, "belongs to other submitters"),
        ("mia", 9, None),
        ("sam", 6, "the login was given up and taken again"),
        ("sam", 7, "the login was given up and taken again"),
        ("sam-b", 5, "owns the entry under another login"),
        ("eve", 11, "belongs to other submitters"),
        ("", 0, "belongs to other submitters"),
    ],
)
def test_row_36_login_and_id_must_both_be_those_of_an_owner(
    author: str, author_id: int | None, said: str | None
) -> None:
    findings = check_owner(replace(ON_MAIN, author=author, author_id=author_id))
    if said is None:
        assert findings == []
        return
    (finding,) = findings
    assert finding.code == "changes.not-owner"
    assert said in finding.message
    if "other submitters" not in said:
        assert "a maintainer decides with /rexrank transfer" in finding.message


def test_row_36_a_maintainers_login_is_no_way_round_the_record() -> None:
    claim = replace(ON_MAIN, author="sam", author_id=6, maintainers=("sam",))
    assert [finding.code for finding in check_owner(claim)] == ["changes.not-owner"]


def test_row_36_the_record_decides_whatever_the_manifest_on_main_says() -> None:
    claim = replace(ON_MAIN, author="tess", author_id=12, before=("tess",), record=DECIDED)
    assert [finding.code for finding in check_owner(claim)] == ["changes.not-owner"]
    assert check_owner(replace(claim, author="lee", author_id=7)) == []


def test_row_36_a_new_entry_of_an_old_name_is_not_a_strangers_who_took_the_login() -> None:
    leftover = replace(NEW, record=RECORD)
    assert check_owner(leftover) == []
    assert check_owner(replace(leftover, author="eve", author_id=11)) == []
    assert check_owner(replace(leftover, author_id=6)) != []
    assert check_owner(replace(leftover, author="eve", author_id=11, record=DECIDED)) != []


def test_row_36_who_was_absent_when_it_was_recorded_does_not_own_the_entry() -> None:
    record = EntryOwners(submission="moe", people=(), absent=("sam",))
    assert check_owner(replace(ON_MAIN, record=record)) != []


@pytest.mark.parametrize(
    ("author", "submitters", "record", "allowed"),
    [
        ("sam", ("sam",), None, True),
        ("sam", ("lee", "SAM"), None, True),
        ("mia", ("lee",), None, True),
        ("eve", ("sam",), None, False),
        ("", ("sam",), None, False),
        ("sam", ("tess",), RECORD, False),
        ("sam", ("tess",), DECIDED, True),
        ("eve", ("sam",), DECIDED, False),
    ],
)
def test_row_37_a_new_entry_names_its_author_or_a_maintainer_does(
    author: str, submitters: tuple[str, ...], record: EntryOwners | None, allowed: bool
) -> None:
    findings = check_author(replace(NEW, author=author, record=record), submitters)
    assert [finding.code for finding in findings] == (
        [] if allowed else ["changes.author-not-named"]
    )
    assert check_author(replace(ON_MAIN, author=author), submitters) == []


def test_row_37_each_newly_named_person_must_take_part() -> None:
    named = ("sam", "Tess", "victim")
    findings = check_named_people(NEW, named, [SAM])
    assert [(f.code, f.pointer) for f in findings] == [
        ("changes.unconfirmed-submitter", "/submitters/1"),
        ("changes.unconfirmed-submitter", "/submitters/2"),
    ]
    assert "Let Tess write the comment /rexrank confirm here" in findings[0].hint
    assert "/rexrank transfer sam Tess victim" in findings[0].hint
    tess, victim = Person(login="tess", user_id=12), Person(login="victim", user_id=13)
    assert check_named_people(NEW, named, [SAM, tess, victim]) == []


def test_row_37_whom_the_branch_names_or_a_maintainer_decided_need_not_take_part() -> None:
    assert check_named_people(ON_MAIN, ("sam", "lee"), []) == []
    assert check_named_people(replace(NEW, record=DECIDED), ("sam", "lee"), []) == []
    assert len(check_named_people(replace(NEW, record=RECORD), ("sam", "lee"), [SAM])) == 1


def test_row_36_37_a_stranger_with_the_login_does_not_confirm_for_its_former_owner() -> None:
    claim = replace(ON_MAIN, before=("lee",))
    (finding,) = check_named_people(claim, ("sam", "lee"), [Person(login="sam", user_id=6)])
    assert "another one than the owner of that name" in finding.message
