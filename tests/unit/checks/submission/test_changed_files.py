from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.checks.findings import FINDINGS_PER_CODE
from bot.checks.submission.changed_files import MAX_FILES, ChangesReview, check_changes
from bot.domain.finding import has_errors
from bot.domain.limits import MAX_FILE_BYTES, MAX_TEXT_BYTES
from bot.ports import Change, TreeEntry

PLAIN = "100644"
MANIFEST = b"submissions/moe/manifest.yaml"
PREDICTIONS = b"submissions/moe/predictions/iu-xray.findings.json"
PASSES = re.compile(
    rb"submissions/(?P<slug>[a-z0-9][a-z0-9.-]{1,62})/"
    rb"(manifest\.yaml|environment\.yaml|README\.md"
    rb"|predictions/[a-z0-9][a-z0-9.-]{0,99}\.json(\.gz|\.age)?)"
)


def entry(path: bytes, mode: str = PLAIN, size_bytes: int | None = 10) -> TreeEntry:
    return TreeEntry(path, mode, "1" * 40, size_bytes)


def add(path: bytes, mode: str = PLAIN, size_bytes: int | None = 10) -> Change:
    return Change(path, None, entry(path, mode, size_bytes))


def edit(path: bytes) -> Change:
    return Change(path, entry(path), entry(path, size_bytes=11))


def remove(path: bytes) -> Change:
    return Change(path, entry(path), None)


def codes(review: ChangesReview) -> set[str]:
    return {finding.code.removeprefix("changes.") for finding in review.findings}


PARTS = st.one_of(
    st.sampled_from(
        [b"submissions", b"Submissions", b"leaderboard", b"schemas", b".github", b"..", b".", b"",
         b"moe", b"other-1.0", b"Moe", b"predictions", b"manifest.yaml", b"README.md", b".GIT",
         b"iu-xray.findings.json", b"x.json.gz", b"x.JSON", b"a\nb", b"-rf"]
    ),
    st.from_regex(r"[a-z0-9.-]{1,8}", fullmatch=True).map(str.encode),
    st.binary(min_size=1, max_size=6).filter(lambda part: b"\0" not in part and b"/" not in part),
)  # fmt: skip
FREE_PATHS = st.lists(PARTS, min_size=1, max_size=5).map(b"/".join)
FINE_PATHS = st.builds(
    lambda slug, name: b"submissions/%s/%s" % (slug, name),
    st.sampled_from([b"moe", b"other-1.0"]),
    st.sampled_from([b"manifest.yaml", b"README.md", b"predictions/a.json", b"predictions/b.json"]),
)
PATHS = st.one_of(FREE_PATHS, FINE_PATHS, FREE_PATHS.map(lambda path: b"submissions/moe/" + path))
MODES = st.sampled_from([PLAIN, PLAIN, PLAIN, "100755", "120000", "160000", "100664", "040000"])
ADDITIONS = st.lists(st.builds(add, PATHS, MODES), min_size=1, max_size=4)


@given(ADDITIONS)
def test_row_3_only_plain_files_with_allowed_names_in_one_folder_pass(
    changes: list[Change],
) -> None:
    review = check_changes(changes)
    if review.kind == "other" or has_errors(review.findings):
        return
    matches = [PASSES.fullmatch(change.path) for change in changes]
    assert all(matches)
    assert {match["slug"].decode() for match in matches if match} == {review.submission}
    assert {change.after.mode for change in changes if change.after} == {PLAIN}


@given(ADDITIONS)
def test_what_is_allowed_passes(changes: list[Change]) -> None:
    fine = [Change(c.path, None, entry(c.path)) for c in changes if PASSES.fullmatch(c.path)]
    slugs = {c.path.split(b"/")[1] for c in fine}
    paths = {c.path for c in fine}
    if len(slugs) == 1 and len(paths) == len(fine):
        assert check_changes(fine).findings == ()


@given(st.lists(st.builds(add, FREE_PATHS, MODES), max_size=4))
def test_a_pull_request_is_silent_only_when_it_touches_no_entry(changes: list[Change]) -> None:
    if check_changes(changes).kind == "other":
        assert not any(re.match(rb"(?i)submissions/", change.path) for change in changes)


