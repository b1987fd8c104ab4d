"""Issues, comments, labels and reactions."""

from __future__ import annotations

from .authorization import require_label_maker
from .calls import NOT_FOUND, Call, Listing, Refusal, Reply, endpoint, invalid
from .conversations import comment_document, issue_document
from .documents import label_document, reaction_document
from .state import Comment, Issue, Json, Label, Reaction

REPO = "/repos/{owner}/{repo}"
ISSUE = REPO + "/issues/{issue_number}"
COMMENT = REPO + "/issues/comments/{comment_id}"
TALK = ("issues", "pull-requests")
MAX_BODY_CHARS = 65_536
MAX_LABEL_CHARS = 50


@endpoint("GET", REPO + "/issues", "issues")
def list_issues(call: Call) -> Listing:
    repository = call.repository
    state = call.query.get("state", "open")
    wanted = {name.lower() for name in call.query.get("labels", "").split(",") if name}
    creator = call.query.get("creator", "")
    issues = [
        issue
        for issue in sorted(repository.issues.values(), key=lambda issue: -issue.number)
        if state in ("all", issue.state)
        and wanted <= {name.lower() for name in issue.labels}
        and creator in ("", issue.user.login)
    ]
    return Listing(issues, lambda issue: issue_document(call.world.site, repository, issue))


@endpoint("POST", REPO + "/issues", "issues", anyone=True)
def create_issue(call: Call) -> Reply:
    body = _checked_body(call.body.get("body"), "Issue")
    issue = call.world.add_issue(
        call.repository, call.caller.account, str(call.body["title"]), body
    )
    _label(call, issue, call.body.get("labels") or [])
    return Reply(201, issue_document(call.world.site, call.repository, issue))


@endpoint("GET", ISSUE, *TALK)
def get_issue(call: Call) -> Reply:
    return Reply(200, issue_document(call.world.site, call.repository, call.issue))


@endpoint("PATCH", ISSUE, *TALK)
def update_issue(call: Call) -> Reply:
    issue = call.issue
    if "body" in call.body:
        issue.body = _checked_body(call.body["body"], "Issue")
    issue.title = call.body.get("title") or issue.title
    if "labels" in call.body:
        _label(call, issue, call.body["labels"], replace=True)
    close_or_reopen(call, issue, call.body.get("state", issue.state))
    return Reply(200, issue_document(call.world.site, call.repository, issue))


def close_or_reopen(call: Call, issue: Issue, state: str) -> None:
    """Put an issue into a state and remember when; a merged pull request stays closed."""
    if state == "open" and issue.pull is not None and issue.pull.merged_at is not None:
        raise invalid("PullRequest", "state", "invalid")
    issue.updated_at = call.world.time()
    if state != issue.state:
        issue.state = state
        issue.closed_at = call.world.time() if state == "closed" else None


@endpoint("GET", REPO + "/issues/comments", "issues", "pull-requests")
def list_repository_comments(call: Call) -> Listing:
    comments = [comment for issue in call.repository.issues.values() for comment in issue.comments]
    return _comments(call, sorted(comments, key=lambda comment: comment.id))


@endpoint("GET", ISSUE + "/comments", *TALK)
def list_comments(call: Call) -> Listing:
    since = call.query.get("since", "")
    return _comments(call, [c for c in call.issue.comments if c.updated_at >= since])


@endpoint("POST", ISSUE + "/comments", *TALK, anyone=True)
def create_comment(call: Call) -> Reply:
    body = _checked_body(call.body["body"], "IssueComment") or ""
    issue = call.issue
    made = call.world.comment(
        call.repository.full_name, issue.number, call.caller.account.login, body, call.caller
    )
    return Reply(201, comment_document(call.world.site, call.repository, made))


@endpoint("GET", COMMENT, *TALK)
def get_comment(call: Call) -> Reply:
    return Reply(200, comment_document(call.world.site, call.repository, _comment(call)))


@endpoint("PATCH", COMMENT, *TALK, anyone=True)
def update_comment(call: Call) -> Reply:
    comment = _own_comment(call)
    comment.body = _checked_body(call.body["body"], "IssueComment") or ""
    comment.updated_at = call.world.time()
    return Reply(200, comment_document(call.world.site, call.repository, comment))


@endpoint("DELETE", COMMENT, *TALK, anyone=True)
def delete_comment(call: Call) -> Reply:
    comment = _own_comment(call)
    call.repository.issues[comment.issue_number].comments.remove(comment)
    return Reply(204)


@endpoint("GET", COMMENT + "/reactions", *TALK)
def list_comment_reactions(call: Call) -> Listing:
    return _reactions(call, _comment(call).reactions)


@endpoint("POST", COMMENT + "/reactions", *TALK, anyone=True)
def react_to_comment(call: Call) -> Reply:
    return _react(call, _comment(call).reactions)


@endpoint("DELETE", COMMENT + "/reactions/{reaction_id}", *TALK, anyone=True)
def delete_comment_reaction(call: Call) -> Reply:
    reactions = _comment(call).reactions
    found = [one for one in reactions if str(one.id) == call.params["reaction_id"]]
    if not found:
        raise Refusal(404, NOT_FOUND)
    reactions.remove(found[0])
    return Reply(204)


