"""Apps: who they are, where they are installed, and the tokens they mint for an hour."""

from __future__ import annotations

import base64
import json
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from .accounts import ACTIONS_APP, LEVELS, App, Token
from .calls import NOT_FOUND, Call, Refusal, Reply, endpoint
from .documents import app_document, repository_document, user_document
from .endpoints_repositories import REPO
from .state import Json

if TYPE_CHECKING:
    from .people import Installation
    from .world import World

TOKEN_LIFE = timedelta(hours=1)
NO_JWT = "A JSON web token could not be decoded"


def token_of_jwt(world: World, secret: str) -> Token:
    """Return who a JSON web token says its sender is, after its signature was checked.

    The issuer may be the app's number or its client id. Source: "Generating a JSON Web Token (JWT)
    for a GitHub App": RS256, at most ten minutes, `iat` and `exp` required.

    Raises:
        Refusal: 401, no app signed it, or its time is over.
    """
    import jwt

    try:
        issuer = str(_payload(secret).get("iss"))
    except ValueError:
        raise Refusal(401, NO_JWT) from None
    for installation in world.installations.values():
        app = installation.app
        if issuer not in (str(app.id), client_id(app)):
            continue
        try:
            claims = jwt.decode(
                secret, installation.public_key, algorithms=["RS256"],
                options={"require": ["iat", "exp"]}, leeway=5,
            )  # fmt: skip
        except jwt.InvalidTokenError:
            break
        if int(claims["exp"]) - int(claims["iat"]) > 660:
            raise Refusal(401, "'Expiration time' claim ('exp') is too far in the future")
        return Token(secret, installation.bot, {}, app, is_jwt=True)
    raise Refusal(401, NO_JWT)


def client_id(app: App) -> str:
    """Return the name that newer callers put into `iss`."""
    return f"Iv1.{app.id:016x}"


def _payload(secret: str) -> Json:
    part = secret.split(".")[1]
    decoded: Json = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return decoded


def _own(call: Call) -> Installation:
    token = call.caller
    if not token.is_jwt or token.app is None:
        raise Refusal(401, NO_JWT)
    return call.world.installations[token.app.id]


@endpoint("GET", "/app")
def get_own_app(call: Call) -> Reply:
    own = _own(call)
    permissions = {"metadata": "read", **own.permissions}
    document = _app(call, own.app) | {"permissions": permissions, "installations_count": 1}
    return Reply(200, document)


@endpoint("GET", "/apps/{app_slug}")
def get_app(call: Call) -> Reply:
    apps = [ACTIONS_APP, *(one.app for one in call.world.installations.values())]
    for app in apps:
        if app.slug == call.params["app_slug"]:
            return Reply(200, _app(call, app))
    raise Refusal(404, NOT_FOUND)


@endpoint("GET", REPO + "/installation", app=True)
def get_repository_installation(call: Call) -> Reply:
    own = _own(call)
    found = call.world.find_repository(f"{call.params['owner']}/{call.params['repo']}")
    if found is None or own.app.id not in found.apps:
        raise Refusal(404, NOT_FOUND)
    return Reply(200, _installation(call, found.apps[own.app.id]))


@endpoint("GET", "/users/{username}/installation")
def get_user_installation(call: Call) -> Reply:
    own = _own(call)
    if own.account.login.lower() != call.params["username"].lower():
        raise Refusal(404, NOT_FOUND)
    return Reply(200, _installation(call, own))


@endpoint("POST", "/app/installations/{installation_id}/access_tokens")
def mint_token(call: Call) -> Reply:
    own, world = _own(call), call.world
    if str(own.id) != call.params["installation_id"]:
        raise Refusal(404, NOT_FOUND)
    asked = call.body.get("permissions") or own.permissions
    for scope, level in asked.items():
        if LEVELS.index(level) > LEVELS.index(own.permissions.get(scope, "none")):
            raise Refusal(422, "The permissions requested are not granted to this installation.")
    names = call.body.get("repositories") or []
    covered = [world.find_repository(f"{own.account.login}/{name}") for name in names]
    if None in covered:
        message = "There is at least one repository that does not exist or is not accessible"
        raise Refusal(422, f"{message} to the parent installation.")
    only = f"{own.account.login}/{names[0]}" if len(names) == 1 else None
    secret = f"ghs_{secrets.token_hex(18)}"
    world.tokens[secret] = Token(secret, own.bot, dict(asked), own.app, only)
    document: Json = {
        "token": secret,
        "expires_at": (world.clock() + TOKEN_LIFE).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "permissions": {"metadata": "read", **asked},
        "repository_selection": "selected" if names else "all",
    }
    if names:
        document["repositories"] = [
            repository_document(world.site, one) for one in covered if one is not None
        ]
    return Reply(201, document)


@endpoint("DELETE", "/installation/token")
def revoke_token(call: Call) -> Reply:
    if call.caller.app is None or call.caller.is_jwt:
        raise Refusal(403, "Resource not accessible by personal access token")
    call.world.tokens.pop(call.caller.secret, None)
    return Reply(204)


def _app(call: Call, app: App) -> Any:
    return app_document(call.world.site, app, call.world.time())


def _installation(call: Call, own: Installation) -> Json:
    site, time = call.world.site, call.world.time()
    url = f"{site.api_url}/app/installations/{own.id}"
    return {
        "id": own.id,
        "account": user_document(site, own.account),
        "app_id": own.app.id,
        "app_slug": own.app.slug,
        "client_id": client_id(own.app),
        "target_id": own.account.id,
        "target_type": own.account.type,
        "repository_selection": "all",
        "access_tokens_url": f"{url}/access_tokens",
        "repositories_url": f"{site.api_url}/installation/repositories",
        "html_url": f"{site.server_url}/settings/installations/{own.id}",
        "permissions": {"metadata": "read", **own.permissions},
        "events": [],
        "created_at": time,
        "updated_at": time,
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_by": None,
        "suspended_at": None,
    }