@given(ADDITIONS)
def test_findings_are_printable_whatever_the_names_are(changes: list[Change]) -> None:
    for finding in check_changes(changes).findings:
        for text in (finding.path, finding.message, finding.seen):
            assert text.isascii() or "…" in text
            assert text.isprintable()


@pytest.mark.parametrize(
    "path",
    [
        b".github/workflows/submission.yml",
        b"bot/metrics/lexical/bleu.py",
        b"Makefile",
        b"leaderboard/leaderboard.json",
        b"leaderboard/iu-xray.findings.csv",
        b"schemas/scorecard.schema.json",
        b"tests/conftest.py",
        b".gitattributes",
        b"submissionsx/moe/manifest.yaml",
    ],
)
@pytest.mark.parametrize("change", [add, edit, remove])
def test_a_submission_changes_nothing_else(path: bytes, change: Callable[[bytes], Change]) -> None:
    review = check_changes([add(MANIFEST), change(path)])
    assert codes(review) == {"outside-submission"}
    assert [finding.path for finding in review.findings] == [path.decode()]


@pytest.mark.parametrize("mode", ["100755", "120000", "160000", "040000", "100664"])
def test_only_plain_files_are_taken(mode: str) -> None:
    review = check_changes([add(MANIFEST), add(PREDICTIONS, mode, None)])
    assert codes(review) == {"not-a-plain-file"}
    assert review.findings[0].seen == f"mode {mode}"


@pytest.mark.parametrize(
    "path",
    [
        b"Submissions/moe/manifest.yaml",
        b"SUBMISSIONS/moe/manifest.yaml",
        b"submissions/Moe/manifest.yaml",
        b"submissions/../manifest.yaml",
        b"submissions/moe/../other/manifest.yaml",
        b"submissions/moe/./manifest.yaml",
        b"submissions/moe//manifest.yaml",
        b"submissions/manifest.yaml",
        b"submissions/.git/config",
        b"submissions/moe/manifest.yaml\n",
        b"submissions/moe\n/manifest.yaml",
        "submissions/mo\u0435/manifest.yaml".encode(),  # a Cyrillic letter
        "submissions/moe/predictions/cafe\u0301.json".encode(),
        b"submissions/moe/predictions/\xff.json",
        b"submissions/" + b"a" * 64 + b"/manifest.yaml",
        b"submissions/m/manifest.yaml",
    ],
)
def test_row_3_a_path_that_other_systems_read_otherwise_is_refused(path: bytes) -> None:
    assert codes(check_changes([add(path)])) & {"bad-path", "unexpected-file"}


@pytest.mark.parametrize(
    "name",
    [
        b"scorecard.json", b"predictions/.hidden.json", b"predictions/a.JSON", b"predictions/a.csv",
        b"predictions/deep/a.json", b"inference.py", b".gitmodules", b".GIT/config", b"MANIFEST.md",
        b"manifest.yml", b"predictions", b"predictions/a.json.gz.age", b"predictions/-a.json",
    ],
)  # fmt: skip
def test_a_file_without_a_place_in_a_submission_is_named(name: bytes) -> None:
    review = check_changes([add(MANIFEST), add(b"submissions/moe/" + name)])
    assert codes(review) == {"unexpected-file"}
    assert review.findings[0].path == f"submissions/moe/{name.decode()}"


def test_row_3_twins_by_case_and_by_composition_are_reported_with_each_other() -> None:
    composed, decomposed = "Caf\u00e9".encode(), "cafe\u0301".encode()
    paths = [b"submissions/moe/" + name for name in (b"README.md", b"readme.MD")]
    paths += [b"submissions/moe/predictions/" + name for name in (composed, decomposed)]
    twins = [
        f for f in check_changes(list(map(add, paths))).findings if f.code.endswith("twin-path")
    ]
    assert twins[0].path == "submissions/moe/readme.MD"
    assert len(twins) == 2
    assert twins[0].seen == "submissions/moe/README.md"


def test_several_folders_are_one_finding() -> None:
    paths = [b"submissions/%s/manifest.yaml" % name for name in (b"one", b"two", b"three")]
    review = check_changes(list(map(add, paths)))
    assert codes(review) == {"several-submissions"}
    assert review.submission is None


