"""Who must review a path: the code host's CODEOWNERS file, read as GitHub reads it.

Source: https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/
customizing-your-repository/about-code-owners
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

CODE_OWNERS_FILE = ".github/CODEOWNERS"
CODE_OWNERS_FILES = (CODE_OWNERS_FILE, "CODEOWNERS", "docs/CODEOWNERS")
"""Where the file may be; the first that is there is the only one that counts."""
MAX_CODE_OWNERS_BYTES = 3_000_000
"""A larger file is not loaded by GitHub."""

OWNER = re.compile(
    r"@[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?(?:/[A-Za-z0-9_.-]+)?"
    r"|[^@\s]+@[^@\s]+\.[^@\s]+"
)
_FIELD = re.compile(r"(?:\\.|[^\s\\])+")
_REFUSED = re.compile(r"^[!#]|^\\#|[][]|\*{3}")
"""What gitignore knows and CODEOWNERS does not."""


def owners_of(code_owners: str, path: str) -> tuple[str, ...]:
    r"""Return the owners of a path, without their `@`; the last line that matches decides.

    Example:
        >>> owners_of("* @ada @org/team\n/leaderboard/\n", "submissions/moe/manifest.yaml")
        ('ada', 'org/team')
        >>> owners_of("* @ada\n/leaderboard/\n", "leaderboard/README.md")
        ()
    """
    owners: tuple[str, ...] = ()
    for pattern, named in read_lines(code_owners.split("\n")):
        if matches(pattern, path):
            owners = named
    return owners


def read_lines(lines: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    r"""Yield the pattern and the owners of each line; a line that GitHub cannot read is skipped.

    Example:
        >>> list(read_lines(["*.js @ada # or @bob", "!*.go @ada", "*.md docs@", "/apps/"]))
        [('*.js', ('ada',)), ('/apps/', ())]
    """
    for line in lines:
        pattern, *fields = _FIELD.findall(line) or [""]
        if not pattern or _REFUSED.search(pattern):
            continue
        named = []
        for field in fields:
            if field.startswith("#"):
                break
            named.append(field)
        if all(OWNER.fullmatch(owner) for owner in named):
            yield pattern, tuple(owner.removeprefix("@") for owner in named)


def matches(pattern: str, path: str) -> bool:
    """Return whether a pattern of CODEOWNERS is about a path.

    It is a pattern of gitignore, but for one thing: what ends in `/*` is not about nested files.

    Example:
        >>> matches("/submissions/", "submissions/moe/manifest.yaml"), matches("*.md", "a/b.md")
        (True, True)
        >>> matches("docs/*", "docs/a.md"), matches("docs/*", "docs/build/a.md")
        (True, False)
    """
    folder = pattern.endswith("/")
    anchored = "/" in pattern.rstrip("/")
    *parents, last = pattern.strip("/").split("/")
    regex = "" if anchored else "(?:.*/)?"
    for name in parents:
        regex += "(?:[^/]+/)*" if name == "**" else f"{translate(name)}/"
    regex += ".+" if last == "**" else translate(last)
    if folder:
        regex += "/.+"
    elif not (anchored and last == "*"):
        regex += "(?:/.+)?"
    return re.fullmatch(regex, path, re.DOTALL) is not None


def translate(name: str) -> str:
    r"""Return the regular expression of one part of a pattern.

    Example:
        >>> translate("a*.js?"), translate(r"\*")
        ('a[^/]*\\.js[^/]', '\\*')
    """
    regex = ""
    for piece in re.findall(r"\\.|\*+|.", name, re.DOTALL):
        if piece[0] == "*":
            regex += "[^/]*"
        elif piece == "?":
            regex += "[^/]"
        else:
            regex += re.escape(piece[-1])
    return regex


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
