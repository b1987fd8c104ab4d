"""The accounts and repositories of the server, and what people do in them from outside the API."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from .accounts import ACTIONS_APP, ACTIONS_BOT, Account, App, Token, role_grants
from .bare import BareRepository, Content
from .calls import Refusal
from .documents import Site
from .happenings import Happening
from .state import Comment, Issue, Label, Pull, Repository, Review


class LabelLike(Protocol):
    """What a label says."""

    @property
    def name(self) -> str: ...
    @property
    def color(self) -> str: ...
    @property
    def description(self) -> str: ...


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
        self.moved: dict[str, Repository] = {}
        """Repositories whose owner has another name now, by their old one."""
        self.installations: dict[int, Any] = {}
        """Apps that are installed, by the app's number."""
        self.happenings: list[Happening] = []
        """What happened that may start workflows, in order."""
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

    def note(
        self,
        name: str,
        repository: Repository,
        token: Token,
        action: str = "",
        number: int = 0,
        **facts: Any,
    ) -> None:
        """Remember that something happened which may start workflows."""
        self.happenings.append(
            Happening(
                name, repository, token.account.login, token.of_a_run, action, number, **facts
            )
        )

    def person(self, login: str) -> Token:
        """Return what somebody acts with on the pages of the site: their role and no secret."""
        return Token("", self.account(login))

    def add_token(
        self,
        secret: str,
        login: str = ACTIONS_BOT.login,
        permissions: Mapping[str, str] | None = None,
        app: App | None = None,
        repository: str | None = None,
    ) -> Token:
        """Return a new token.

        Args:
            secret: what the caller will send.
            login: whose it is; the default is the Actions token of a workflow run.
            permissions: scope -> level as a workflow's `permissions:` has them; an app's token
                without any has none; leave out for a person, whose role decides.
            app: the app behind a bot that is not GitHub Actions.
            repository: owner/name of the only one it is for; every one that is no fork if absent.
        """
        account = self.account(login)
        if login == ACTIONS_BOT.login:
            app = app or ACTIONS_APP
        if app is not None:
            account.type = "Bot"
            permissions = permissions or {}
        self.tokens[secret] = Token(secret, account, permissions, app, repository)
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

    def add_labels(self, full_name: str, labels: Iterable[LabelLike]) -> None:
        """Give a repository labels, as its set-up does."""
        repository = self.repository(full_name)
        for one in labels:
            made = Label(self.next_id(), one.name, one.color, one.description)
            repository.labels[one.name] = made

    def fork(self, full_name: str, login: str) -> Repository:
        """Return somebody's fork of a repository, with its branches as they are now."""
        parent = self.repository(full_name)
        fork = self._add(login, parent.name, parent, parent.private)
        fork.git.run("fetch", "-q", str(parent.git.folder), "+refs/heads/*:refs/heads/*")
        return fork

    def repository(self, full_name: str) -> Repository:
        """Return the repository owner/name."""
        return self.repositories[full_name.lower()]

    def find_repository(self, full_name: str) -> Repository | None:
        """Return a repository by its name, or by one it had; None when there is none."""
        name = full_name.lower()
        return self.repositories.get(name) or self.moved.get(name)

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
        ref = f"refs/heads/{branch}"
        before = repository.git.resolve(ref) or ""
        made = repository.git.commit(branch, files, message, author)
        repository.pushers[ref] = author
        self.note("push", repository, self.person(author), ref=ref, before=before, head=made)
        self.note_moved_heads(repository, self.person(author), ref, before)
        return made

    def note_moved_heads(
        self, repository: Repository, token: Token, ref: str, before: str = "moved"
    ) -> None:
        """Remember for each open pull request from a branch that it has new commits."""
        if not before:
            return
        for upstream in self.repositories.values():
            for issue in upstream.issues.values():
                pull = issue.pull
                if pull is None or issue.state != "open" or pull.head is not repository:
                    continue
                if ref == f"refs/heads/{pull.head_ref}":
                    self.note("pull_request", upstream, token, "synchronize", issue.number)

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
        self.note("pull_request", repository, self.person(user.login), "opened", issue.number)
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

    def comment(
        self, full_name: str, number: int, login: str, body: str, token: Token | None = None
    ) -> Comment:
        """Return a new comment on an issue or pull request, by somebody on the site or a token."""
        repository = self.repository(full_name)
        time, account = self.time(), self.account(login)
        comment = Comment(self.next_id(), number, account, body, time, time)
        comment.app = token.app if token else None
        repository.issues[number].comments.append(comment)
        by = token or self.person(login)
        self.note("issue_comment", repository, by, "created", number)
        return comment

    def press_merge(
        self, full_name: str, number: int, login: str, method: str = "merge", sha: str | None = None
    ) -> str:
        """Return the commit that the merge button made when somebody pressed it.

        Raises:
            Refusal: They may not, or a rule stands against it; it says which.
        """
        from .merging import Wish, merge

        repository = self.repository(full_name)
        if not role_grants(repository.role(login), "write"):
            raise Refusal(403, "Must have push access to merge")
        issue = repository.issues[number]
        return merge(self, repository, issue, self.person(login), Wish(method, sha))

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
        self.note("pull_request_review", repository, self.person(login), "submitted", number)
        return review

    def _add(self, owner: str, name: str, parent: Repository | None, private: bool) -> Repository:
        git = BareRepository.create(self.folder / owner / f"{name}.git")
        repository = Repository(
            self.next_id(), self.account(owner), name, git, self.time(), private, parent
        )
        self.repositories[repository.full_name.lower()] = repository
        return repository
