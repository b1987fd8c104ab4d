"""GitHub's own OpenAPI description, as a judge of every answer this server gives."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator, FormatChecker
from jsonschema.exceptions import best_match
from referencing import Registry
from referencing.jsonschema import DRAFT4

DESCRIPTION = (
    Path(__file__).resolve().parents[2]
    / "npm/node_modules/@octokit/openapi/generated/api.github.com.json"
)
ROOT = "urn:github-api"
FORMATS = FormatChecker(formats=())


@FORMATS.checks("date-time")
def is_date_time(value: object) -> bool:
    """Return whether a string is an RFC 3339 time."""
    pattern = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"
    return not isinstance(value, str) or re.fullmatch(pattern, value) is not None


@FORMATS.checks("uri")
def is_uri(value: object) -> bool:
    """Return whether a string is an absolute address without blanks."""
    return not isinstance(value, str) or re.fullmatch(r"[a-z][a-z0-9+.-]*:\S+", value) is not None


def describe_mismatch(method: str, template: str, status: int, document: Any) -> str | None:
    """Return why an answer is not what GitHub would send, or None when it is.

    Args:
        method: such as "GET".
        template: path as the description writes it, such as "/repos/{owner}/{repo}".
        status: of the answer.
        document: decoded JSON of the answer, None for an empty body.
    """
    operation = load()["paths"].get(template, {}).get(method.lower())
    if operation is None:
        return f"{method} {template} is not in the description"
    responses = operation["responses"]
    if str(status) not in responses:
        if status < 400:
            return f"{method} {template} never answers {status}"
        return _describe_errors(("components", "schemas", "basic-error"), document)
    pointer: tuple[str, ...] = ("paths", template, method.lower(), "responses", str(status))
    response = responses[str(status)]
    if "$ref" in response:
        pointer = tuple(response["$ref"].removeprefix("#/").split("/"))
        response = load()["components"]["responses"][pointer[-1]]
    content = response.get("content")
    if content is None and status >= 400:  # it describes no body for some, but every one has it
        return _describe_errors(("components", "schemas", "basic-error"), document)
    if content is None:
        return None if document is None else f"{method} {template} {status} has no body"
    media_type = "application/json" if "application/json" in content else next(iter(content))
    return _describe_errors((*pointer, "content", media_type, "schema"), document)


def describe_bad_request(method: str, template: str, body: Any) -> str | None:
    """Return why GitHub would refuse this request body, or None when it would take it.

    Limits of length are left to the endpoints, which answer them in GitHub's own words.
    """
    operation = load()["paths"].get(template, {}).get(method.lower(), {})
    request = operation.get("requestBody", {})
    if "application/json" not in request.get("content", {}):
        return None
    if body is None and not request.get("required"):
        return None
    pointer = ("paths", template, method.lower(), "requestBody", "content", "application/json")
    return _describe_errors((*pointer, "schema"), body, unless=("maxItems", "maxLength"))


@functools.cache
def load() -> Any:
    """Return the description with OpenAPI's `nullable` said in JSON Schema's words."""
    description = _normalise(json.loads(DESCRIPTION.read_text(encoding="utf-8")))
    for name in ("pull-request", "pull-request-simple"):
        # A fork may be deleted. The description of the webhooks says so, that of the API forgot.
        ends = description["components"]["schemas"][name]["properties"]
        ends["head"]["properties"]["repo"] = {
            "anyOf": [{"type": "null"}, ends["head"]["properties"]["repo"]]
        }
    # One of two errors that have no name in common that must be there: every answer is both.
    conflict = description["paths"]["/repos/{owner}/{repo}/contents/{path}"]["put"]["responses"]
    schema = conflict["409"]["content"]["application/json"]["schema"]
    schema["anyOf"] = schema.pop("oneOf")
    return description


def _normalise(node: Any) -> Any:
    if isinstance(node, list):
        return [_normalise(item) for item in node]
    if not isinstance(node, dict):
        return node
    changed = {key: _normalise(value) for key, value in node.items() if key != "examples"}
    if changed.get("nullable") is True:
        del changed["nullable"]
        return {"anyOf": [{"type": "null"}, changed]}
    return changed


@functools.cache
def _registry() -> Any:
    empty: Registry[Any] = Registry()
    return empty.with_resource(ROOT, DRAFT4.create_resource(load()))


@functools.cache
def _validator(pointer: tuple[str, ...]) -> Draft4Validator:
    escaped = "/".join(part.replace("~", "~0").replace("/", "~1") for part in pointer)
    address = f"{ROOT}#/{_percent(escaped)}"
    return Draft4Validator({"$ref": address}, registry=_registry(), format_checker=FORMATS)


def _percent(pointer: str) -> str:
    return pointer.replace("{", "%7B").replace("}", "%7D")


def _describe_errors(
    pointer: tuple[str, ...], document: Any, unless: tuple[str, ...] = ()
) -> str | None:
    return _judge(pointer, json.dumps(document), unless)


@functools.lru_cache(maxsize=4096)
def _judge(pointer: tuple[str, ...], document: str, unless: tuple[str, ...]) -> str | None:
    """Return what is wrong with a document; the same answer is given again and again."""
    errors = _validator(pointer).iter_errors(json.loads(document))
    error = best_match(error for error in errors if error.validator not in unless)
    if error is None:
        return None
    place = "/".join(str(part) for part in error.absolute_path)
    return f"{place or 'document'}: {error.message[:300]}"
