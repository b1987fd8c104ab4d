"""Pull requests: list, open, files, commits, reviews, merge."""

from __future__ import annotations

from .calls import NOT_FOUND, Call, Listing, Refusal, Reply, endpoint, invalid
from .conversations import merge_base, pull_document, review_document
from .endpoints_issues import close_or_reopen
from .git_documents import commit_document, file_document
from .merging import Wish, merge
from .state import Review

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
    call.world.note("pull_request_review", call.repository, call.caller, "submitted", issue.number)
    return Reply(200, review_document(call.world.site, call.repository, issue, review))


@endpoint("GET", PULL + "/merge", SCOPE)
def is_merged(call: Call) -> Reply:
    if call.pull.merged_at is None:
        raise Refusal(404, NOT_FOUND)
    return Reply(204)


@endpoint("PUT", PULL + "/merge", "contents")
def merge_pull(call: Call) -> Reply:
    body = call.body
    wish = Wish(
        body.get("merge_method", "merge"), body.get("sha"), body.get("commit_title"),
        body.get("commit_message"),
    )  # fmt: skip
    made = merge(call.world, call.repository, call.issue, call.caller, wish)
    return Reply(200, {"sha": made, "merged": True, "message": "Pull Request successfully merged"})
