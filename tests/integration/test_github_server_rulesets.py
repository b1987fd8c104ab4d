"""The loopback GitHub enforces a repository's rulesets, in GitHub's words."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from github import GithubException

from tests.fakes.github_server import App, GitHubServer, Refusal
from tests.fakes.github_server.clients import BOARD, MANIFEST, board, pull_of, seed_board
from tests.fakes.github_server.description import DESCRIPTION
from tests.require import require

BOT_APP = App(4711, "board-bot", "Board Bot")
CHECK = {"context": "rexrank", "integration_id": BOT_APP.id}
REVIEW = {
    "required_approving_review_count": 1,
    "dismiss_stale_reviews_on_push": True,
    "require_code_owner_review": True,
    "require_last_push_approval": True,
    "required_review_thread_resolution": False,
}


def ruleset(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a ruleset for the default branch as the API has it."""
    return {
        "id": 1,
        "name": "main",
        "target": "branch",
        "enforcement": "active",
        "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}},
        "bypass_actors": [],
        "rules": list(rules),
        **more,
    }


def app_actor(mode: str = "always", number: int = BOT_APP.id) -> dict[str, Any]:
    return {"actor_id": number, "actor_type": "Integration", "bypass_mode": mode}


@pytest.fixture
def server() -> Iterator[GitHubServer]:
    require(DESCRIPTION.exists(), "npm packages are missing: (cd tests/npm && npm ci)")
    with GitHubServer() as running:
        seed_board(running)
        running.add_token(
            "app", "board-bot[bot]", {"contents": "write", "checks": "write"}, BOT_APP
        )
        running.add_token("owner", "board")
        running.add_deploy_key("key", BOARD)
        yield running


