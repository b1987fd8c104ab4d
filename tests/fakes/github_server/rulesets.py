"""What a repository's rulesets forbid, in GitHub's words; they are read as its REST API has them.

Source: "Available rules for rulesets" and "Creating rulesets for a repository" of GitHub's
documentation; the words of refused pushes as users report them (yshavit/mdq 255, gleam-lang/gleam
6080, henne49/dbus-opendtu 235), those of refused merges as Reviewable 561 has them.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from dataclasses import dataclass

from .accounts import ACTIONS_APP, Token
from .state import Json, Repository

ROLE_NUMBERS = {1: "read", 2: "maintain", 3: "triage", 4: "write", 5: "admin"}
NEEDS_PULL = "Changes must be made through a pull request."
PLAIN_RULES = {
    "creation": "Cannot create ref due to creations being restricted.",
    "update": "Cannot update this protected ref.",
    "deletion": "Cannot delete this protected ref.",
    "non_fast_forward": "Cannot force-push to this branch",
    "merge_queue": "Changes must be made through the merge queue",
}
PASSING = ("success", "neutral", "skipped")


@dataclass(frozen=True)
class RefUpdate:
    """One ref that a push or a call of the API moves."""

    ref: str
    """Full name."""
    old: str
    """Commit it names now; "" for a new one."""
    new: str
    """Commit it is to name; "" to remove it."""
    forward: bool = True
    """Whether the new commit has the old one behind it."""


@dataclass(frozen=True)
class Binding:
    """A rule of a ruleset that holds for a ref and was not bypassed."""

    kind: str
    parameters: Json
    ruleset: Json


def binding_rules(
    repository: Repository, ref: str, token: Token, *, by_merge: bool = False
) -> Iterator[Binding]:
    """Yield the rules that bind a caller on a ref.

    Args:
        repository: whose rulesets are asked.
        ref: full name, such as refs/heads/main.
        token: who acts.
        by_merge: whether a pull request is merged, which some may do who may not push.
    """
    for ruleset in repository.rulesets.values():
        if ruleset.get("enforcement") != "active" or not applies(ruleset, repository, ref):
            continue
        if bypasses(ruleset, repository, token, by_merge=by_merge):
            continue
        for rule in ruleset.get("rules", []):
            yield Binding(rule["type"], rule.get("parameters") or {}, ruleset)


def applies(ruleset: Json, repository: Repository, ref: str) -> bool:
    """Return whether a ruleset is about a ref; patterns are those of fnmatch, `/` is no `*`."""
    if ruleset.get("target", "branch") == "tag" or not ref.startswith("refs/heads/"):
        return ruleset.get("target") == "tag" and ref.startswith("refs/tags/")
    names = (ruleset.get("conditions") or {}).get("ref_name") or {}

    def fits(pattern: str) -> bool:
        if pattern == "~ALL":
            return True
        if pattern == "~DEFAULT_BRANCH":
            return ref == f"refs/heads/{repository.default_branch}"
        same_depth = "**" in pattern or pattern.count("/") == ref.count("/")
        return same_depth and fnmatch.fnmatchcase(ref, pattern)

    return any(map(fits, names.get("include", []))) and not any(map(fits, names.get("exclude", [])))


def bypasses(ruleset: Json, repository: Repository, token: Token, *, by_merge: bool) -> bool:
    """Return whether a caller is one of the ruleset's bypass actors.

    GitHub Actions' own app never is: nobody can choose it in a repository's list, and the API
    answers 422 that the integration must be part of the ruleset source or owner organization.
    """
    for actor in ruleset.get("bypass_actors") or []:
        mode = actor.get("bypass_mode", "always")
        counts = mode in ("always", "exempt") or (mode == "pull_request" and by_merge)
        if counts and _is_actor(actor, repository, token):
            return True
    return False


def _is_actor(actor: Json, repository: Repository, token: Token) -> bool:
    kind, number, login = actor.get("actor_type"), actor.get("actor_id"), token.account.login
    if kind == "DeployKey":
        return token.deploy_key
    if kind == "Integration":
        return token.app is not None and token.app != ACTIONS_APP and token.app.id == number
    if token.app is not None or token.deploy_key:
        return False
    if kind == "RepositoryRole":
        return ROLE_NUMBERS.get(number or 0) == repository.role(login)
    if kind == "OrganizationAdmin":
        return login == repository.owner.login
    return kind == "User" and token.account.id == number


def refuse_update(repository: Repository, token: Token, update: RefUpdate) -> list[str]:
    """Return why a push or an update through the API may not move a ref; nothing when it may."""
    said = []
    for rule in binding_rules(repository, update.ref, token):
        if rule.kind == "creation" and not update.old:
            said.append(PLAIN_RULES["creation"])
        elif rule.kind == "deletion" and not update.new:
            said.append(PLAIN_RULES["deletion"])
        elif not update.new:
            continue
        elif (rule.kind in ("update", "merge_queue") and update.old) or (
            rule.kind == "non_fast_forward" and not update.forward
        ):
            said.append(PLAIN_RULES[rule.kind])
        elif rule.kind == "pull_request" and update.old:
            said.append(NEEDS_PULL)
        elif rule.kind == "required_status_checks" and (
            update.old or not rule.parameters.get("do_not_enforce_on_create")
        ):
            said += missing_checks(repository, update.new, rule.parameters)
    return list(dict.fromkeys(said))


def missing_checks(repository: Repository, sha: str, parameters: Json) -> list[str]:
    """Return which required checks a commit lacks; one of another app than the wished is none."""
    said = []
    for wished in parameters.get("required_status_checks", []):
        name, source = wished["context"], wished.get("integration_id")
        runs = [
            run
            for run in repository.check_runs.values()
            if (run.head_sha, run.name) == (sha, name) and source in (None, run.app.id)
        ]
        states: list[str | None] = [run.conclusion for run in runs[-1:]]
        if source is None:
            states += [
                one.state
                for one in repository.statuses[-1:]
                if (one.sha, one.context) == (sha, name)
            ]
        if not states:
            said.append(f'Required status check "{name}" is expected.')
        elif states[-1] is None or states[-1] == "pending":
            said.append(f'Required status check "{name}" is in progress.')
        elif states[-1] not in PASSING:
            said.append(f'Required status check "{name}" is failing.')
    return said


def describe_violations(said: list[str]) -> str:
    """Return the message that the REST API gives.

    Example:
        >>> describe_violations(["Cannot update this protected ref."])
        'Repository rule violations found\\n\\nCannot update this protected ref.\\n\\n'
    """
    return "Repository rule violations found\n\n" + "".join(f"{one}\n\n" for one in said)
