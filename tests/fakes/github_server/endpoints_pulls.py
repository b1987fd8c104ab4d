"""Pull requests: list, open, files, commits, reviews, merge."""

from __future__ import annotations

from .calls import NOT_FOUND, Call, Listing, Refusal, Reply, endpoint, invalid
from .conversations import merge_base, pull_document, review_document
from .documents import commit_document, file_document
from .endpoints_issues import close_or_reopen
from .state import Issue, Pull, Review

REPO = "/repos/{owner}/{repo}"
PULL = REPO + "/pulls/{pull_number}"
SCOPE = "pull-requests"
MAX_FILES = 3000
REVIEW_STATES = {
    "APPROVE": "APPROVED",
    "REQUEST_CHANGES": "CHANGES_REQUESTED",
    "COMMENT": "COMMENTED",
}


@endpoint("GET", REPO + "/pulls", SCOPE)
def list_pulls(call: Call) -> Listing:
    repository = call.repository
    repository.sync_pulls()
    state, head, base = (call.query.get(key, "") for key in ("state", "head", "base"))
    found = []
    for issue in repository.issues.values():
        pull = issue.pull
        if (
            pull is not None
            and (state or "open") in ("all", issue.state)
            and head in ("", f"{pull.head.owner.login}:{pull.head_ref}")
            and base in ("", pull.base_ref)
        ):
            found.append(issue)
    newest_first = call.query.get("direction", "desc") == "desc"
    found.sort(key=lambda issue: issue.number, reverse=newest_first)
    site = call.world.site
    return Listing(found, lambda issue: pull_document(site, repository, issue, full=False))


@endpoint("POST", REPO + "/pulls", SCOPE, anyone=True)
def create_pull(call: Call) -> Reply:
    repository = call.repository
    owner, _, branch = call.body["head"].rpartition(":")
    owner = owner or repository.owner.login
    head = next(
        (one for one in call.world.repositories.values()
         if one.owner.login == owner and repository in (one, one.parent)),
        None,
    )  # fmt: skip
    if head is None or head.git.resolve(f"refs/heads/{branch}") is None:
        raise invalid("PullRequest", "head", "invalid")
    if repository.git.resolve(f"refs/heads/{call.body['base']}") is None:
        raise invalid("PullRequest", "base", "invalid")
    for issue in repository.issues.values():
        pull = issue.pull
        if pull and issue.state == "open" and (pull.head is head and pull.head_ref == branch):
            message = f"A pull request already exists for {owner}:{branch}."
            raise invalid("PullRequest", "head", "custom", message)
    made = call.world.add_pull(
        repository, head, branch, call.body["base"], call.caller.account,
        call.body.get("title") or branch, call.body.get("body"),
    )  # fmt: skip
    return Reply(201, pull_document(call.world.site, repository, made))


@endpoint("GET", PULL, SCOPE)
def get_pull(call: Call) -> Reply:
    return Reply(200, pull_document(call.world.site, call.repository, call.issue))


@endpoint("PATCH", PULL, SCOPE)
def update_pull(call: Call) -> Reply:
    issue = call.issue
    issue.title = call.body.get("title") or issue.title
    issue.body = call.body.get("body", issue.body)
    close_or_reopen(call, issue, call.body.get("state", issue.state))
    return Reply(200, pull_document(call.world.site, call.repository, issue))


@endpoint("GET", PULL + "/files", SCOPE, "contents")
def list_files(call: Call) -> Listing:
    repository, pull, site = call.repository, call.pull, call.world.site
    changes = repository.git.changes(merge_base(repository, pull), pull.head_sha)
    return Listing(
        changes[:MAX_FILES],
        lambda change: file_document(site, repository, change, pull.head_sha),
    )


@endpoint("GET", PULL + "/commits", SCOPE)
def list_commits(call: Call) -> Listing:
    repository, pull, world = call.repository, call.pull, call.world
    commits = repository.git.commits(merge_base(repository, pull), pull.head_sha)
    return Listing(
        commits[:250], lambda sha: commit_document(world.site, repository, sha, world.accounts)
    )


@endpoint("GET", PULL + "/reviews", SCOPE)
def list_reviews(call: Call) -> Listing:
    repository, issue, site = call.repository, call.issue, call.world.site
    return Listing(
        call.pull.reviews, lambda review: review_document(site, repository, issue, review)
    )


@endpoint("GET", PULL + "/reviews/{review_id}", SCOPE)
def get_review(call: Call) -> Reply:
    wanted = call.params["review_id"]
    for review in call.pull.reviews:
        if str(review.id) == wanted:
            return Reply(200, review_document(call.world.site, call.repository, call.issue, review))
    raise Refusal(404, NOT_FOUND)


@endpoint("POST", PULL + "/reviews", SCOPE, anyone=True)
def create_review(call: Call) -> Reply:
    issue, pull, account = call.issue, call.pull, call.caller.account
    event = call.body.get("event", "COMMENT")
    if event == "APPROVE" and account == issue.user:
        raise Refusal(422, "Unprocessable Entity", ["Can not approve your own pull request"])
    commit = call.body.get("commit_id", pull.head_sha)
    review = Review(
        call.world.next_id(), account, REVIEW_STATES[event], call.body.get("body", ""),
        commit, call.world.time(),
    )  # fmt: skip
    pull.reviews.append(review)
    return Reply(200, review_document(call.world.site, call.repository, issue, review))


@endpoint("GET", PULL + "/merge", SCOPE)
def is_merged(call: Call) -> Reply:
    if call.pull.merged_at is None:
        raise Refusal(404, NOT_FOUND)
    return Reply(204)


@endpoint("PUT", PULL + "/merge", "contents")
def merge_pull(call: Call) -> Reply:
    issue, pull, git = call.issue, call.pull, call.repository.git
    tree = git.merge_tree(pull.base_sha, pull.head_sha)
    if issue.state != "open" or pull.draft or tree is None:
        raise Refusal(405, "Pull Request is not mergeable")
    if call.body.get("sha", pull.head_sha) != pull.head_sha:
        raise Refusal(409, "Head branch was modified. Review and try the merge again.")
    method = call.body.get("merge_method", "merge")
    if method == "rebase":
        raise Refusal(405, "Rebase merges are not allowed on this repository.")
    parents = [pull.base_sha] if method == "squash" else [pull.base_sha, pull.head_sha]
    made = git.commit_tree(tree, parents, _message(call, issue, pull), call.caller.account.login)
    git.run("update-ref", f"refs/heads/{pull.base_ref}", made, pull.base_sha)
    pull.merged_at = call.world.time()
    pull.merged_by = call.caller.account
    pull.merge_commit_sha = made
    close_or_reopen(call, issue, "closed")
    message = "Pull Request successfully merged"
    return Reply(200, {"sha": made, "merged": True, "message": message})


def _message(call: Call, issue: Issue, pull: Pull) -> str:
    branch = f"{pull.head.owner.login}/{pull.head_ref}"
    title = f"Merge pull request #{issue.number} from {branch}"
    if call.body.get("merge_method") == "squash":
        title = f"{issue.title} (#{issue.number})"
    text = call.body.get("commit_message") or issue.title
    return f"{call.body.get('commit_title') or title}\n\n{text}\n"
