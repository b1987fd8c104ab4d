"""What a token must have been given for each endpoint, as GitHub's documents list it.

Source: github/docs at 058fa63bfe93d4d06889d0d18c601d6c56b66c56, the file
src/github-apps/data/fpt-2022-11-28/server-to-server-permissions.json: verb, path and access for
each permission. An endpoint that it lists under several permissions needs one of them.

Where reports of practice say otherwise, or the documents contradict each other, the stricter
holds; such rows are in STRICTER, each with why.

The reference of the REST API adds that many of these reads need no permission where the resource
is public. A job that relies on it stops working on the day its repository becomes private, so
here a token that was given permissions needs them for reading, too.
"""

from __future__ import annotations

from collections.abc import Mapping

Needs = tuple[tuple[str, str], ...]
"""Permissions of which one is enough, each with its level."""

DOCUMENTED = """
GET    /repos/{owner}/{repo}                                                metadata:read
GET    /repos/{owner}/{repo}/collaborators/{username}                       metadata:read
GET    /repos/{owner}/{repo}/collaborators/{username}/permission            metadata:read
PUT    /repos/{owner}/{repo}/collaborators/{username}                       administration:write
GET    /repos/{owner}/{repo}/forks                                          metadata:read
GET    /repos/{owner}/{repo}/rules/branches/{branch}                        metadata:read
GET    /repos/{owner}/{repo}/rulesets                                       metadata:read
GET    /repos/{owner}/{repo}/rulesets/{ruleset_id}                          metadata:read
POST   /repos/{owner}/{repo}/rulesets                                       administration:write
PUT    /repos/{owner}/{repo}/rulesets/{ruleset_id}                          administration:write
DELETE /repos/{owner}/{repo}/rulesets/{ruleset_id}                          administration:write
PATCH  /repos/{owner}/{repo}                                                administration:write
GET    /repos/{owner}/{repo}/branches/{branch}                              contents:read
GET    /repos/{owner}/{repo}/branches/{branch}/protection                   administration:read
GET    /repos/{owner}/{repo}/commits/{ref}                                  contents:read
GET    /repos/{owner}/{repo}/contents/{path}                                contents:read
PUT    /repos/{owner}/{repo}/contents/{path}                                contents:write
GET    /repos/{owner}/{repo}/codeowners/errors                              contents:read
POST   /repos/{owner}/{repo}/dispatches                                     contents:write
GET    /repos/{owner}/{repo}/git/ref/{ref}                                  contents:read
GET    /repos/{owner}/{repo}/git/matching-refs/{ref}                        contents:read
POST   /repos/{owner}/{repo}/git/refs                                       contents:write
PATCH  /repos/{owner}/{repo}/git/refs/{ref}                                 contents:write
DELETE /repos/{owner}/{repo}/git/refs/{ref}                                 contents:write
POST   /repos/{owner}/{repo}/git/blobs                                      contents:write
POST   /repos/{owner}/{repo}/git/trees                                      contents:write
POST   /repos/{owner}/{repo}/git/commits                                    contents:write
PUT    /repos/{owner}/{repo}/pulls/{pull_number}/merge                      contents:write
GET    /repos/{owner}/{repo}/pulls                                          pull_requests:read
POST   /repos/{owner}/{repo}/pulls                                          pull_requests:write
GET    /repos/{owner}/{repo}/pulls/{pull_number}                            pull_requests:read
PATCH  /repos/{owner}/{repo}/pulls/{pull_number}                            pull_requests:write
GET    /repos/{owner}/{repo}/pulls/{pull_number}/files                      pull_requests:read
GET    /repos/{owner}/{repo}/pulls/{pull_number}/commits                    pull_requests:read
GET    /repos/{owner}/{repo}/pulls/{pull_number}/merge                      pull_requests:read
GET    /repos/{owner}/{repo}/pulls/{pull_number}/reviews                    pull_requests:read
POST   /repos/{owner}/{repo}/pulls/{pull_number}/reviews                    pull_requests:write
GET    /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}        pull_requests:read
GET    /repos/{owner}/{repo}/issues                                         issues:read
POST   /repos/{owner}/{repo}/issues                                         issues:write
GET    /repos/{owner}/{repo}/issues/{issue_number}                          issues:read
PATCH  /repos/{owner}/{repo}/issues/{issue_number}           issues:write pull_requests:write
GET    /repos/{owner}/{repo}/issues/comments                 issues:read pull_requests:read
GET    /repos/{owner}/{repo}/issues/{issue_number}/comments  issues:read pull_requests:read
POST   /repos/{owner}/{repo}/issues/{issue_number}/comments  issues:write pull_requests:write
GET    /repos/{owner}/{repo}/issues/comments/{comment_id}    issues:read pull_requests:read
PATCH  /repos/{owner}/{repo}/issues/comments/{comment_id}    issues:write pull_requests:write
DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}    issues:write pull_requests:write
GET    /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions                issues:read
POST   /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions                issues:write
DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions/{reaction_id}  issues:write
GET    /repos/{owner}/{repo}/issues/{issue_number}/reactions                issues:read
POST   /repos/{owner}/{repo}/issues/{issue_number}/reactions                issues:write
GET    /repos/{owner}/{repo}/labels                          issues:read pull_requests:read
GET    /repos/{owner}/{repo}/labels/{name}                   issues:read pull_requests:read
GET    /repos/{owner}/{repo}/issues/{issue_number}/labels    issues:read pull_requests:read
POST   /repos/{owner}/{repo}/issues/{issue_number}/labels    issues:write pull_requests:write
PUT    /repos/{owner}/{repo}/issues/{issue_number}/labels    issues:write pull_requests:write
DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels    issues:write pull_requests:write
DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}  issues:write pull_requests:write
POST   /repos/{owner}/{repo}/check-runs                                     checks:write
GET    /repos/{owner}/{repo}/check-runs/{check_run_id}                      checks:read
PATCH  /repos/{owner}/{repo}/check-runs/{check_run_id}                      checks:write
GET    /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations          checks:read
GET    /repos/{owner}/{repo}/commits/{ref}/check-runs                       checks:read
POST   /repos/{owner}/{repo}/statuses/{sha}                                 statuses:write
GET    /repos/{owner}/{repo}/statuses/{ref}                                 statuses:read
GET    /repos/{owner}/{repo}/commits/{ref}/statuses                         statuses:read
GET    /repos/{owner}/{repo}/commits/{ref}/status                           statuses:read
POST   /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches     actions:write
GET    /repos/{owner}/{repo}/actions/permissions                            administration:read
PUT    /repos/{owner}/{repo}/actions/permissions                            administration:write
GET    /repos/{owner}/{repo}/actions/permissions/workflow                   administration:read
PUT    /repos/{owner}/{repo}/actions/permissions/workflow                   administration:write
GET    /repos/{owner}/{repo}/actions/permissions/fork-pr-contributor-approval administration:read
PUT    /repos/{owner}/{repo}/actions/permissions/fork-pr-contributor-approval administration:write
GET    /repos/{owner}/{repo}/actions/variables                              actions_variables:read
POST   /repos/{owner}/{repo}/actions/variables                              actions_variables:write
GET    /repos/{owner}/{repo}/actions/variables/{name}                       actions_variables:read
PATCH  /repos/{owner}/{repo}/actions/variables/{name}                       actions_variables:write
DELETE /repos/{owner}/{repo}/actions/variables/{name}                       actions_variables:write
GET    /repos/{owner}/{repo}/actions/secrets                                secrets:read
GET    /repos/{owner}/{repo}/actions/secrets/public-key                     secrets:read
PUT    /repos/{owner}/{repo}/actions/secrets/{secret_name}                  secrets:write
GET    /repos/{owner}/{repo}/environments                                   actions:read
GET    /repos/{owner}/{repo}/environments/{environment_name}                actions:read
PUT    /repos/{owner}/{repo}/environments/{environment_name}                administration:write
DELETE /repos/{owner}/{repo}/environments/{environment_name}                administration:write
GET    /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies actions:read
POST   /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies \
administration:write
DELETE /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies/\
{branch_policy_id} administration:write
GET    /repos/{owner}/{repo}/keys                                           administration:read
POST   /repos/{owner}/{repo}/keys                                           administration:write
GET    /repos/{owner}/{repo}/keys/{key_id}                                  administration:read
DELETE /repos/{owner}/{repo}/keys/{key_id}                                  administration:write
GET    /repos/{owner}/{repo}/pages                                          pages:read
GET    /repos/{owner}/{repo}/teams                                          administration:read
"""

