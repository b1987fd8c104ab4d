"""The whole road: a fork's folder becomes a comment with scores, a merge, a leaderboard."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.fakes.github_server.clients import connect
from tests.integration.story.world import MAINTAINER, UPSTREAM, World, folder_files, rexrank
from tests.real_data import FOLDER, MOERAD

ENTRY = "moerad-iu"
AUTHOR = "gssriram"


def write_entry(folder: Path) -> tuple[Path, str]:
    """Return a submission made with the command line, and the board it is for.

    The real entry where the real input is, else the built-in dataset's.
    """
    if FOLDER.is_dir():
        source, board = MOERAD, ("iu-xray", "findings")
    else:
        samples = Path(__file__).resolve().parents[3] / "submissions/sample-attentive/predictions"
        source, board = samples / "mini.findings.json", ("mini", "findings")
    rexrank(
        *("init", ENTRY, "--into", str(folder), "--model", "MoERad-IU"),
        *("--institution", "IIT Madras", "--year", "2025", "--license", "MIT", "--login", AUTHOR),
    )
    entry = folder / ENTRY
    dataset, section = board
    rexrank("package", str(entry), str(source), "--dataset", dataset, "--section", section)
    return entry, f"{dataset}.{section}"


@pytest.mark.usefixtures("world")
class TestStory:
    """One after the other, as it happens; each test goes on where the last one stopped."""

    number = 0
    board = ""
    comment = ""
    sha256 = ""

    def test_a_folder_from_a_fork_is_scored_and_answered(self, world: World) -> None:
        entry, TestStory.board = write_entry(world.folder / "entries")
        world.server.fork(UPSTREAM, AUTHOR)
        fork = f"{AUTHOR}/rexrank-bot"
        world.server.push(fork, "moerad", folder_files(entry, f"submissions/{ENTRY}"))
        TestStory.number = world.server.open_pull_request(f"{fork}:moerad").number
        done = world.submit(self.number)
        assert done.returncode == 0, done.log
        card = json.loads(done.artifacts["scores"][f"{ENTRY}/{self.board}/scorecard.json"])
        assert card["fingerprint"]["image"] == world.image
        TestStory.sha256 = card["predictions_sha256"]
        (TestStory.comment,) = world.comments(self.number)
        value = card["metrics"]["bleu2"]["value"]
        assert f"{value:.3f}" in self.comment
        assert "Ready, waiting for a person" in self.comment
        assert MAINTAINER not in self.comment or f"@{MAINTAINER}" not in self.comment

    def test_the_check_and_the_label_agree_with_the_comment(self, world: World) -> None:
        assert world.checks(self.number) == ["success"]
        issue = world.server.repository(UPSTREAM).issues[self.number]
        assert issue.labels == ["rexrank: scored"]

    def test_the_ledger_has_the_scorecard_and_the_per_study_table(self, world: World) -> None:
        names = world.recorded(self.sha256)
        assert sorted(Path(name).suffix for name in names) == [".json", ".npz"]

    def test_a_second_push_edits_the_same_comment(self, world: World) -> None:
        repository = world.server.repository(UPSTREAM)
        before = [comment.id for comment in repository.issues[self.number].comments]
        manifest = world.folder / "entries" / ENTRY / "manifest.yaml"
        text = manifest.read_text().replace("Describe the model in a sentence or two.", "Experts.")
        path = f"submissions/{ENTRY}/manifest.yaml"
        world.server.push(f"{AUTHOR}/rexrank-bot", "moerad", {path: text})
        done = world.submit(self.number, "synchronize")
        assert done.returncode == 0, done.log
        assert [comment.id for comment in repository.issues[self.number].comments] == before
        (body,) = world.comments(self.number)
        assert body != self.comment
        assert len(world.recorded(self.sha256)) == 2

    def test_the_same_event_again_changes_nothing(self, world: World) -> None:
        before = (world.comments(self.number), world.tip("ledger"))
        done = world.submit(self.number, "synchronize")
        assert done.returncode == 0, done.log
        assert (world.comments(self.number), world.tip("ledger")) == before
        assert world.checks(self.number) == ["success"]

    def test_a_merge_changes_the_leaderboard_on_main(self, world: World) -> None:
        world.server.review(UPSTREAM, self.number, MAINTAINER)
        board = connect(world.server.api_url, "mia-token").get_repo(UPSTREAM)
        pull = board.get_pull(self.number)
        assert pull.merge(sha=pull.head.sha).merged
        done = world.publish()
        assert done.returncode == 0, done.log
        page = world.show(f"main:leaderboard/{self.board}.md").decode()
        assert "MoERad-IU" in page
        document = json.loads(world.show("main:leaderboard/leaderboard.json"))
        rows = [
            row
            for board_ in document["boards"]
            for row in (*board_.get("rows", ()), *board_.get("unranked", ()))
        ]
        assert ENTRY in [row["submission"] for row in rows]

    def test_publishing_again_commits_nothing(self, world: World) -> None:
        before = world.tip("main")
        done = world.publish()
        assert done.returncode == 0, done.log
        assert world.tip("main") == before
