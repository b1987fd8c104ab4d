"""A repository's settings through PyGithub: all that its setup is judged by, and the repairs."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.adapters.git.commits import Author, push_on_tip
from bot.adapters.git.repository import scratch_repository
from bot.adapters.github.calls import is_limit
from bot.adapters.github.connection import Connection, open_client
from bot.domain.repository_setup import (
    DEPLOY_KEY_TITLE,
    READS,
    WRITER_SECRETS,
    ApiWrite,
    BranchWrite,
    KeyWrite,
    Repair,
    RepositorySetup,
    SecretWrite,
    Setting,
    SetupWish,
    Unreadable,
)
from bot.errors import Misconfigured

if TYPE_CHECKING:
    from github.Requester import Requester

PAGE = 100
ADMINISTRATION = "administration: write"
ENVIRONMENTS = "environments: write"
TAKEN = frozenset({409, 422})
"""What GitHub answers when the thing exists already."""


class GitHubSettings:
    """The settings of one repository."""

    def __init__(self, connection: Connection) -> None:
        """Name the repository; nothing is asked yet."""
        self._connection = connection

    def read_setup(self, wish: SetupWish, app_key: str | None = None) -> RepositorySetup:
        """Return every setting that the setup is judged by.

        Args:
            wish: What they will be compared with.
            app_key: Private key of the app that writes, which alone can tell about the app.

        Raises:
            Misconfigured: There is no such repository, or the token is wrong.
        """
        settings: dict[str, Setting] = {}
        self._connection.call("reading the repository", "metadata: read", lambda: self._get(""))
        for template, needs in READS.items():
            settings[template] = self._read(template.format(branch=wish.branch), needs)
        for number in self._rulesets_in(settings):
            path = f"rulesets/{number}"
            settings[path] = self._read(path, ADMINISTRATION)
        for login in dict.fromkeys((*wish.maintainers, *wish.named_maintainers)):
            for path in (f"/users/{login}", f"collaborators/{login}/permission"):
                settings[path] = self._read(path, "metadata: read")
        app = self._read_app(wish.app_id, app_key) if app_key and wish.writer == "app" else None
        return RepositorySetup(wish, settings, app)

    def repair(self, repair: Repair, secrets: Mapping[str, str], author: Author) -> None:
        """Do one repair; it may be repeated without a second effect.

        Args:
            repair: What is to be done.
            secrets: Values of secrets by name.
            author: Who signs the first commit of a branch.

        Raises:
            Misconfigured: GitHub refuses it.
            ServiceUnavailable: GitHub failed too often.
        """
        if isinstance(repair, ApiWrite):
            self._write(repair.method, repair.path, repair.needs, dict(repair.body))
        elif isinstance(repair, SecretWrite):
            self._write_secret(repair.environment, repair.name, secrets[repair.name])
        elif isinstance(repair, KeyWrite):
            self._write_key(repair)
        else:
            self._write_branch(repair, author)

    def _write_secret(self, environment: str, name: str, value: str) -> None:
        """Set a secret, encrypted so that only GitHub can read it."""
        from nacl.public import PublicKey, SealedBox

        folder = f"environments/{environment}/secrets"
        path = f"{folder}/public-key"
        key = self._connection.call(
            f"reading {path}", "environments: read", lambda: self._get(path)
        )
        box = SealedBox(PublicKey(base64.b64decode(key["key"])))
        sealed = base64.b64encode(box.encrypt(value.encode())).decode()
        body = {"encrypted_value": sealed, "key_id": key["key_id"]}
        self._write("PUT", f"{folder}/{name}", ENVIRONMENTS, body)

    def _write_key(self, repair: KeyWrite) -> None:
        """Make a deploy key, private half first: a public half alone is useless."""
        private, public = make_key_pair()
        for environment in repair.environments:
            self._write_secret(environment, WRITER_SECRETS["deploy-key"], private)
        for number in repair.replaces:
            self._write("DELETE", f"keys/{number}", ADMINISTRATION)
        body = {"title": DEPLOY_KEY_TITLE, "key": public, "read_only": False}
        self._write("POST", "keys", ADMINISTRATION, body)

    def _write_branch(self, repair: BranchWrite, author: Author) -> None:
        """Push a branch whose one commit is empty, unless somebody made the branch meanwhile."""
        remote = str(self._get("")["clone_url"])
        with scratch_repository(self._connection.token) as repository:
            title = f"Begin the {repair.branch}"
            push_on_tip(repository, remote, repair.branch, lambda _: {}, title, author)

    def _write(self, method: str, path: str, needs: str, body: Any = None) -> None:
        """Make a call that changes something."""
        from github import GithubException

        attempts = 0

        def write() -> None:
            nonlocal attempts
            attempts += 1
            try:
                self._requester().requestJsonAndCheck(method, self._address(path), input=body)
            except GithubException as error:
                # It was done, and only the answer got lost; what is there is read again anyway.
                gone = method == "DELETE" and error.status == 404
                if not gone and not (attempts > 1 and error.status in TAKEN):
                    raise

        self._connection.call(f"{method} {path or 'the repository'}", needs, write)

    def _read_app(self, app_id: int, key: str) -> Setting:
        """Return the app and its installation here, each None when there is none."""
        from github import Auth

        if not is_rsa_key(key):
            raise Misconfigured("the app's key is not a private RSA key in PEM form")
        client = open_client(
            Auth.AppAuth(app_id, key),
            self._connection.api_url,
            timeout_s=self._connection.timeout_s,
        )
        app = self._read("/app", "", client.requester)
        if isinstance(app, Unreadable):
            return {"app": None, "installation": None}
        return {"app": app, "installation": self._read("installation", "", client.requester)}

    def _rulesets_in(self, settings: Mapping[str, Setting]) -> list[int]:
        """Return the number of each ruleset that is set here, or holds on a branch."""
        found = set()
        for path, key in (
            ("rulesets", "id"),
            ("rules/branches/{branch}", "ruleset_id"),
            ("rules/branches/ledger", "ruleset_id"),
        ):
            rows = settings[path]
            found |= {row[key] for row in rows if key in row} if isinstance(rows, list) else set()
        return sorted(found)

    def _read(self, path: str, needs: str, requester: Requester | None = None) -> Setting:
        """Return a setting, None when it is not there."""
        from github import GithubException

        refused = {401, 403} if requester else {403}

        def read() -> Setting:
            try:
                return self._get(path, requester)
            except GithubException as error:
                if error.status == 404:
                    return None
                if error.status in refused and not is_limit(error):
                    return Unreadable(needs)
                raise

        return self._connection.call(f"reading {path or 'the repository'}", needs, read)

    def _get(self, path: str, requester: Requester | None = None) -> Any:
        """Return a document, a long list from all of its pages."""
        whole: Any = None
        page = 1
        while True:
            asked = {"per_page": PAGE, "page": page} if page > 1 else {"per_page": PAGE}
            headers, part = (requester or self._requester()).requestJsonAndCheck(
                "GET", self._address(path), parameters=asked
            )
            whole = part if whole is None else _joined(whole, part)
            if 'rel="next"' not in headers.get("link", ""):
                return whole
            page += 1

    def _address(self, path: str) -> str:
        return (
            path if path.startswith("/") else f"/repos/{self._connection.name}/{path}".rstrip("/")
        )

    def _requester(self) -> Requester:
        return self._connection.repository.requester


def _joined(whole: Any, part: Any) -> Any:
    """Return two pages of a list, or of the list in an object, as one."""
    if isinstance(whole, list):
        return [*whole, *part]
    return {key: v + part[key] if isinstance(v, list) else v for key, v in whole.items()}


def is_rsa_key(text: str) -> bool:
    """Return whether a text is the kind of private key that GitHub gives to apps."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        return isinstance(load_pem_private_key(text.encode(), None), RSAPrivateKey)
    except (ValueError, TypeError):  # no key, or one with a pass phrase
        return False


def make_key_pair() -> tuple[str, str]:
    """Return a new ed25519 key pair in OpenSSH's form: the private half, the public half."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    return private.decode(), public.decode()
