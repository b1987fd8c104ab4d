"""Whatever the history: a head is refused with a code, or merging it leaves main's files alone."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from bot.cli.app import run
from bot.domain.inspection import Inspection
from tests.fakes.github_server.bare import BareRepository
from tests.integration import histories as h
from tests.integration.gate_world import ENTRY, SAMPLE

REFUSED = [
    pytest.param(partial(h.criss_cross, first="entry"), "several-merge-bases", id="criss-cross"),
    pytest.param(partial(h.criss_cross, first="fix"), "several-merge-bases", id="criss-cross-2"),
    pytest.param(h.ours, "outside-submission", id="merge-ours"),
    pytest.param(partial(h.octopus, clean=False), "outside-submission", id="octopus"),
    pytest.param(h.reverted, "missing", id="reverted-entry"),
    pytest.param(partial(h.rename, side="head"), "merge-conflict", id="rename-head"),
    pytest.param(partial(h.rename, side="main"), "merge-conflict", id="rename-main"),
    pytest.param(partial(h.rename, side="into-entry"), "merge-conflict", id="rename-into-entry"),
    pytest.param(partial(h.rename, side="entry"), "merge-conflict", id="rename-entry"),
    pytest.param(partial(h.rename, side="folder"), "merge-conflict", id="rename-folder"),
    pytest.param(partial(h.moved_base, conflict=True), "merge-conflict", id="moved-conflict"),
    pytest.param(partial(h.unrelated, merged=False), "no-common-history", id="unrelated"),
    pytest.param(partial(h.unrelated, merged=True), "outside-submission", id="unrelated-merged"),
    pytest.param(partial(h.subtree, folder="bot/vendor"), "outside-submission", id="subtree"),
    pytest.param(partial(h.ancestor, behind=True), "nothing-new", id="ancestor"),
    pytest.param(partial(h.ancestor, behind=False), "nothing-new", id="same-commit"),
    pytest.param(h.taken_over, "nothing-new", id="taken-over"),
    pytest.param(partial(h.modes, what="entry"), "not-a-plain-file", id="mode-entry"),
    pytest.param(partial(h.modes, what="main"), "outside-submission", id="mode-main"),
    pytest.param(partial(h.deletion, by="merge"), "outside-submission", id="deletion"),
    pytest.param(partial(h.deletion, by="drop"), "outside-submission", id="deletion-2"),
    pytest.param(partial(h.special, mode="120000"), "not-a-plain-file", id="symlink"),
    pytest.param(partial(h.special, mode="160000"), "not-a-plain-file", id="submodule"),
    pytest.param(h.predictions_merge, "sha256", id="merged-predictions"),
]
ACCEPTED = [
    pytest.param(partial(h.octopus, clean=True), id="octopus"),
    pytest.param(h.reverted_revert, id="revert-of-a-revert"),
    pytest.param(h.fix_reverted_twice, id="fix-reverted-twice"),
    pytest.param(partial(h.moved_base, conflict=False), id="moved-base"),
    pytest.param(partial(h.subtree, folder=ENTRY), id="subtree-in-the-entry"),
    pytest.param(h.content_merge, id="merged-manifest"),
]


@pytest.fixture
def git(tmp_path: Path) -> BareRepository:
    return BareRepository.create(tmp_path / "objects.git")


def inspect(git: BareRepository, main: str, head: str, output: Path) -> Inspection:
    words = ["--repo", str(git.folder), "--base", main, "--head", head, "--output", str(output)]
    assert run(["inspect", *words]) in {0, 1}
    return Inspection.from_json((output / "inspection.json").read_bytes())


def errors(found: Inspection) -> list[str]:
    return [finding.code.split(".")[1] for finding in found.findings if finding.level == "error"]


def outside(git: BareRepository, tree: str) -> list[str]:
    """Return every file of a tree that is not the entry's, with its mode and name."""
    rows = git.run("ls-tree", "-r", tree).splitlines()
    return [row for row in rows if not row.partition("\t")[2].startswith(f"{ENTRY}/")]