@pytest.fixture
def push(server: GitHubServer, tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """A function that commits to a clone of main and pushes; it returns status and words."""
    folder = tmp_path / "clone"
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GIT_TERMINAL_PROMPT": "0"}

    def git(*words: str) -> subprocess.CompletedProcess[str]:
        who = ("-c", "user.name=ada", "-c", "user.email=ada@host.invalid")
        return subprocess.run(
            ["git", *who, *words], env=environment, capture_output=True, text=True, check=False
        )

    done = git("clone", "-q", server.clone_url(BOARD), str(folder))
    assert done.returncode == 0, done.stderr

    def push(secret: str, ref: str = "main", *flags: str, path: str = "a.txt") -> tuple[int, str]:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{secret} {ref} {flags}\n")
        git("-C", str(folder), "add", "-A")
        git("-C", str(folder), "commit", "-qm", "Change")
        address = server.clone_url(BOARD, secret)
        refspec = ref if ":" in ref else f"HEAD:refs/heads/{ref}"
        done = git("-C", str(folder), "push", *flags, address, refspec)
        return done.returncode, done.stderr

    return push


def refusal(call: Callable[[], Any]) -> tuple[int, str]:
    with pytest.raises(GithubException) as caught:
        call()
    return caught.value.status, str(caught.value.data["message"])


def tip(server: GitHubServer, branch: str = "main") -> str | None:
    return server.repository(BOARD).git.resolve(f"refs/heads/{branch}")


def test_a_push_against_a_rule_is_refused_in_githubs_words(
    server: GitHubServer, push: Callable[..., tuple[int, str]]
) -> None:
    server.repository(BOARD).rulesets[1] = ruleset({"type": "pull_request", "parameters": REVIEW})
    before = tip(server)
    for secret in ("bot", "mia-token", "owner", "app", "key"):
        status, said = push(secret)
        assert status == 1
        assert "remote: error: GH013: Repository rule violations found for refs/heads/main." in said
        assert "- Changes must be made through a pull request." in said
        assert "[remote rejected]" in said
        assert "(push declined due to repository rule violations)" in said
    assert tip(server) == before
    assert push("bot", "ledger")[0] == 0


@pytest.mark.parametrize(
    ("actor", "secret"),
    [
        (app_actor(), "app"),
        ({"actor_id": None, "actor_type": "DeployKey", "bypass_mode": "always"}, "key"),
        ({"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}, "owner"),
        ({"actor_id": 2, "actor_type": "RepositoryRole", "bypass_mode": "always"}, "mia-token"),
        ({"actor_id": 1, "actor_type": "OrganizationAdmin", "bypass_mode": "always"}, "owner"),
    ],
)
def test_only_the_bypass_actor_passes(
    server: GitHubServer,
    push: Callable[..., tuple[int, str]],
    actor: dict[str, Any],
    secret: str,
) -> None:
    server.repository(BOARD).rulesets[1] = ruleset({"type": "update"}, bypass_actors=[actor])
    others = [one for one in ("bot", "app", "key", "mia-token") if one != secret]
    for other in others:
        status, said = push(other)
        assert (status, "Cannot update this protected ref." in said) == (1, True), other
    assert push(secret)[0] == 0


def test_github_actions_itself_is_never_a_bypass_actor(
    server: GitHubServer, push: Callable[..., tuple[int, str]]
) -> None:
    rule = ruleset({"type": "update"}, bypass_actors=[app_actor(number=15368)])
    server.repository(BOARD).rulesets[1] = rule
    assert push("bot")[0] == 1


def test_force_pushes_deletions_creations_and_where_a_ruleset_applies(
    server: GitHubServer, push: Callable[..., tuple[int, str]]
) -> None:
    names = {"include": ["refs/heads/led*"], "exclude": ["refs/heads/ledger-old"]}
    rules = [{"type": kind} for kind in ("non_fast_forward", "deletion")]
    repository = server.repository(BOARD)
    repository.rulesets[1] = ruleset(*rules, conditions={"ref_name": names})
    for branch in ("ledger", "ledger-old", "other"):
        assert push("bot", branch)[0] == 0
    server.repository(BOARD).git.commit("ledger", {"b.txt": "b\n"}, "Grow", "board")
    status, said = push("bot", "ledger", "--force")
    assert (status, "Cannot force-push to this branch" in said) == (1, True)
    status, said = push("bot", ":refs/heads/ledger")
    assert (status, "Cannot delete this protected ref." in said) == (1, True)
    assert push("bot", ":refs/heads/ledger-old")[0] == 0
    creation = {"ref_name": {"include": ["~ALL"], "exclude": []}}
    repository.rulesets[1] = ruleset({"type": "creation"}, conditions=creation)
    assert "creations being restricted" in push("bot", "new")[1]
    assert push("bot", "other", "--force")[0] == 0
    for enforcement in ("evaluate", "disabled"):
        repository.rulesets[1]["enforcement"] = enforcement
        assert push("bot", f"new-{enforcement}")[0] == 0


def test_a_run_may_not_push_a_workflow(
    server: GitHubServer, push: Callable[..., tuple[int, str]]
) -> None:
    status, said = push("bot", path=".github/workflows/evil.yml")
    assert status == 1
    assert "refusing to allow a GitHub App to create or update workflow" in said


def test_refs_moved_through_the_api_obey_the_same_rules(server: GitHubServer) -> None:
    server.repository(BOARD).rulesets[1] = ruleset({"type": "update"}, {"type": "deletion"})
    head = server.repository(BOARD).git.commit("side", {"a": "a\n"}, "Change", "board")
    main = board(server).get_git_ref("heads/main")
    status, said = refusal(lambda: main.edit(head))
    assert (status, said) == (
        422,
        "Repository rule violations found\n\nCannot update this protected ref.\n\n",
    )
    assert refusal(main.delete)[0] == 422
    made = board(server).create_git_ref("refs/heads/ledger", head)
    assert made.object.sha == head
    assert refusal(lambda: board(server).create_git_ref("refs/heads/ledger", head))[0] == 422


def write_check(server: GitHubServer, secret: str, conclusion: str = "success") -> None:
    head = pull_of(server).head.sha
    board(server, secret).create_check_run("rexrank", head, conclusion=conclusion)


def test_a_required_check_counts_only_from_its_source(server: GitHubServer) -> None:
    parameters = {"required_status_checks": [CHECK]}
    rule = {"type": "required_status_checks", "parameters": parameters}
    server.repository(BOARD).rulesets[1] = ruleset(rule)
    write_check(server, "bot")
    status, said = refusal(pull_of(server).merge)
    assert (status, said.split("\n")[2]) == (405, 'Required status check "rexrank" is expected.')
    write_check(server, "app", "action_required")
    assert "is failing" in refusal(pull_of(server).merge)[1]
    write_check(server, "app")
    assert pull_of(server).merge().merged


def test_reviews_are_counted_as_the_rule_says(server: GitHubServer) -> None:
    server.repository(BOARD).rulesets[1] = ruleset({"type": "pull_request", "parameters": REVIEW})
    server.repository(BOARD).collaborators["wes"] = "write"

    def refused() -> str:
        return refusal(pull_of(server).merge)[1]

    wanted = "At least 1 approving review is required by reviewers with write access."
    assert wanted in refused()
    server.review(BOARD, 1, "eve")
    assert wanted in refused()
    server.review(BOARD, 1, "mia")
    server.review(BOARD, 1, "wes", "CHANGES_REQUESTED")
    assert "Changes requested" in refused()
    server.review(BOARD, 1, "wes")
    server.push("sam/reports", "moe", {MANIFEST: "schema_version: 3\n"})
    states = [one.state for one in pull_of(server).get_reviews()]
    assert states == ["DISMISSED", "DISMISSED", "CHANGES_REQUESTED", "DISMISSED"]
    server.review(BOARD, 1, "wes")
    assert pull_of(server).merge().merged


def test_who_pushed_last_cannot_be_the_only_one_who_approves(server: GitHubServer) -> None:
    server.repository(BOARD).rulesets[1] = ruleset({"type": "pull_request", "parameters": REVIEW})
    server.push("sam/reports", "moe", {MANIFEST: "schema_version: 3\n"}, login="mia")
    server.review(BOARD, 1, "mia")
    assert "someone other than the last pusher" in refusal(pull_of(server).merge)[1]


def test_the_merge_button_obeys_the_rules(server: GitHubServer) -> None:
    rules = ruleset({"type": "update"}, bypass_actors=[app_actor("pull_request")])
    server.repository(BOARD).rulesets[1] = rules
    for login in ("mia", "board"):
        with pytest.raises(Refusal, match=r"Cannot update this protected ref\."):
            server.press_merge(BOARD, 1, login)
    with pytest.raises(Refusal, match="Must have push access"):
        server.press_merge(BOARD, 1, "sam")
    assert pull_of(server, "owner").merged is False
    server.add_token(
        "app", "board-bot[bot]", {"contents": "write", "pull-requests": "read"}, BOT_APP
    )
    assert pull_of(server, "app").merge().merged
    del server.repository(BOARD).rulesets[1]


def test_a_pull_request_actor_still_may_not_push(
    server: GitHubServer, push: Callable[..., tuple[int, str]]
) -> None:
    rules = ruleset({"type": "update"}, bypass_actors=[app_actor("pull_request")])
    server.repository(BOARD).rulesets[1] = rules
    assert push("app")[0] == 1


def test_a_merge_of_another_head_is_a_conflict(server: GitHubServer) -> None:
    head = pull_of(server).head.sha
    server.push("sam/reports", "moe", {MANIFEST: "schema_version: 3\n"})
    told = (409, "Head branch was modified. Review and try the merge again.")
    assert refusal(lambda: pull_of(server).merge(sha=head)) == told