@endpoint("GET", ISSUE + "/reactions", *TALK)
def list_issue_reactions(call: Call) -> Listing:
    return _reactions(call, call.issue.reactions)


@endpoint("POST", ISSUE + "/reactions", *TALK, anyone=True)
def react_to_issue(call: Call) -> Reply:
    return _react(call, call.issue.reactions)


@endpoint("GET", REPO + "/labels", *TALK)
def list_repository_labels(call: Call) -> Listing:
    return _labels(call, list(call.repository.labels))


@endpoint("POST", REPO + "/labels", *TALK)
def create_label(call: Call) -> Reply:
    name = call.body["name"]
    if name.lower() in {known.lower() for known in call.repository.labels}:
        raise invalid("Label", "name", "already_exists")
    label = _add_label(call, name)
    label.color = call.body.get("color", label.color).lstrip("#")
    label.description = call.body.get("description")
    return Reply(201, label_document(call.world.site, call.repository, label))


@endpoint("GET", REPO + "/labels/{name}", *TALK)
def get_label(call: Call) -> Reply:
    label = call.repository.labels.get(_known_name(call, call.params["name"]))
    if label is None:
        raise Refusal(404, NOT_FOUND)
    return Reply(200, label_document(call.world.site, call.repository, label))


@endpoint("GET", ISSUE + "/labels", *TALK)
def list_issue_labels(call: Call) -> Listing:
    return _labels(call, call.issue.labels)


@endpoint("POST", ISSUE + "/labels", *TALK)
def add_issue_labels(call: Call) -> Reply:
    _label(call, call.issue, call.body.get("labels", []))
    return _issue_labels(call)


@endpoint("PUT", ISSUE + "/labels", *TALK)
def set_issue_labels(call: Call) -> Reply:
    _label(call, call.issue, call.body.get("labels", []), replace=True)
    return _issue_labels(call)


@endpoint("DELETE", ISSUE + "/labels", *TALK)
def clear_issue_labels(call: Call) -> Reply:
    call.issue.labels.clear()
    return Reply(204)


@endpoint("DELETE", ISSUE + "/labels/{name}", *TALK)
def remove_issue_label(call: Call) -> Reply:
    name = _known_name(call, call.params["name"])
    if name not in call.issue.labels:
        raise Refusal(404, "Label does not exist")
    call.issue.labels.remove(name)
    return _issue_labels(call)


def _checked_body(body: str | None, resource: str) -> str | None:
    if body is not None and len(body) > MAX_BODY_CHARS:
        message = f"Body is too long (maximum is {MAX_BODY_CHARS} characters)"
        raise invalid(resource, "data", "unprocessable", message)
    if resource == "IssueComment" and not (body or "").strip():
        raise invalid(resource, "data", "unprocessable", "Body cannot be blank")
    return body


def _comments(call: Call, comments: list[Comment]) -> Listing:
    repository = call.repository
    return Listing(comments, lambda one: comment_document(call.world.site, repository, one))


def _comment(call: Call) -> Comment:
    number = call.params["comment_id"]
    found = call.repository.comment(int(number)) if number.isdigit() else None
    if found is None:
        raise Refusal(404, NOT_FOUND)
    return found


def _own_comment(call: Call) -> Comment:
    comment = _comment(call)
    if comment.user != call.caller.account:
        call.require_role("write")
    return comment


def _reactions(call: Call, reactions: list[Reaction]) -> Listing:
    return Listing(reactions, lambda reaction: reaction_document(call.world.site, reaction))


def _react(call: Call, reactions: list[Reaction]) -> Reply:
    account, content = call.caller.account, call.body["content"]
    for reaction in reactions:
        if (reaction.user, reaction.content) == (account, content):
            return Reply(200, reaction_document(call.world.site, reaction))
    reactions.append(Reaction(call.world.next_id(), account, content, call.world.time()))
    return Reply(201, reaction_document(call.world.site, reactions[-1]))


def _labels(call: Call, names: list[str]) -> Listing:
    repository = call.repository
    return Listing(
        names, lambda name: label_document(call.world.site, repository, repository.labels[name])
    )


def _issue_labels(call: Call) -> Reply:
    listing = _labels(call, call.issue.labels)
    return Reply(200, [listing.render(name) for name in listing.items])


def _known_name(call: Call, name: str) -> str:
    """Return the label's name as the repository spells it: names are case-insensitive."""
    return next((known for known in call.repository.labels if known.lower() == name.lower()), name)


def _add_label(call: Call, name: str) -> Label:
    if not 0 < len(name) <= MAX_LABEL_CHARS:
        raise invalid("Label", "name", "invalid")
    label = Label(call.world.next_id(), name)
    call.repository.labels[name] = label
    return label


def _label(call: Call, issue: Issue, given: list[str | Json], *, replace: bool = False) -> None:
    names = [_known_name(call, one if isinstance(one, str) else str(one["name"])) for one in given]
    if any(name not in call.repository.labels for name in names):
        require_label_maker(call)
    if replace:
        issue.labels.clear()
    for name in names:
        if name not in call.repository.labels:
            _add_label(call, name)
        if name not in issue.labels:
            issue.labels.append(name)
