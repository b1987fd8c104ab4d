"""What is missing in a repository's settings: rules, environment, variables, Actions, pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.domain.repository_setup import (
    ACTIONS_APP_ID,
    RepositorySetup,
    Setting,
    SetupPoint,
    Unreadable,
)

CHECK = "rexrank"
IMAGE_VARIABLE = "REXRANK_SCORER_IMAGE"
VARIABLES = ("REXRANK_REGISTRY", "REXRANK_IMAGE", IMAGE_VARIABLE, "REXRANK_REFERENCES")
SEALED_SECRETS = ("REXRANK_AGE_IDENTITY",)
FORK_POLICY = "all_external_contributors"

RULES_FIX = "Settings > Rules > Rulesets; or POST /repos/{0}/rulesets"
ENVIRONMENT_FIX = "Settings > Environments > sealed; or PUT /repos/{0}/environments/sealed"
VARIABLES_FIX = (
    "Settings > Secrets and variables > Actions > Variables; or POST /repos/{0}/actions/variables"
)
SECRETS_FIX = (
    "Settings > Environments > sealed > Environment secrets; or "
    "PUT /repos/{0}/environments/sealed/secrets/NAME"
)
ACTIONS_FIX = "Settings > Actions > General; or PUT /repos/{0}/actions/permissions"
PAGES_FIX = "Settings > Pages > Source: GitHub Actions; or POST /repos/{0}/pages"


def check_setup(setup: RepositorySetup) -> tuple[SetupPoint, ...]:
    """Return every point of a setup, those that are in order among them."""
    parts = (check_branch, check_ledger, check_environment, check_variables, check_actions)
    return tuple(point for part in (*parts, check_pages) for point in part(setup))


def check_branch(setup: RepositorySetup) -> Iterator[SetupPoint]:
    """Yield the points about the branch with the entries."""
    found = protection_of(setup, "{branch}")
    fix = RULES_FIX.format(setup.repository)
    if isinstance(found, Unreadable):
        yield unreadable(f"branch {setup.branch}", found)
        return
    wanted = {
        "a review": (found["reviews"] >= 1, "one approving review must be required"),
        "code owner": (found["code_owner"], "a review by a code owner must be required"),
        "latest push": (
            found["dismiss_stale"] or found["last_push"],
            "a push must dismiss approvals, or the latest push must need one",
        ),
        "no force push": (found["no_force"], "force pushes must be refused"),
        "no deletion": (found["no_deletion"], "deletion must be refused"),
    }
    for name, (is_fine, problem) in wanted.items():
        yield point(f"branch {setup.branch}: {name}", "" if is_fine else problem, fix)
    apps = found["checks"].get(CHECK, ())
    bound = f'the check "{CHECK}" must be required and bound to app {setup.app_id}'
    seen = f"; bound to {', '.join(map(str, apps))}" if apps else "; it is not required"
    is_bound = tuple(apps) == (setup.app_id,)
    yield point(f"branch {setup.branch}: check", "" if is_bound else bound + seen, fix)
    yield from check_bypass(setup, fix)


def check_bypass(setup: RepositorySetup, fix: str) -> Iterator[SetupPoint]:
    """Yield whether `publish` may push to a branch whose rules ask for pull requests."""
    rulesets = {
        name: document for name, document in setup.settings.items() if name.startswith("rulesets/")
    }
    for name, document in rulesets.items():
        if isinstance(document, Unreadable):
            yield unreadable(name, document)
            continue
        kinds = {rule.get("type") for rule in (document or {}).get("rules", ())}
        if not kinds & {"pull_request", "required_status_checks", "update"}:
            continue
        actors = (document or {}).get("bypass_actors")
        if actors is None:
            yield unreadable(f"{name}: bypass", Unreadable("administration: write"))
            continue
        apps = {a.get("actor_id") for a in actors if a.get("actor_type") == "Integration"}
        problem = "the app that runs publish must be on the bypass list, or its push is refused"
        yield point(f"{name}: bypass for publish", "" if apps else problem, fix)
        people = [a for a in actors if a.get("actor_type") != "Integration"]
        problem = f"{len(people)} other actors may bypass the rules"
        yield point(f"{name}: nobody else", problem if people else "", fix)


def check_ledger(setup: RepositorySetup) -> Iterator[SetupPoint]:
    """Yield the points about the branch that keeps the scores."""
    found = protection_of(setup, "ledger")
    if isinstance(found, Unreadable):
        yield unreadable("branch ledger", found)
        return
    fix = RULES_FIX.format(setup.repository)
    for key, name in (("no_force", "force pushes"), ("no_deletion", "deletion")):
        problem = "" if found[key] else f"{name} must be refused"
        yield point(f"branch ledger: no {name}", problem, fix)


def protection_of(setup: RepositorySetup, branch: str) -> dict[str, Any] | Unreadable:
    """Return what rulesets and the older branch protection ask for together."""
    rules = setup.settings.get(f"rules/branches/{branch}")
    classic = setup.settings.get(f"branches/{branch}/protection")
    if isinstance(rules, Unreadable):
        return rules
    found: dict[str, Any] = {
        **dict.fromkeys(("code_owner", "dismiss_stale", "last_push"), False),
        **dict.fromkeys(("no_force", "no_deletion"), False),
        "reviews": 0,
        "checks": {},
    }
    for rule in rules or ():
        _add_rule(found, rule.get("type"), rule.get("parameters") or {})
    if isinstance(classic, dict):
        _add_protection(found, classic)
    return found


def _add_rule(found: dict[str, Any], kind: str, asked: dict[str, Any]) -> None:
    """Add what one rule of a ruleset asks for."""
    if kind == "pull_request":
        found["reviews"] = max(found["reviews"], asked.get("required_approving_review_count", 0))
        found["code_owner"] |= bool(asked.get("require_code_owner_review"))
        found["dismiss_stale"] |= bool(asked.get("dismiss_stale_reviews_on_push"))
        found["last_push"] |= bool(asked.get("require_last_push_approval"))
    elif kind == "required_status_checks":
        for check in asked.get("required_status_checks", ()):
            _add_check(found, check.get("context"), check.get("integration_id"))
    elif kind in {"non_fast_forward", "deletion"}:
        found["no_force" if kind == "non_fast_forward" else "no_deletion"] = True


def _add_protection(found: dict[str, Any], classic: dict[str, Any]) -> None:
    """Add what the older branch protection asks for."""
    reviews = classic.get("required_pull_request_reviews") or {}
    found["reviews"] = max(found["reviews"], reviews.get("required_approving_review_count", 0))
    found["code_owner"] |= bool(reviews.get("require_code_owner_reviews"))
    found["dismiss_stale"] |= bool(reviews.get("dismiss_stale_reviews"))
    found["last_push"] |= bool(reviews.get("require_last_push_approval"))
    for check in (classic.get("required_status_checks") or {}).get("checks", ()):
        _add_check(found, check.get("context"), check.get("app_id"))
    for key, allowed in (("no_force", "allow_force_pushes"), ("no_deletion", "allow_deletions")):
        found[key] |= (classic.get(allowed) or {}).get("enabled") is False


def _add_check(found: dict[str, Any], name: str, app_id: int | None) -> None:
    known = found["checks"].get(name, ())
    found["checks"][name] = tuple(dict.fromkeys((*known, app_id or "any app")))


def check_environment(setup: RepositorySetup) -> Iterator[SetupPoint]:
    """Yield the points about the environment that opens sealed predictions."""
    environment = setup.settings.get("environments/sealed")
    fix = ENVIRONMENT_FIX.format(setup.repository)
    if isinstance(environment, Unreadable):
        yield unreadable("environment sealed", environment)
        return
    if environment is None:
        yield point("environment sealed", "it is not there", fix)
        return
    rules = {rule.get("type"): rule for rule in environment.get("protection_rules", ())}
    reviewers = rules.get("required_reviewers", {}).get("reviewers", ())
    yield point("environment sealed: reviewers", "" if reviewers else "there are none", fix)
    policy = environment.get("deployment_branch_policy")
    problem = "" if policy else "any branch may use it; restrict it to protected branches"
    yield point("environment sealed: branches", problem, fix)
    secrets = setup.settings.get("environments/sealed/secrets")
    if isinstance(secrets, Unreadable):
        yield unreadable("environment sealed: secrets", secrets)
        return
    names = {secret["name"] for secret in (secrets or {}).get("secrets", ())}
    for name in SEALED_SECRETS:
        problem = "" if name in names else "it is not set"
        yield point(f"secret {name}", problem, SECRETS_FIX.format(setup.repository))


def check_variables(setup: RepositorySetup) -> Iterator[SetupPoint]:
    """Yield the points about the repository's variables."""
    document = setup.settings.get("actions/variables")
    if isinstance(document, Unreadable):
        yield unreadable("variables", document)
        return
    values = {row["name"]: row["value"] for row in (document or {}).get("variables", ())}
    fix = VARIABLES_FIX.format(setup.repository)
    expected = VARIABLES if setup.app_id == ACTIONS_APP_ID else (*VARIABLES, "REXRANK_APP_ID")
    for name in expected:
        problem = "" if values.get(name) else "it is not set"
        if name == IMAGE_VARIABLE and not problem and "@sha256:" not in values[name]:
            problem = "it names an image without a digest, which can be moved"
        if name == "REXRANK_APP_ID" and not problem and values[name] != str(setup.app_id):
            problem = f"it is not {setup.app_id}"
        yield point(f"variable {name}", problem, fix)


