"""What an app learns about itself with a token that it signs with its own key."""

from __future__ import annotations

import jwt

from .accounts import Account, App, Token
from .calls import NOT_FOUND, Call, Refusal, Reply, endpoint
from .documents import app_document, user_document
from .endpoints_repositories import REPO
from .world import World

AS_APP = "jwt"


def install_app(
    world: World, full_name: str, app: App, public_key: str, **permissions: str
) -> None:
    """Make an app known with its public key, and install it on a repository."""
    world.app_keys[app.id] = (app, public_key)
    world.repository(full_name).installed_apps[app.id] = {"app": app, "permissions": permissions}


def token_of_app(world: World, secret: str) -> Token | None:
    """Return who shows a token that an app signed, None for anything else."""
    for app, public_key in world.app_keys.values():
        try:
            claims = jwt.decode(secret, public_key, algorithms=["RS256"])
        except jwt.InvalidTokenError:
            continue
        if str(claims.get("iss")) == str(app.id):
            account = Account(f"{app.slug}[bot]", app.id, "Bot")
            return Token(secret, account, {AS_APP: "write"}, app)
    return None


def _app(call: Call) -> App:
    token = call.caller
    if token.app is None or not token.grants("write", (AS_APP,)):
        raise Refusal(401, "A JSON web token could not be decoded")
    return token.app


@endpoint("GET", "/app")
def get_app(call: Call) -> Reply:
    return Reply(200, app_document(call.world.site, _app(call), call.world.time()))


@endpoint("GET", REPO + "/installation")
def get_installation(call: Call) -> Reply:
    app, repository, site = _app(call), call.repository, call.world.site
    installed = repository.installed_apps.get(app.id)
    if installed is None:
        raise Refusal(404, NOT_FOUND)
    url, time = f"{site.api_url}/app/installations/{app.id}", repository.created_at
    document = {
        "id": app.id * 7,
        "account": user_document(site, repository.owner),
        "repository_selection": "selected",
        "access_tokens_url": f"{url}/access_tokens",
        "repositories_url": f"{site.api_url}/installation/repositories",
        "html_url": f"{site.server_url}/settings/installations/{app.id}",
        "app_id": app.id,
        "app_slug": app.slug,
        "target_id": repository.owner.id,
        "target_type": repository.owner.type,
        "permissions": installed["permissions"],
        "events": [],
        "created_at": time,
        "updated_at": time,
        "single_file_name": None,
        "suspended_by": None,
        "suspended_at": None,
    }
    return Reply(200, document)
