"""A repository's settings, read through PyGithub; nothing is changed."""

from __future__ import annotations

from bot.adapters.github import GitHubPullRequests
from bot.adapters.github_calls import is_limit
from bot.domain.repository_setup import SETTINGS, RepositorySetup, Setting, Unreadable


class GitHubSettings(GitHubPullRequests):
    """The settings of one repository."""

    def read_setup(self, branch: str, app_id: int) -> RepositorySetup:
        """Return every setting that the setup is judged by.

        Raises:
            Misconfigured: There is no such repository, or the token is wrong.
        """
        settings: dict[str, Setting] = {}
        self._call("reading the repository", "metadata: read", lambda: self._get(""))
        for template, needs in SETTINGS.items():
            settings[template] = self._read(template.format(branch=branch), needs)
        rules = settings["rules/branches/{branch}"]
        listed = rules if isinstance(rules, list) else []
        for number in sorted({rule["ruleset_id"] for rule in listed if "ruleset_id" in rule}):
            path = f"rulesets/{number}"
            settings[path] = self._read(path, "administration: read")
        return RepositorySetup(self._name, branch, app_id, settings)

    def _read(self, path: str, needs: str) -> Setting:
        """Return a setting, None when it is not there."""
        from github import GithubException

        def read() -> Setting:
            try:
                return self._get(path)
            except GithubException as error:
                if error.status == 404:
                    return None
                if error.status == 403 and not is_limit(error):
                    return Unreadable(needs)
                raise

        return self._call(f"reading {path}", needs, read)

    def _get(self, path: str) -> Setting:
        address = f"/repos/{self._name}/{path}".rstrip("/")
        _, document = self._repository().requester.requestJsonAndCheck("GET", address)
        return document