def test_row_26_removing_another_entry_beside_ones_own_is_refused() -> None:
    review = check_changes([add(MANIFEST), remove(b"submissions/rival/manifest.yaml")])
    assert codes(review) == {"several-submissions"}


def test_renaming_an_entry_is_one_finding() -> None:
    moved = [remove(MANIFEST), remove(PREDICTIONS), add(b"submissions/moe-2/manifest.yaml")]
    assert codes(check_changes(moved)) == {"several-submissions"}


def test_removing_a_whole_entry_is_a_withdrawal() -> None:
    review = check_changes([remove(MANIFEST), remove(PREDICTIONS)])
    assert (review.kind, review.submission, review.findings) == ("withdrawal", "moe", ())


def test_removing_the_manifest_while_files_come_is_refused() -> None:
    review = check_changes([remove(MANIFEST), edit(PREDICTIONS)])
    assert review.kind == "submission"
    assert codes(review) == {"no-manifest"}


def test_removing_a_predictions_file_is_a_change_of_the_entry() -> None:
    review = check_changes([edit(MANIFEST), remove(PREDICTIONS)])
    assert (review.kind, review.submission, review.findings) == ("submission", "moe", ())


def test_a_withdrawal_that_changes_something_else_too_is_refused() -> None:
    review = check_changes([remove(MANIFEST), edit(b"leaderboard/leaderboard.json")])
    assert has_errors(review.findings)


def test_no_common_history_is_one_finding() -> None:
    review = check_changes(None)
    assert codes(review) == {"no-common-history"}
    assert review.submission is None


@pytest.mark.parametrize("changes", [[], [edit(b"bot/ports.py")], [edit(b"submissions.md")]])
def test_a_pull_request_that_touches_no_entry_is_other(changes: list[Change]) -> None:
    assert check_changes(changes) == ChangesReview("other", None, ())


@pytest.mark.parametrize(
    ("path", "limit"), [(MANIFEST, MAX_TEXT_BYTES), (PREDICTIONS, MAX_FILE_BYTES)]
)
def test_a_file_may_be_as_large_as_its_limit_and_no_larger(path: bytes, limit: int) -> None:
    assert check_changes([add(path, size_bytes=limit)]).findings == ()
    (finding,) = check_changes([add(path, size_bytes=limit + 1)]).findings
    assert finding.code == "changes.too-large"
    assert finding.seen == f"{limit + 1:,} bytes"


def test_too_many_files_are_counted() -> None:
    changes = [add(b"submissions/moe/predictions/%d.json" % n) for n in range(MAX_FILES + 1)]
    assert check_changes(changes[:-1]).findings == ()
    (finding,) = check_changes(changes).findings
    assert (finding.code, finding.seen) == ("changes.too-many-files", f"{MAX_FILES + 1} files")


def test_a_flood_is_bounded_and_counted() -> None:
    flood = [add(b"bot/%d.py" % n, "120000") for n in range(5_000)]
    flood += [add(b"submissions/moe/%s/%d\n" % (b"x" * 4_000, n), "100755") for n in range(5_000)]
    flood += [add(b"submissions/%d/manifest.yaml" % n) for n in range(5_000)]
    findings = check_changes(flood).findings
    kinds = {finding.code for finding in findings}
    assert len(findings) <= FINDINGS_PER_CODE * len(kinds)
    outside = [f for f in findings if f.code == "changes.outside-submission"]
    assert outside[-1].message.endswith(f"(and {5_000 - FINDINGS_PER_CODE} more like this)")
    assert max(len(finding.path) for finding in findings) <= 300


def test_files_that_are_too_large_together_are_one_finding() -> None:
    paths = [f"submissions/moe/predictions/{n}.json".encode() for n in range(4)]
    at_limit = [add(path, size_bytes=16 * 2**20) for path in paths]
    assert check_changes(at_limit).findings == ()
    over = [*at_limit[1:], add(paths[0], size_bytes=16 * 2**20 + 1)]
    (finding,) = check_changes(over).findings
    assert (finding.code, finding.seen) == ("changes.too-large", "67,108,865 bytes")
