"""One API call: what was asked, who may ask it, and which function answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .accounts import Token, role_grants
from .state import Issue, Json, Pull, Repository

if TYPE_CHECKING:
    from .world import World

DOCUMENTATION = "https://docs.github.com/rest"


class Refusal(Exception):
    """An answer of 400 or more, in GitHub's words."""

    def __init__(
        self,
        status: int,
        message: str,
        errors: Sequence[Json | str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})
        self.document: Json = {
            "message": message,
            "documentation_url": DOCUMENTATION,
            "status": str(status),
        }
        if errors:
            self.document["errors"] = list(errors)


def invalid(resource: str, field_name: str, code: str, message: str = "") -> Refusal:
    """Return the 422 that GitHub gives for a field it does not take."""
    error = {"resource": resource, "field": field_name, "code": code}
    return Refusal(422, "Validation Failed", [error | ({"message": message} if message else {})])


NOT_FOUND = "Not Found"


@dataclass(frozen=True)
class Reply:
    """An answer below 400."""

    status: int
    document: Any = None


@dataclass(frozen=True)
class Listing:
    """An answer in pages; only the items of the wanted page are rendered."""

    items: Sequence[Any]
    render: Callable[[Any], Json]
    key: str | None = None
    """Where a list that comes inside an object stands in it."""


@dataclass
class Call:
    """A request that was routed: the arguments of an endpoint."""

    world: World
    token: Token | None
    params: dict[str, str]
    query: dict[str, str]
    body: Json = field(default_factory=dict)

    @property
    def caller(self) -> Token:
        """Return the token the caller showed.

        Raises:
            Refusal: 401, the call was anonymous.
        """
        if self.token is None:
            raise Refusal(401, "Requires authentication")
        return self.token

    @property
    def repository(self) -> Repository:
        """Return the repository in the path.

        Raises:
            Refusal: 404, there is none, or the caller may not know of it.
        """
        found = self.world.find_repository(f"{self.params['owner']}/{self.params['repo']}")
        if found is None or not self.may_know(found):
            raise Refusal(404, NOT_FOUND)
        return found

    @property
    def issue(self) -> Issue:
        """Return the issue in the path.

        Raises:
            Refusal: 404, there is none.
        """
        repository = self.repository
        repository.sync_pulls()
        number = self.params.get("issue_number") or self.params["pull_number"]
        found = repository.issues.get(int(number)) if number.isdigit() else None
        if found is None or ("pull_number" in self.params and found.pull is None):
            raise Refusal(404, NOT_FOUND)
        return found

    @property
    def pull(self) -> Pull:
        """Return the pull request in the path."""
        pull = self.issue.pull
        if pull is None:
            raise Refusal(404, NOT_FOUND)
        return pull

    def may_know(self, repository: Repository) -> bool:
        """Return whether the caller may know that a repository exists."""
        if not repository.private:
            return True
        token = self.token
        if token is None:
            return False
        if token.app is not None:
            return repository.parent is None and token.covers(repository.full_name)
        return role_grants(repository.role(token.account.login), "read")

    def require_role(self, level: str) -> None:
        """Stop a person whose role is not enough; an app's permissions were looked at before."""
        token = self.caller
        if token.app is None and not role_grants(self.repository.role(token.account.login), level):
            raise Refusal(403, "Resource not accessible by personal access token")

    def commit(self, revision: str) -> str:
        """Return the commit a branch, tag or sha names here.

        Raises:
            Refusal: 422, it names none.
        """
        git = self.repository.git
        for name in (f"refs/heads/{revision}", f"refs/tags/{revision}", revision):
            sha = git.resolve(name)
            if sha is not None:
                return sha
        raise Refusal(422, f"No commit found for SHA: {revision}")


Endpoint = Callable[[Call], Reply | Listing]


@dataclass(frozen=True)
class Route:
    """A method and path, the access it needs and the function that answers."""

    method: str
    template: str
    pattern: re.Pattern[str]
    scopes: tuple[str, ...]
    level: str
    anyone: bool
    app: bool
    """Whether it is for an app's signed statement, and looks at that itself."""
    described: str
    """The path under which the description has it."""
    endpoint: Endpoint


ROUTES: list[Route] = []
GREEDY = ("path", "ref")


def endpoint(
    method: str,
    template: str,
    *scopes: str,
    level: str = "",
    anyone: bool = False,
    app: bool = False,
    described: str = "",
) -> Callable[[Endpoint], Endpoint]:
    """Register a function as the answer to a method and path.

    Args:
        method: such as "GET".
        template: the path exactly as GitHub's description writes it.
        scopes: the app permissions of which one is enough.
        level: "read" or "write"; by default what the method suggests.
        anyone: every signed-in person may do it in a repository they can read.
        app: it is for an app's signed statement, and looks at that itself.
        described: the description's path for an older address that GitHub still answers.
    """

    def register(function: Endpoint) -> Endpoint:
        ROUTES.append(
            Route(
                method,
                template,
                _compile(template),
                scopes or ("metadata",),
                level or ("read" if method == "GET" else "write"),
                anyone,
                app,
                described or template,
                function,
            )
        )
        return function

    return register


def find_route(method: str, path: str) -> tuple[Route, dict[str, str]]:
    """Return the route for a path and the values in it.

    Raises:
        Refusal: 404, this server has no such endpoint.
    """
    for route in sorted(ROUTES, key=_specificity):
        match = route.pattern.fullmatch(path)
        if match and route.method == method:
            return route, match.groupdict()
    raise Refusal(404, NOT_FOUND)


def _specificity(route: Route) -> tuple[int, int]:
    """Order routes so that longer paths, then paths with fewer gaps, are tried first."""
    return (-route.template.count("/"), route.template.count("{"))


def _compile(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    for index in range(1, len(parts), 2):
        # commits/{ref}/check-runs: a ref may hold slashes but never swallows the rest of the path
        parts[index] = f"(?P<{parts[index]}>{'.+?' if parts[index] in GREEDY else '[^/]+'})"
    return re.compile("".join(parts))
