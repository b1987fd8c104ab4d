"""Rules about reading a JSON file, which predictions files and datasets share."""

from __future__ import annotations

from bot.domain.rules.rule import Family, Rule, rules


def reading_rules(family: Family) -> tuple[Rule, ...]:
    """Return the rules about reading a JSON file, under a family's name."""
    return rules(family, "error", *_READING)


_READING = (
    (
        "empty",
        "Empty file",
        "The file has no content, or only white space.",
        "Write the file again",
    ),
    (
        "too-large",
        "File too large",
        (
            "The file is over its limit: for predictions 25 MB as it is committed, 100 MB unpacked "
            "and 200 MB in memory, where one character beyond Latin-1 makes a text two or four "
            "times as large."
        ),
        "Strip everything but the reports: rexrank package",
    ),
    (
        "gzip",
        "Damaged gzip file",
        (
            "The name says gzip and the content is not a complete, intact gzip file; or the "
            "content is gzip and the name does not say so."
        ),
        "Compress again with gzip, and give compressed files, and only those, the ending .json.gz",
    ),
    (
        "encoding",
        "Not UTF-8",
        "The bytes are not UTF-8 without a byte order mark.",
        "Save the file as UTF-8 without BOM",
    ),
    (
        "syntax",
        "Not JSON",
        "The file breaks the syntax of JSON at the place that is named.",
        "Write the file with a JSON library, not by hand: json.dump(reports, file)",
    ),
    (
        "trailing-data",
        "More after the end",
        (
            "The JSON document ends and more text follows, as when files were joined or JSON "
            "lines were written."
        ),
        "Write one JSON object for the whole file",
    ),
    (
        "duplicate-key",
        "Key given twice",
        "An object holds the same key more than once. Readers disagree on which one counts.",
        "Keep one of them",
    ),
    (
        "not-finite",
        "NaN or infinity",
        "A value is NaN, Infinity, or a number too large to hold. JSON has none of these.",
        'Write a string: "" for an empty report',
    ),
    (
        "long-number",
        "Number too long",
        "A whole number has more than 300 digits.",
        "Write it as a string",
    ),
    (
        "surrogate",
        "Half a character",
        "A string holds one half of a surrogate pair (\\ud800 to \\udfff) without the other.",
        "Repair the text where it was cut in the middle of a character",
    ),
    (
        "nul",
        "NUL character",
        "The file holds a NUL character, raw or written \\u0000.",
        "Remove it",
    ),
    (
        "too-deep",
        "Nested too deeply",
        "Objects and lists are nested more than 8 deep. A predictions file needs two levels.",
        "Write an object of study id and report",
    ),
    (
        "too-many-values",
        "Too many values",
        "The file holds more than 500,000 values.",
        "Write an object of study id and report",
    ),
)
