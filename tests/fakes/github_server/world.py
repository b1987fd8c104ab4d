"""The accounts and repositories of the server, and what people do in them from outside the API."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from .accounts import ACTIONS_APP, ACTIONS_BOT, Account, App, Token
from .bare import BareRepository, Content
from .documents import Site
from .state import Comment, Issue, Pull, Repository, Review


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


class World:
    """Everything the server knows. Methods here are for tests: they need no token."""

    def __init__(self, folder: Path, clock: Callable[[], datetime] = now) -> None:
        self.folder = folder
        self.clock = clock
        self.lock = threading.RLock()
        self.site = Site("", "")
        self.accounts: dict[str, Account] = {}
        self.tokens: dict[str, Token] = {}
        self.repositories: dict[str, Repository] = {}
        self._last_id = 1000
        self.accounts[ACTIONS_BOT.login] = ACTIONS_BOT

    def next_id(self) -> int:
        """Return a number never given before."""
        self._last_id += 2
        return self._last_id

    def time(self) -> str:
        """Return the time as GitHub writes it."""
        return self.clock().strftime("%Y-%m-%dT%H:%M:%SZ")

    def now_s(self) -> int:
        """Return the time in whole seconds since 1970."""
        return int(self.clock().timestamp())

    def account(self, login: str) -> Account:
        """Return the person with this login, made when first asked for."""
        if login not in self.accounts:
            self.accounts[login] = Account(login, self.next_id())
        return self.accounts[login]

    def rename_account(self, login: str, new_login: str) -> Account:
        """Return a person under a new login; the old one is free, and anybody can take it."""
        old = self.accounts.pop(login)
        account = Account(new_login, old.id, old.type)
        self.accounts[new_login] = account
        for name, repository in list(self.repositories.items()):
            repository.rename(old, account)
            if repository.owner.id == account.id:
                repository.owner = account
                self.repositories[repository.full_name.lower()] = self.repositories.pop(name)
                folder = self.folder / new_login / f"{repository.name}.git"
                folder.parent.mkdir(parents=True, exist_ok=True)
                repository.git = BareRepository(repository.git.folder.rename(folder))
        return account

    def add_token(
        self,
        secret: str,
        login: str = ACTIONS_BOT.login,
        permissions: Mapping[str, str] | None = None,
        app: App | None = None,
    ) -> Token:
        """Return a new token.

        Args:
            secret: what the caller will send.
            login: whose it is; the default is the Actions token of a workflow run.
            permissions: scope -> level as a workflow's `permissions:` has them; an app's token
                without any has none; leave out for a person, whose role decides.
            app: the app behind a bot that is not GitHub Actions.
        """
        account = self.account(login)
        if login == ACTIONS_BOT.login:
            app = app or ACTIONS_APP
        if app is not None:
            account = Account(login, account.id, "Bot")
            permissions = permissions or {}
        self.accounts[login] = account
        self.tokens[secret] = Token(secret, account, permissions, app)
        return self.tokens[secret]

    def create_repository(
        self,
        full_name: str,
        files: Mapping[str, Content] | None = None,
        *,
        collaborators: Mapping[str, str] | None = None,
        private: bool = False,
    ) -> Repository:
        """Return a new repository whose main branch holds these files.

        Args:
            full_name: owner/name.
            files: path -> content of the first commit; a README.md when not given.
            collaborators: login -> role (read, triage, write, maintain, admin).
            private: hidden from strangers.
        """
        owner, _, name = full_name.partition("/")
        for login in collaborators or {}:
            self.account(login)
        repository = self._add(owner, name, None, private)
        repository.collaborators.update(collaborators or {})
        repository.git.commit("main", files or {"README.md": f"# {name}\n"}, "Begin", owner)
        return repository

    def fork(self, full_name: str, login: str) -> Repository:
        """Return somebody's fork of a repository, with its branches as they are now."""
        parent = self.repository(full_name)
        fork = self._add(login, parent.name, parent, parent.private)
        fork.git.run("fetch", "-q", str(parent.git.folder), "+refs/heads/*:refs/heads/*")
        return fork

    def repository(self, full_name: str) -> Repository:
        """Return the repository owner/name."""
        return self.repositories[full_name.lower()]

    def push(
        self,
        full_name: str,
        branch: str,
        files: Mapping[str, Content],
        message: str = "Change files",
        login: str | None = None,
    ) -> str:
        """Return the new commit on a branch of a repository, as if its author had pushed it."""
        repository = self.repository(full_name)
        author = self.account(login or repository.owner.login).login
        return repository.git.commit(branch, files, message, author)

    def open_pull_request(
        self,
        head: str,
        title: str = "Add a submission",
        body: str | None = None,
        base: str = "main",
    ) -> Issue:
        """Return a new pull request against the head repository's parent.

        Args:
            head: "owner/name:branch" of the fork, or of the repository itself.
            title: as its author wrote it.
            body: as its author wrote it.
            base: the branch it asks to change.
        """
        full_name, _, branch = head.partition(":")
        fork = self.repository(full_name)
        return self.add_pull(fork.parent or fork, fork, branch, base, fork.owner, title, body)

    def add_pull(
        self,
        repository: Repository,
        head: Repository,
        branch: str,
        base: str,
        user: Account,
        title: str,
        body: str | None,
    ) -> Issue:
        """Return a new pull request of a branch in one repository for a branch in another."""
        head_sha = head.git.resolve(f"refs/heads/{branch}")
        base_sha = repository.git.resolve(f"refs/heads/{base}")
        assert head_sha is not None, f"{head.full_name} has no branch {branch}"
        assert base_sha is not None, f"{repository.full_name} has no branch {base}"
        issue = self.add_issue(repository, user, title, body)
        issue.pull = Pull(head, branch, head_sha, base, base_sha)
        repository.sync_pulls()
        return issue

    def add_issue(
        self, repository: Repository, user: Account, title: str, body: str | None
    ) -> Issue:
        """Return a new issue with the next free number."""
        number = len(repository.issues) + 1
        time = self.time()
        issue = Issue(self.next_id(), number, user, title, body, time, time)
        repository.issues[number] = issue
        return issue

    def comment(self, full_name: str, number: int, login: str, body: str) -> Comment:
        """Return a new comment somebody wrote on an issue or pull request."""
        issue = self.repository(full_name).issues[number]
        time = self.time()
        comment = Comment(self.next_id(), number, self.account(login), body, time, time)
        issue.comments.append(comment)
        return comment

    def review(
        self, full_name: str, number: int, login: str, state: str = "APPROVED", body: str = ""
    ) -> Review:
        """Return a new review of a pull request's present head."""
        repository = self.repository(full_name)
        repository.sync_pulls()
        pull = repository.issues[number].pull
        assert pull is not None, f"#{number} is not a pull request"
        account = self.account(login)
        review = Review(self.next_id(), account, state, body, pull.head_sha, self.time())
        pull.reviews.append(review)
        return review

    def _add(self, owner: str, name: str, parent: Repository | None, private: bool) -> Repository:
        git = BareRepository.create(self.folder / owner / f"{name}.git")
        repository = Repository(
            self.next_id(), self.account(owner), name, git, self.time(), private, parent
        )
        self.repositories[repository.full_name.lower()] = repository
        return repository
