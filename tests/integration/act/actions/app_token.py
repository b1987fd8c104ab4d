"""Mint a token of an app's installation, as the action does, and give it to the next steps."""

import json
import os
import time
import urllib.request
from pathlib import Path

import jwt

PREFIX = "PERMISSION_"


def ask(method: str, path: str, secret: str, body: object = None) -> dict:
    request = urllib.request.Request(
        f"{os.environ['GITHUB_API_URL']}{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {secret}", "Accept": "application/vnd.github+json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def main() -> None:
    now = int(time.time())
    claims = {"iss": os.environ["APP_ID"], "iat": now - 30, "exp": now + 540}
    signed = jwt.encode(claims, os.environ["APP_KEY"], algorithm="RS256")
    repository = os.environ["GITHUB_REPOSITORY"]
    installation = ask("GET", f"/repos/{repository}/installation", signed)
    wanted = {
        name.removeprefix(PREFIX).lower(): level
        for name, level in os.environ.items()
        if name.startswith(PREFIX) and level
    }
    body = {
        "repositories": [repository.split("/")[1]],
        **({"permissions": wanted} if wanted else {}),
    }
    path = f"/app/installations/{installation['id']}/access_tokens"
    token = ask("POST", path, signed, body)["token"]
    print(f"::add-mask::{token}")
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as stream:
        stream.write(f"token={token}\n")


if __name__ == "__main__":
    main()
