"""Whether a manifest has the form its schema asks for, said in words instead of patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import cache
from typing import Any, get_args

from jsonschema import Draft202012Validator, TypeChecker, validators
from jsonschema.exceptions import ValidationError

from bot.checks.reading.json_places import Path, pointer_of
from bot.checks.reading.strict_yaml import YamlDocument
from bot.domain.finding import Finding
from bot.domain.manifest import ModelCard, PredictionsPath
from bot.domain.rules import RULES
from bot.domain.schemas import schema_of
from bot.domain.text import HIDDEN
from bot.domain.value import HttpsUrl, Line, Login, Paragraph, Sha256, Slug

_WORDS = {"string": "text", "object": "a mapping", "array": "a list", "integer": "a whole number"}
_WORDS |= {"boolean": "true or false", "number": "a number", "null": "nothing"}
_HIDDEN = re.compile(f"[{HIDDEN}]")


def _is_whole(_checker: TypeChecker, value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


@cache
def validator_of(name: str) -> Any:
    """Return a validator for a kind of file that agrees with the types: 1.0 is no whole number."""
    checker = Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_whole)
    extend: Any = validators.extend
    return extend(Draft202012Validator, type_checker=checker)(schema_of(name))


@cache
def _forms() -> dict[str, str]:
    """Return what each pattern asks for, in words."""
    words = {
        Line: "one line of visible text",
        Paragraph: "visible text",
        Slug: "2 to 63 lower-case letters, digits, dots and hyphens, starting with a letter or "
        "digit",
        HttpsUrl: "an absolute https:// address of a named host, without user name, port or spaces",
        Sha256: "64 lower-case hexadecimal digits",
        Login: "a GitHub login: letters, digits and single hyphens",
        PredictionsPath: "predictions/<name>.json, .json.gz or .json.age, the name in lower-case "
        "letters, digits, dots and hyphens, without two dots in a row, and none that Windows "
        "reserves",
    }
    forms = {get_args(kind)[1].pattern: text for kind, text in words.items()}
    parameters = ModelCard.model_json_schema()["properties"]["parameters"]["anyOf"][0]["pattern"]
    return forms | {parameters: "a number and K, M, B or T, as in 250M or 7B"}


def check_form(document: YamlDocument, *, path: str) -> Iterator[Finding]:
    """Yield what keeps a document from being a manifest, in the order of its lines.

    Args:
        document: The manifest as it was read.
        path: File, from the root of the repository.
    """
    seen = {finding.pointer for finding in document.findings if finding.pointer}
    findings: list[Finding] = []
    for error in _unwrapped(validator_of("manifest").iter_errors(document.value)):
        for slug, place, message, hint in _faults(error, tuple(error.absolute_path)):
            finding = RULES[f"manifest.{slug}"].finding(
                path,
                message=message,
                hint=hint,
                line=document.line(place),
                pointer=pointer_of(place),
                seen=spell_value(error.instance) if slug.startswith("wrong") else "",
            )
            if finding.pointer not in seen:
                findings.append(finding)
                if slug.startswith("wrong"):
                    seen.add(finding.pointer)
    unique = dict.fromkeys(findings)
    return iter(sorted(unique, key=lambda finding: (finding.line or 0, finding.pointer)))


def _unwrapped(errors: Iterable[ValidationError]) -> Iterator[ValidationError]:
    """Yield errors, and for an optional value those of the value itself."""
    for error in errors:
        if error.validator == "anyOf":
            inner = [child for child in error.context or () if child.validator_value != "null"]
            yield from _unwrapped(inner)
        else:
            yield error


Fault = tuple[str, Path, str, str | None]
"""Slug of the rule, place, message and hint."""


def _faults(error: ValidationError, at: Path) -> Iterator[Fault]:
    """Yield the faults that one error of the schema stands for."""
    limit: Any = error.validator_value
    value: Any = error.instance
    match error.validator:
        case "required":
            missing = [key for key in limit if key not in value]
            for key in missing:
                yield "missing-key", at, f'{dotted(at)} has no "{key}"', f'Add "{key}"'
        case "additionalProperties":
            schema: Any = error.schema
            known = list(schema.get("properties", {}))
            for key in (key for key in value if key not in known):
                message = f'{dotted(at)} has no key "{key[:60]}"'
                yield "unknown-key", (*at, key), message, hint_for(key, known)
        case _:
            yield _value_fault(str(error.validator), at, value, limit)


def _value_fault(keyword: str, at: Path, value: Any, limit: Any) -> Fault:
    """Return the fault of a value that a keyword of the schema refuses."""
    name = dotted(at)
    match keyword:
        case "type":
            wanted = _WORDS[str(limit)]
            quote = limit == "string" and isinstance(value, bool | int | float)
            message = f"{name} is {spell_value(value)}, not {wanted}"
            return "wrong-type", at, message, "Put it in quotes" if quote else f"Give {wanted}"
        case "const" | "enum":
            allowed = limit if isinstance(limit, list) else [limit]
            names = " or ".join(map(str, allowed))
            return "wrong-value", at, f"{name} is {spell_value(value)}", f"Give {names}"
        case "pattern":
            return _pattern_fault(name, at, value, limit)
        case "maxLength" | "maxItems":
            unit = "characters" if keyword == "maxLength" else "items"
            return "too-long", at, f"{name} has {len(value):,} {unit}; {limit} is the most", None
        case "minItems":
            return "too-short", at, f"{name} is empty", None
        case _:  # minimum, maximum
            bound = f"{limit} is the {'least' if keyword == 'minimum' else 'most'}"
            message = f"{name} is {spell_value(value)}; {bound}"
            return "wrong-value", at, message, "Correct the number"


def _pattern_fault(name: str, at: Path, value: str, pattern: str) -> Fault:
    hidden = _HIDDEN.search(value)
    if hidden:
        return "characters", at, f"{name} holds the character U+{ord(hidden[0]):04X}", None
    words = _forms().get(pattern, "another form")
    state = "is empty" if not value.strip() else "does not have the form it needs"
    return "wrong-value", at, f"{name} {state}", f"Give {words}"


def hint_for(word: str, known: Iterable[str]) -> str | None:
    """Return the hint that names what was probably meant, None when nothing is near.

    Example:
        >>> hint_for("licence", ["license", "name"])
        'Did you mean "license"?'
    """
    near = get_close_matches(word[:100], list(known), n=1, cutoff=0.7)
    return f'Did you mean "{near[0]}"?' if near else None


def dotted(path: Path) -> str:
    """Return a path as a person writes it.

    Example:
        >>> dotted(("predictions", 0, "file")), dotted(())
        ('predictions[0].file', 'the manifest')
    """
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part[:60]}" for part in path)
    return text.removeprefix(".") or "the manifest"


def spell_value(value: Any) -> str:
    """Return what a value is, shortened.

    Example:
        >>> spell_value(None), spell_value(1.0), spell_value("no"), spell_value([1])
        ('null', 'the number 1.0', 'the text "no"', 'a list')
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value}"
        case str():
            return f'the text "{value if len(value) <= 60 else value[:59] + "…"}"'
        case list():
            return "a list"
        case _:
            return "a mapping"
