"""Check runs and commit statuses."""

from __future__ import annotations

from .accounts import App
from .calls import NOT_FOUND, Call, Listing, Refusal, Reply, endpoint
from .conversations import check_run_document, status_document
from .documents import repository_document
from .state import CheckRun, Json, Status

REPO = "/repos/{owner}/{repo}"
RUN = REPO + "/check-runs/{check_run_id}"
MAX_ANNOTATIONS = 50
MAX_OUTPUT_CHARS = 65_535
MAX_DESCRIPTION_CHARS = 140


@endpoint("POST", REPO + "/check-runs", "checks")
def create_check_run(call: Call) -> Reply:
    run = CheckRun(
        call.world.next_id(), _app(call), call.body["name"], call.commit(call.body["head_sha"]),
        call.body.get("started_at") or call.world.time(),
    )  # fmt: skip
    _change(call, run)
    call.repository.check_runs[run.id] = run
    return Reply(201, check_run_document(call.world.site, call.repository, run))


@endpoint("GET", RUN, "checks")
def get_check_run(call: Call) -> Reply:
    return Reply(200, check_run_document(call.world.site, call.repository, _run(call)))


@endpoint("PATCH", RUN, "checks")
def update_check_run(call: Call) -> Reply:
    run = _run(call)
    if run.app != _app(call):
        raise Refusal(403, "Invalid app_id: the check run was made by another app")
    run.name = call.body.get("name", run.name)
    _change(call, run)
    return Reply(200, check_run_document(call.world.site, call.repository, run))


@endpoint("GET", RUN + "/annotations", "checks")
def list_annotations(call: Call) -> Listing:
    run = _run(call)
    html = call.world.site.html_url(call.repository)
    return Listing(
        run.annotations,
        lambda given: {
            "start_column": None,
            "end_column": None,
            "title": None,
            "raw_details": None,
            **given,
            "blob_href": f"{html}/blob/{run.head_sha}/{given['path']}",
        },
    )


@endpoint("GET", REPO + "/commits/{ref}/check-runs", "checks")
def list_check_runs(call: Call) -> Listing:
    repository, query = call.repository, call.query
    repository.sync_pulls()
    sha = call.commit(call.params["ref"])
    runs = [
        run
        for run in repository.check_runs.values()
        if run.head_sha == sha
        and query.get("check_name", run.name) == run.name
        and query.get("app_id", str(run.app.id)) == str(run.app.id)
        and query.get("status", run.status) == run.status
    ]
    if query.get("filter", "latest") == "latest":
        runs = list({(run.app.id, run.name): run for run in runs}.values())
    runs.reverse()
    site = call.world.site
    return Listing(runs, lambda run: check_run_document(site, repository, run), "check_runs")


@endpoint("POST", REPO + "/statuses/{sha}", "statuses")
def create_status(call: Call) -> Reply:
    description = call.body.get("description")
    if len(description or "") > MAX_DESCRIPTION_CHARS:
        raise Refusal(422, f"description is too long (maximum is {MAX_DESCRIPTION_CHARS})")
    status = Status(
        call.world.next_id(), call.commit(call.params["sha"]), call.body["state"],
        call.body.get("context", "default"), description, call.body.get("target_url"),
        call.caller.account, call.world.time(),
    )  # fmt: skip
    call.repository.statuses.append(status)
    return Reply(201, status_document(call.world.site, call.repository, status))


@endpoint("GET", REPO + "/commits/{ref}/statuses", "statuses")
@endpoint("GET", REPO + "/statuses/{ref}", "statuses", described=REPO + "/commits/{ref}/statuses")
def list_statuses(call: Call) -> Listing:
    repository, site = call.repository, call.world.site
    return Listing(
        _statuses(call, call.commit(call.params["ref"])),
        lambda status: status_document(site, repository, status),
    )


@endpoint("GET", REPO + "/commits/{ref}/status", "statuses")
def get_combined_status(call: Call) -> Reply:
    repository, site = call.repository, call.world.site
    sha = call.commit(call.params["ref"])
    latest = {status.context: status for status in reversed(_statuses(call, sha))}
    states = {status.state for status in latest.values()}
    state = "failure" if states & {"failure", "error"} else "success"
    url = f"{site.repository_url(repository)}/commits/{sha}"
    document = {
        "state": "pending" if not states or "pending" in states else state,
        "statuses": [status_document(site, repository, status) for status in latest.values()],
        "sha": sha,
        "total_count": len(latest),
        "repository": repository_document(site, repository),
        "commit_url": url,
        "url": f"{url}/status",
    }
    return Reply(200, document)


def _statuses(call: Call, sha: str) -> list[Status]:
    """Return the statuses of a commit, newest first."""
    return [status for status in reversed(call.repository.statuses) if status.sha == sha]


def _app(call: Call) -> App:
    if call.caller.app is None:
        raise Refusal(403, "You must authenticate via a GitHub App.")
    return call.caller.app


def _run(call: Call) -> CheckRun:
    number = call.params["check_run_id"]
    run = call.repository.check_runs.get(int(number)) if number.isdigit() else None
    if run is None:
        raise Refusal(404, NOT_FOUND)
    return run


def _change(call: Call, run: CheckRun) -> None:
    body, output = call.body, call.body.get("output") or {}
    annotations: list[Json] = output.get("annotations") or []
    if len(annotations) > MAX_ANNOTATIONS:
        raise Refusal(
            422,
            "Invalid request.\n\nNo more than "
            f"{MAX_ANNOTATIONS} items are allowed; {len(annotations)} were supplied.",
        )
    for key in ("summary", "text"):
        if len(output.get(key) or "") > MAX_OUTPUT_CHARS:
            raise Refusal(
                422, f"Invalid request.\n\nOnly {MAX_OUTPUT_CHARS} characters are allowed."
            )
    run.annotations.extend(annotations)
    run.title = output.get("title", run.title)
    run.summary = output.get("summary", run.summary)
    run.text = output.get("text", run.text)
    run.external_id = body.get("external_id", run.external_id)
    run.details_url = body.get("details_url", run.details_url)
    run.conclusion = body.get("conclusion", run.conclusion)
    run.status = body.get("status", "completed" if "conclusion" in body else run.status)
    if run.status == "completed":
        run.completed_at = body.get("completed_at") or run.completed_at or call.world.time()
