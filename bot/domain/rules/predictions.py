"""Rules about predictions files."""

from __future__ import annotations

from bot.domain.rules.reading import reading_rules
from bot.domain.rules.rule import rules

PREDICTIONS = (
    *reading_rules("predictions"),
    *rules(
        "predictions",
        "error",
        (
            "not-sealed",
            "Not an age file",
            "The name ends in .age and the content is not encrypted with age.",
            "Encrypt the plain file with rexrank seal",
        ),
        (
            "sealed-name",
            "Sealed file with a plain name",
            "The content is encrypted with age and the name does not end in .age.",
            "Rename the file to <name>.json.age and list it under that name",
        ),
        (
            "not-an-object",
            "Not an object of studies",
            "The file is not a JSON object keyed by study id.",
            'Write {"<study id>": {"model_prediction": "<report>"}, ...}',
        ),
        (
            "study-missing",
            "Studies missing",
            (
                "The file has no report for some studies of the board. Every study is scored; a "
                'study for which the model wrote nothing is given as "".'
            ),
            'Add a report for each of them ("" counts as an empty report)',
        ),
        (
            "study-unknown",
            "Unknown studies",
            "The file has reports for studies that the board does not have.",
            "Remove them; the ids must be those of the test file, character by character",
        ),
        (
            "count",
            "Wrong number of studies",
            "The file has another number of studies than the board.",
            "Give a report for every study of the board, and for no other",
        ),
        (
            "study-id",
            "Study id that cannot be used",
            "A study id is empty, longer than 200 characters, or holds a control character.",
            "Use the ids of the test file",
        ),
        (
            "study-type",
            "Study is neither text nor an object",
            "The value of a study id is null, a number, true, false or a list.",
            'Give a string, or {"model_prediction": "<report>"}; "" counts as an empty report',
        ),
        (
            "text-missing",
            "No model_prediction",
            "A study's object has no model_prediction.",
            'Add "model_prediction": "<report>" ("" counts as an empty report)',
        ),
        (
            "text-type",
            "model_prediction is not text",
            "model_prediction is null, a number, true, false, a list or an object.",
            'Give a string ("" counts as an empty report)',
        ),
        (
            "text-too-long",
            "Report too long",
            "A report has more than 20,000 characters; the longest real ones have about 4,000.",
            "Check that the model stopped, and cut what is not the report",
        ),
        (
            "unknown-key",
            "Unknown key in a study",
            "A study's object holds a key that is not part of the official format.",
            "Remove the key; rexrank package does it for the whole file",
        ),
        (
            "official-key",
            "Patient data in the open",
            (
                "The dataset is not public and the file repeats fields of the test file "
                "(references, context, image paths). A pull request is public, and so is its "
                "history."
            ),
            "Strip them with rexrank package, and rewrite the branch so that no commit holds them",
        ),
    ),
    *rules(
        "predictions",
        "notice",
        (
            "coverage-later",
            "Coverage is checked later",
            (
                "The study list of this dataset is not public. Form and number of studies were "
                "checked; which studies they are is checked when a maintainer scores the entry."
            ),
            "Nothing",
        ),
    ),
)