STRICTER = """
POST   /repos/{owner}/{repo}/labels                                         issues:write
PATCH  /repos/{owner}/{repo}/labels/{name}                                  issues:write
DELETE /repos/{owner}/{repo}/labels/{name}                                  issues:write
POST   /repos/{owner}/{repo}/pages                           administration:write+pages:write
PUT    /repos/{owner}/{repo}/pages                           administration:write+pages:write
GET    /repos/{owner}/{repo}/environments/{environment_name}/secrets             environments:read
GET    /repos/{owner}/{repo}/environments/{environment_name}/secrets/public-key  environments:read
PUT    /repos/{owner}/{repo}/environments/{environment_name}/secrets/{secret_name} \
environments:write
DELETE /repos/{owner}/{repo}/environments/{environment_name}/secrets/{secret_name} \
environments:write
GET    /repos/{owner}/{repo}/environments/{environment_name}/variables           environments:read
"""
"""Rows in which the file lists more than one permission.

Labels: `pull_requests: write` is listed, and is refused since 2025: docker-library/official-images
pull request 19241, actions/labeler 867, Songmu/tagpr 194. The same holds for putting a label on an
issue that the repository does not have yet. Pages: listed under both, marked as needing more than
one. Secrets and variables of an environment: listed under both; the reference names environments.
"""


def read_table(text: str) -> dict[tuple[str, str], tuple[Needs, ...]]:
    """Return (method, path) -> alternatives, each of which is permissions that are all needed.

    Example:
        >>> read_table("GET /a issues:read pages:read+issues:write")
        {('GET', '/a'): ((('issues', 'read'),), (('pages', 'read'), ('issues', 'write')))}
    """
    table = {}
    for line in text.strip().splitlines():
        method, path, *alternatives = line.split()
        table[method, path] = tuple(
            tuple(_pair(word) for word in one.split("+")) for one in alternatives
        )
    return table


def _pair(word: str) -> tuple[str, str]:
    scope, _, level = word.partition(":")
    return scope, level


TABLE: Mapping[tuple[str, str], tuple[Needs, ...]] = read_table(DOCUMENTED) | read_table(STRICTER)


def describe(alternatives: tuple[Needs, ...]) -> str:
    """Return what GitHub says in the header x-accepted-github-permissions.

    Example:
        >>> describe(((("issues", "write"),), (("pull_requests", "write"),)))
        'issues=write; pull_requests=write'
    """
    return "; ".join(",".join(f"{scope}={level}" for scope, level in one) for one in alternatives)
