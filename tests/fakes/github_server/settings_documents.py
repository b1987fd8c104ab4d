"""The settings of a repository that is set up as docs/how-to/set-up-github.md says."""

from __future__ import annotations

from typing import Any

RULESET = 7
TIME = "2026-11-25T12:00:00Z"


def rule(kind: str, **parameters: Any) -> dict[str, Any]:
    origin = {
        "ruleset_source_type": "Repository",
        "ruleset_source": "board/reports",
        "ruleset_id": RULESET,
    }
    return {"type": kind, **origin, **({"parameters": parameters} if parameters else {})}


def sound_settings(app_id: int) -> dict[str, Any]:
    """Return the answers by path below the repository."""
    times = {"created_at": TIME, "updated_at": TIME}
    api = "https://api.example.org/repos/board/reports"
    guards = [rule("non_fast_forward"), rule("deletion")]
    review = rule(
        "pull_request",
        required_approving_review_count=1,
        dismiss_stale_reviews_on_push=True,
        require_code_owner_review=True,
        require_last_push_approval=True,
        required_review_thread_resolution=False,
    )
    check = rule(
        "required_status_checks",
        required_status_checks=[{"context": "rexrank", "integration_id": app_id}],
        strict_required_status_checks_policy=False,
    )
    bypass = {"actor_id": app_id, "actor_type": "Integration", "bypass_mode": "always"}
    variables = {
        "REXRANK_REGISTRY": "registry.example.org",
        "REXRANK_IMAGE": "registry.example.org/board/scorer",
        "REXRANK_SCORER_IMAGE": f"registry.example.org/board/scorer@sha256:{'1' * 64}",
        "REXRANK_REFERENCES": "https://data.example.org/references",
        "REXRANK_APP_ID": str(app_id),
    }
    return {
        "rules/branches/main": [*guards, review, check],
        "rules/branches/ledger": guards,
        f"rulesets/{RULESET}": {
            "id": RULESET,
            "name": "main",
            "source": "board/reports",
            "enforcement": "active",
            "bypass_actors": [bypass],
            "rules": [{"type": "pull_request"}, {"type": "deletion"}],
        },
        "environments/sealed": {
            "id": 1,
            "node_id": "E1",
            "name": "sealed",
            "url": f"{api}/environments/sealed",
            "html_url": "https://example.org/board/reports/deployments",
            **times,
            "protection_rules": [
                {"id": 2, "node_id": "R2", "type": "required_reviewers", "reviewers": [{}]}
            ],
            "deployment_branch_policy": {
                "protected_branches": True,
                "custom_branch_policies": False,
            },
        },
        "environments/sealed/secrets": {
            "total_count": 1,
            "secrets": [{"name": "REXRANK_AGE_IDENTITY", **times}],
        },
        "actions/variables": {
            "total_count": len(variables),
            "variables": [{"name": n, "value": v, **times} for n, v in variables.items()],
        },
        "actions/permissions": {
            "enabled": True,
            "allowed_actions": "all",
            "sha_pinning_required": True,
        },
        "actions/permissions/workflow": {
            "default_workflow_permissions": "read",
            "can_approve_pull_request_reviews": False,
        },
        "actions/permissions/fork-pr-contributor-approval": {
            "approval_policy": "all_external_contributors"
        },
        "pages": {
            "url": f"{api}/pages",
            "status": "built",
            "cname": None,
            "custom_404": False,
            "public": True,
            "build_type": "workflow",
        },
    }


def sound_protection(app_id: int) -> dict[str, Any]:
    """Return the older branch protection that asks for the same."""
    return {
        "required_pull_request_reviews": {
            "dismiss_stale_reviews": True,
            "require_code_owner_reviews": True,
            "required_approving_review_count": 1,
        },
        "required_status_checks": {
            "contexts": ["rexrank"],
            "checks": [{"context": "rexrank", "app_id": app_id}],
        },
        "allow_force_pushes": {"enabled": False},
        "allow_deletions": {"enabled": False},
    }