@pytest.mark.parametrize(("history", "code"), REFUSED)
def test_row_33_a_history_that_would_change_main_is_refused(
    git: BareRepository, tmp_path: Path, history: h.History, code: str
) -> None:
    found = inspect(git, *history(h.Builder(git)), tmp_path / "out")
    assert code in errors(found)
    assert found.kind != "other"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["inspection.json"]


@pytest.mark.parametrize("history", ACCEPTED)
def test_row_33_what_is_accepted_leaves_the_rest_of_main_as_it_is(
    git: BareRepository, tmp_path: Path, history: h.History
) -> None:
    main, head = history(h.Builder(git))
    found = inspect(git, main, head, tmp_path / "out")
    assert errors(found) == []
    assert (found.base, found.kind, found.submission) == (main, "submission", "moe")
    tree = git.merge_tree(main, head)
    assert tree == found.merged_tree
    assert outside(git, tree) == outside(git, main)
    for path in (tmp_path / "out" / ENTRY).rglob("*"):
        if path.is_file():
            name = path.relative_to(tmp_path / "out")
            assert path.read_bytes() == git.run_bytes("cat-file", "blob", f"{tree}:{name}")
    for plan in found.plans:
        assert git.run("rev-parse", f"{tree}:{plan.path}").strip() == plan.blob


def test_row_33_a_criss_cross_names_the_file_that_would_be_put_back(
    git: BareRepository, tmp_path: Path
) -> None:
    main, head = h.criss_cross(h.Builder(git), first="entry")
    merged = git.merge_tree(main, head)
    assert merged is not None
    assert git.run("cat-file", "blob", f"{merged}:{h.GUARD}") == h.OLD  # the attack works in git
    found = inspect(git, main, head, tmp_path / "out")
    paths = {f.code: f.path for f in found.findings}
    assert paths["changes.outside-submission"] == h.GUARD


def test_a_conflict_lists_its_paths_and_says_what_to_do(
    git: BareRepository, tmp_path: Path
) -> None:
    found = inspect(git, *h.moved_base(h.Builder(git), conflict=True), tmp_path / "out")
    (finding,) = found.findings
    assert finding.path == h.NOTES
    assert "git merge upstream/main" in (finding.hint or "")


@pytest.mark.parametrize(
    "attributes", ["* merge=union\n", "* merge=trap\n", "* text eol=crlf working-tree-encoding=x\n"]
)
def test_row_33_no_attributes_or_settings_choose_how_files_are_merged(
    git: BareRepository, tmp_path: Path, attributes: str
) -> None:
    canary = tmp_path / "canary"
    (git.folder / "info").mkdir(exist_ok=True)
    (git.folder / "info" / "attributes").write_text(attributes)
    for name, value in {
        "merge.trap.driver": f"touch {canary}; true",
        "merge.default": "trap",
        "merge.renormalize": "true",
        "merge.directoryRenames": "true",
        "core.attributesFile": str(git.folder / "info" / "attributes"),
    }.items():
        git.run("config", name, value)
    found = inspect(git, *h.moved_base(h.Builder(git), conflict=True), tmp_path / "out")
    assert errors(found) == ["merge-conflict"]
    assert not canary.exists()


@pytest.mark.parametrize("change", ["code", "conflict", "nothing"])
def test_a_change_of_code_is_nothing_that_the_bot_answers(
    git: BareRepository, tmp_path: Path, change: str
) -> None:
    build = h.Builder(git)
    root = build.root()
    main = build.commit([root], {"README.md": "Theirs.\n"})
    name = {"code": h.GUARD, "conflict": "README.md", "nothing": "README.md"}[change]
    text = "Theirs.\n" if change == "nothing" else "Mine.\n"
    found = inspect(git, main, build.commit([root], {name: text}, day=2), tmp_path / "out")
    assert (found.kind, found.findings) == ("other", ())


def test_the_sample_is_what_the_histories_say(git: BareRepository, tmp_path: Path) -> None:
    build = h.Builder(git)
    root = build.root()
    found = inspect(git, root, build.commit([root], h.entry()), tmp_path / "out")
    assert errors(found) == []
    predictions = (tmp_path / "out" / ENTRY / "predictions/mini.findings.json").read_bytes()
    assert predictions == (SAMPLE / "predictions/mini.findings.json").read_bytes()