def check_actions(setup: RepositorySetup) -> Iterator[SetupPoint]:
    """Yield the points about what workflows may do."""
    fix = ACTIONS_FIX.format(setup.repository)
    workflow = setup.settings.get("actions/permissions/workflow")
    if isinstance(workflow, Unreadable):
        yield unreadable("Actions: token", workflow)
    else:
        level = (workflow or {}).get("default_workflow_permissions")
        problem = "" if level == "read" else "the token of a run must be able to read only"
        yield point("Actions: token", problem, f"{fix}/workflow")
        approves = (workflow or {}).get("can_approve_pull_request_reviews")
        problem = "workflows must not approve pull requests" if approves is not False else ""
        yield point("Actions: no approvals", problem, f"{fix}/workflow")
    policy = setup.settings.get("actions/permissions/fork-pr-contributor-approval")
    if isinstance(policy, Unreadable):
        yield unreadable("Actions: forks", policy)
    else:
        is_strict = (policy or {}).get("approval_policy") == FORK_POLICY
        problem = "" if is_strict else "runs of all external contributors must need approval"
        yield point("Actions: forks", problem, f"{fix}/fork-pr-contributor-approval")
    pinned = setup.settings.get("actions/permissions")
    if isinstance(pinned, Unreadable):
        yield unreadable("Actions: pinned", pinned)
    else:
        problem = "actions must be pinned to a commit"
        is_pinned = (pinned or {}).get("sha_pinning_required")
        yield point("Actions: pinned", "" if is_pinned else problem, fix)


def check_pages(setup: RepositorySetup) -> Iterator[SetupPoint]:
    """Yield the point about the web page."""
    pages: Setting = setup.settings.get("pages")
    fix = PAGES_FIX.format(setup.repository)
    if isinstance(pages, Unreadable):
        yield unreadable("Pages", pages)
    elif pages is None:
        yield point("Pages", "there is no page", fix)
    else:
        problem = "" if pages.get("build_type") == "workflow" else "it is not built by a workflow"
        yield point("Pages", problem, fix)


def point(name: str, problem: str, fix: str) -> SetupPoint:
    """Return a point; one that is in order needs no fix."""
    return SetupPoint(name, problem, fix if problem else "")


def unreadable(name: str, setting: Unreadable) -> SetupPoint:
    """Return the point of a setting that could not be read: it is not taken for one in order."""
    return SetupPoint(name, "the token may not read it", f"give the token `{setting.needs}`")
