"""What people and owners do to themselves: new names, deleted accounts and forks, apps, keys."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass

from .accounts import Account, App, Token, canonical
from .bare import BareRepository
from .world import World


@dataclass(frozen=True)
class Installation:
    """An app in one account's repositories, and the key it signs with."""

    id: int
    app: App
    account: Account
    """Whose repositories they are."""
    bot: Account
    """The app's own user."""
    permissions: Mapping[str, str]
    """The most that a token may be given, by scope."""
    public_key: str
    """PEM; what the server knows of the app's key."""
    private_key: str
    """PEM; only the app has it; "" where it was not made here."""


class People(World):
    """A world whose accounts, forks, tokens and apps come and go."""

    def rename_account(self, login: str, new_login: str) -> Account:
        """Give somebody another login; their number stays, and the old login is free."""
        account = self.accounts.pop(login)
        assert new_login not in self.accounts, f"{new_login} is taken"
        own = [one for one in self.repositories.values() if one.owner == account]
        for repository in own:
            del self.repositories[repository.full_name.lower()]
            self.moved[repository.full_name.lower()] = repository
        for repository in self.repositories.values():
            if login in repository.collaborators:
                repository.collaborators[new_login] = repository.collaborators.pop(login)
        account.login = new_login
        self.accounts[new_login] = account
        for repository in own:
            self.repositories[repository.full_name.lower()] = repository
            # Its old place is free: whoever takes the login may have a repository of this name.
            place = self.folder / new_login / f"{repository.name}.git"
            place.parent.mkdir(parents=True, exist_ok=True)
            repository.git = BareRepository(repository.git.folder.rename(place))
        return account

    def delete_account(self, login: str) -> None:
        """Remove somebody: what they wrote stays, nameless; their repositories and tokens go."""
        account = self.accounts.pop(login)
        for repository in [one for one in self.repositories.values() if one.owner == account]:
            self.delete_repository(repository.full_name)
        for token in [one for one in self.tokens.values() if one.account == account]:
            self.remove_token(token.secret)
        for repository in self.repositories.values():
            repository.collaborators.pop(login, None)
        account.gone = True

    def delete_repository(self, full_name: str) -> None:
        """Remove a repository; pull requests from it keep their head as refs/pull/N/head."""
        repository = self.repository(full_name)
        for upstream in self.repositories.values():
            upstream.sync_pulls()
        del self.repositories[full_name.lower()]
        repository.deleted = True
        shutil.rmtree(repository.git.folder)

    def remove_token(self, secret: str) -> None:
        """End a token, as that of a job ends with its run."""
        self.tokens.pop(secret, None)

    def add_deploy_key(self, secret: str, full_name: str) -> Token:
        """Return a token that acts as a deploy key with write access does.

        GitHub takes deploy keys over ssh only. Here the secret is a password for git over http,
        and what it may do and bypass is what a deploy key may.
        """
        repository = self.repository(full_name)
        token = Token(
            secret, repository.owner, {"contents": "write"}, None, full_name, deploy_key=True
        )
        self.tokens[secret] = token
        return token

    def add_app(
        self, app: App, owner: str, permissions: Mapping[str, str], public_key: str = ""
    ) -> Installation:
        """Return an app that is installed in all repositories of an owner.

        Args:
            app: its number, slug and name.
            owner: login of whose repositories it is for.
            permissions: scope -> level, the most that its tokens may have.
            public_key: PEM; a pair is made when not given.
        """
        private_key = ""
        if not public_key:
            private_key, public_key = _make_keys()
        bot = Account(f"{app.slug}[bot]", self.next_id(), "Bot")
        self.accounts[bot.login] = bot
        made = Installation(
            self.next_id(), app, self.account(owner), bot,
            {canonical(scope): level for scope, level in permissions.items()},
            public_key, private_key,
        )  # fmt: skip
        self.installations[app.id] = made
        for repository in self.repositories.values():
            if repository.owner == made.account:
                repository.apps[app.id] = made
        return made


def _make_keys() -> tuple[str, str]:
    """Return a private key and its public one, both PEM."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()
