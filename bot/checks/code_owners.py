"""Who must review a path: the code host's CODEOWNERS file, as far as a leaderboard needs it."""

from __future__ import annotations

from fnmatch import fnmatchcase

CODE_OWNERS_FILE = ".github/CODEOWNERS"


def owners_of(code_owners: str, path: str) -> tuple[str, ...]:
    r"""Return the owners of a path, without their `@`; the last line that matches decides.

    Example:
        >>> owners_of("* @ada @org/team\n/leaderboard/\n", "submissions/moe/manifest.yaml")
        ('ada', 'org/team')
        >>> owners_of("* @ada\n/leaderboard/\n", "leaderboard/README.md")
        ()

    Source: https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features
    (About code owners).
    """
    owners: tuple[str, ...] = ()
    for line in code_owners.splitlines():
        pattern, *named = line.partition("#")[0].split()[:50] or [""]
        if pattern and matches(pattern, path):
            owners = tuple(name.removeprefix("@") for name in named)
    return owners


def matches(pattern: str, path: str) -> bool:
    """Return whether a pattern of CODEOWNERS is about a path.

    Example:
        >>> matches("/submissions/", "submissions/moe/manifest.yaml"), matches("*.md", "a/b.md")
        (True, True)
    """
    anchored = "/" in pattern.rstrip("/")
    bare = pattern.strip("/")
    parts = path.split("/")
    if not anchored:
        names = parts[:-1] if pattern.endswith("/") else parts
        return any(fnmatchcase(name, bare) for name in names)
    wanted = bare.split("/")
    fits = len(parts) >= len(wanted) and all(
        fnmatchcase(name, part) for name, part in zip(parts, wanted, strict=False)
    )
    return fits and (len(parts) > len(wanted) or not pattern.endswith("/"))


def may_approve(login: str, owners: tuple[str, ...]) -> bool:
    """Return whether the code owners leave room for somebody, who may write to the repository.

    Teams and e-mail addresses cannot be looked up with a run's token: a path that has one is
    approved by anyone who may write, and the branch rule checks the team.

    Example:
        >>> may_approve("Ada", ("ada",)), may_approve("bob", ("ada",)), may_approve("bob", ())
        (True, False, True)
    """
    people = {owner.casefold() for owner in owners}
    return not owners or any("/" in o or "@" in o for o in owners) or login.casefold() in people
