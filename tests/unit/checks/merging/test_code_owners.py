"""CODEOWNERS is read as GitHub documents it: every example and every exception of its page."""

from __future__ import annotations

import pytest

from bot.checks.merging.code_owners import matches, owners_of

EXAMPLE = """\
# A comment.
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/* docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
"""


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("README.md", ("global-owner1", "global-owner2")),
        ("deep/down/README", ("global-owner1", "global-owner2")),
        ("main.js", ("js-owner",)),
        ("src/lib/main.js", ("js-owner",)),
        ("src/main.go", ("docs@example.com",)),
        ("notes/a.txt", ("octo-org/octocats",)),
        ("build/a.log", ("global-owner1", "global-owner2")),
        ("docs/getting-started.md", ("doctocat",)),
        ("docs/build-app/troubleshooting.md", ("doctocat",)),
        ("src/docs/a.md", ("global-owner1", "global-owner2")),
        ("src/apps/x/y.py", ("octocat",)),
        ("scripts/a.py", ("doctocat", "octocat")),
        ("build/logs", ("octocat",)),
        ("scripts/logs/a.py", ("octocat",)),
        ("deeply/nested/logs/a/b.py", ("octocat",)),
        ("apps/a.py", ("octocat",)),
        ("apps/github/a.py", ()),
        ("apps/github", ()),
        ("apps/github-other/a.py", ("octocat",)),
    ],
)
def test_the_documented_file_is_read_as_documented(path: str, owners: tuple[str, ...]) -> None:
    assert owners_of(EXAMPLE, path) == owners


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("*", ["a", "a/b/c"], []),
        ("*.js", ["a.js", "a/b.js", "a.js/b"], ["a.jsx", "js"]),
        ("/build/logs/", ["build/logs/a", "build/logs/a/b"], ["build/logs", "x/build/logs/a"]),
        ("docs/*", ["docs/getting-started.md"], ["docs/build-app/troubleshooting.md", "x/docs/a"]),
        ("apps/", ["apps/a", "x/apps/a/b"], ["apps", "x/apps"]),
        ("/docs/", ["docs/a", "docs/a/b"], ["x/docs/a"]),
        ("**/logs", ["logs", "build/logs", "a/b/logs/c"], ["mylogs", "logs.txt"]),
        ("/apps/github", ["apps/github", "apps/github/x"], ["apps/githubber", "x/apps/github"]),
        ("/submissions/*", ["submissions/README.md"], ["submissions/moe/manifest.yaml"]),
        ("/submissions/**", ["submissions/moe/manifest.yaml"], ["submissions"]),
        ("/submissions/*/", ["submissions/moe/manifest.yaml"], ["submissions/README.md"]),
        ("/submissions/*/manifest.yaml", ["submissions/moe/manifest.yaml"], ["submissions/x"]),
        ("**/manifest.yaml", ["manifest.yaml", "submissions/moe/manifest.yaml"], ["manifest.yml"]),
        ("submissions/**/*.json", ["submissions/a.json", "submissions/a/b/c.json"], ["a.json"]),
        ("/submissions/**/predictions/*", ["submissions/a/predictions/b"], ["submissions/a/b"]),
        ("manifest.yaml", ["submissions/moe/manifest.yaml"], ["manifest.yaml.old"]),
        ("/*", ["README.md"], ["docs/README.md"]),
        ("Docs/", ["Docs/a"], ["docs/a"]),
        (r"/with\ space/", ["with space/a"], ["with/a"]),
        ("a?c", ["abc", "x/abc"], ["ac", "a/c"]),
    ],
)
def test_a_pattern_is_about_these_paths_and_not_about_those(
    pattern: str, yes: list[str], no: list[str]
) -> None:
    assert [path for path in yes if not matches(pattern, path)] == []
    assert [path for path in no if matches(pattern, path)] == []


@pytest.mark.parametrize(
    "line",
    [
        "!*.md @ada",
        "[a-z]*.md @ada",
        "/docs/[ab]/ @ada",
        r"\#odd.md @ada",
        "***/*.md @ada",
        "*.md docs@",
        "*.md ada",
        "*.md @ada @",
        "# *.md @ada",
        "#*.md @ada",
        "",
        "   ",
    ],
)
def test_a_line_that_github_cannot_read_is_skipped(line: str) -> None:
    for path in ("a.md", "#odd.md", "docs/a/x.md"):
        assert owners_of(f"* @base\n{line}\n", path) == ("base",)


def test_an_inline_comment_names_nobody() -> None:
    assert owners_of("* @ada # ask @bob or bob@example.com\n", "a") == ("ada",)
    assert owners_of("* @ada\n/free/ # nobody, not even @ada\n", "free/a") == ()


def test_line_ends_of_windows_are_no_part_of_an_owner() -> None:
    assert owners_of("* @ada\r\n/docs/ @org/team\r\n", "docs/a") == ("org/team",)
