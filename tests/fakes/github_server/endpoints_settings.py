"""Settings of a repository: rules, environments, variables, Actions, pages. Read only."""

from __future__ import annotations

from .calls import NOT_FOUND, Call, Refusal, Reply, endpoint
from .endpoints_repositories import REPO

ADMINISTRATION = "administration"
PATHS: dict[str, str] = {
    "rules/branches/{branch}": "",
    "branches/{branch}/protection": ADMINISTRATION,
    "rulesets/{ruleset_id}": ADMINISTRATION,
    "environments/{environment_name}": "actions",
    "environments/{environment_name}/secrets": "environments",
    "actions/variables": "variables",
    "actions/permissions": ADMINISTRATION,
    "actions/permissions/workflow": ADMINISTRATION,
    "actions/permissions/fork-pr-contributor-approval": ADMINISTRATION,
    "pages": "pages",
}
"""Path below the repository, and whether a person needs to be an administrator."""


def _answer(call: Call, path: str, scope: str) -> Reply:
    token = call.caller
    if scope and token.permissions is None and call.repository.role(token.account.login) != "admin":
        raise Refusal(403, "Must have admin rights to Repository.")
    document = call.repository.settings.get(path.format(**call.params))
    if document is None and path.startswith("rules/"):
        return Reply(200, [])  # a branch without rules
    if document is None:
        raise Refusal(404, NOT_FOUND)
    return Reply(200, document)


for _path, _scope in PATHS.items():
    endpoint("GET", f"{REPO}/{_path}")(
        lambda call, path=_path, scope=_scope: _answer(call, path, scope)
    )
