"""From a decoded request to a status, headers and a document that GitHub could have sent."""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import (
    endpoints_apps,
    endpoints_checks,
    endpoints_issues,
    endpoints_pulls,
    endpoints_refs,
    endpoints_repositories,
    endpoints_setup,
    endpoints_setup_environments,
    endpoints_setup_rules,
)
from .accounts import Token
from .authorization import authorize
from .calls import Call, Listing, Refusal, Reply, Route, find_route
from .description import describe_bad_request, describe_mismatch
from .world import World

ENDPOINTS = (
    endpoints_repositories,
    endpoints_pulls,
    endpoints_issues,
    endpoints_checks,
    endpoints_apps,
    endpoints_refs,
    endpoints_setup,
    endpoints_setup_environments,
    endpoints_setup_rules,
)
PAGE_SIZE = 30
MAX_PAGE_SIZE = 100


@dataclass(frozen=True)
class Question:
    """A request to the API, with the API's prefix taken off its path."""

    method: str
    path: str
    query: Mapping[str, str]
    authorization: str
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What goes back."""

    status: int
    document: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    mismatch: str | None = None
    """Why the answer is not one that GitHub's description allows."""


def token_of(world: World, authorization: str) -> Token | None:
    """Return the token an Authorization header shows, or None when there is no header.

    Raises:
        Refusal: 401, nobody has this token.
    """
    if not authorization:
        return None
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() == "bearer" and secret.startswith("ey") and secret.count(".") == 2:
        return endpoints_apps.token_of_jwt(world, secret)
    token = world.tokens.get(secret) if scheme.lower() in ("token", "bearer") else None
    if token is None:
        raise Refusal(401, "Bad credentials")
    return token


def answer(world: World, question: Question) -> Answer:
    """Return the answer to an API request; never raises."""
    route: Route | None = None
    try:
        token = token_of(world, question.authorization)
        route, params = find_route(question.method, question.path)
        params = {key: urllib.parse.unquote(value) for key, value in params.items()}
        call = Call(world, token, params, dict(question.query))
        if route.template.startswith("/repos/") and not route.app:
            authorize(call, route)
        call.body = _decode(route, question.body)
        reply = route.endpoint(call)
        given = _page(question, reply) if isinstance(reply, Listing) else _plain(reply)
    except Refusal as refusal:
        given = Answer(refusal.status, refusal.document, refusal.headers)
    if route is None:
        return given
    mismatch = describe_mismatch(route.method, route.described, given.status, given.document)
    return Answer(given.status, given.document, given.headers, mismatch)


def _decode(route: Route, body: bytes) -> Any:
    try:
        decoded = json.loads(body) if body else None
    except ValueError:
        raise Refusal(400, "Problems parsing JSON") from None
    if isinstance(decoded, list) and route.template.endswith("/labels"):
        decoded = {"labels": decoded}  # GitHub still takes the older form, and PyGithub sends it
    problem = describe_bad_request(route.method, route.described, decoded)
    if problem is not None:
        raise Refusal(422, f"Invalid request.\n\n{problem}")
    return {} if decoded is None else decoded


def _plain(reply: Reply) -> Answer:
    return Answer(reply.status, reply.document)


def _page(question: Question, listing: Listing) -> Answer:
    size = min(max(_number(question.query, "per_page", PAGE_SIZE), 1), MAX_PAGE_SIZE)
    page = max(_number(question.query, "page", 1), 1)
    last = max(-(-len(listing.items) // size), 1)
    items = [listing.render(item) for item in listing.items[(page - 1) * size : page * size]]
    links: dict[str, int] = {}
    if page > 1:
        links |= {"prev": page - 1, "first": 1}
    if page < last:
        links |= {"next": page + 1, "last": last}
    headers = {}
    if links:
        shown = [f'<{{root}}{_address(question, to)}>; rel="{rel}"' for rel, to in links.items()]
        headers["link"] = ", ".join(shown)
    if listing.key is None:
        return Answer(200, items, headers)
    return Answer(200, {"total_count": len(listing.items), listing.key: items}, headers)


def _number(query: Mapping[str, str], key: str, default: int) -> int:
    text = query.get(key, "")
    return int(text) if text.isdigit() else default


def _address(question: Question, page: int) -> str:
    query = urllib.parse.urlencode({**question.query, "page": page})
    return f"{question.path}?{query}".replace("{", "%7B").replace("}", "%7D")
