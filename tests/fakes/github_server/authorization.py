"""Whether a caller may do what a call asks, decided before an endpoint sees it."""

from __future__ import annotations

from .accounts import Token, role_grants
from .calls import NOT_FOUND, Call, Refusal, Route
from .permissions import TABLE, Needs, describe
from .state import Repository

BY_APP = "Resource not accessible by integration"
BY_PERSON = "Resource not accessible by personal access token"
NO_LABELS = "You do not have permission to create labels on this repository."


def authorize(call: Call, route: Route) -> None:
    """Stop a call that its caller may not make.

    Raises:
        Refusal: 401 without a token that the endpoint takes, 404 for who may not know of the
            repository, 403 for what was not granted.
    """
    token = call.token
    if token is not None and (token.deploy_key or token.is_jwt):
        raise Refusal(401, "Bad credentials")
    repository = call.repository
    if token is None:
        if route.level != "read":
            raise Refusal(401, "Requires authentication")
        return
    if token.permissions is not None:
        _check_permissions(call, route, token, repository)
    if token.app is None:
        needed = "read" if route.anyone else route.level
        if not role_grants(repository.role(token.account.login), needed):
            raise Refusal(403, BY_PERSON)


def _check_permissions(call: Call, route: Route, token: Token, repository: Repository) -> None:
    if not is_installed(token, repository):
        if route.level != "read":
            raise Refusal(403, _words(token))
        return  # another repository, and a public one: `call.repository` saw to that
    listed = TABLE.get((route.method, route.template))
    alternatives = listed or tuple(((scope, route.level),) for scope in route.scopes)
    alternatives = _fitting(call, alternatives)
    if not any(all(token.grants(level, (scope,)) for scope, level in one) for one in alternatives):
        accepted = {"x-accepted-github-permissions": describe(alternatives)}
        raise Refusal(403, _words(token), headers=accepted)


def is_installed(token: Token, repository: Repository) -> bool:
    """Return whether an app's token was given for a repository; never for somebody's fork."""
    return repository.parent is None and token.covers(repository.full_name)


def _fitting(call: Call, alternatives: tuple[Needs, ...]) -> tuple[Needs, ...]:
    """Return the alternatives that help: `pull_requests` opens no plain issue."""
    plain = None
    if "issue_number" in call.params:
        plain = call.issue.pull is None
    elif "comment_id" in call.params:
        comment = call.repository.comment(_number(call.params["comment_id"]))
        if comment is None:
            raise Refusal(404, NOT_FOUND)
        plain = call.repository.issues[comment.issue_number].pull is None
    if not plain:
        return alternatives
    return tuple(one for one in alternatives if "pull_requests" not in dict(one))


def require_label_maker(call: Call) -> None:
    """Stop a call that would make a label as a side effect, unless its caller may make labels.

    Source: the words are those that actions/labeler 867 and Songmu/tagpr 194 report.
    """
    token = call.caller
    if token.permissions is not None and not token.grants("write", ("issues",)):
        error = {"resource": "Repository", "field": "label", "code": "unauthorized"}
        raise Refusal(403, NO_LABELS, [error])
    if token.app is None and not role_grants(call.repository.role(token.account.login), "write"):
        error = {"resource": "Repository", "field": "label", "code": "unauthorized"}
        raise Refusal(403, NO_LABELS, [error])


def _words(token: Token) -> str:
    return BY_APP if token.app is not None else BY_PERSON


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0
