"""Rules about a test set in ReXrank's format that a maintainer imports."""

from __future__ import annotations

from bot.domain.rules.reading import reading_rules
from bot.domain.rules.rule import rules

DATASET = (
    *reading_rules("dataset"),
    *rules(
        "dataset",
        "error",
        (
            "not-an-object",
            "Not an object of studies",
            "The file is not a JSON object keyed by study id.",
            "Give the test file as ReXrank distributes it",
        ),
        (
            "study-type",
            "Study is not an object",
            "The value of a study id is not an object.",
            "Give the test file as ReXrank distributes it",
        ),
        (
            "study-id",
            "Study id that cannot be used",
            "A study id is empty, longer than 200 characters, or holds a control character.",
            "Rename the study",
        ),
        (
            "field-type",
            "Field of the wrong type",
            "A reference field is neither text, null nor NaN.",
            "Give the report parts as text",
        ),
        (
            "no-reference",
            "No reference at all",
            "No study has a findings section or an impression.",
            "Check that the file is the test set with its references",
        ),
        (
            "count",
            "Number of studies differs from the card",
            "The file has another number of studies, in all or on a board, than the card says.",
            "Import the complete test set, or correct n and sections on the card",
        ),
        (
            "studies-differ",
            "Studies differ from the list",
            (
                "The studies or their reference texts differ from the study list in the catalog, "
                "so earlier scores would not be comparable."
            ),
            "Import the same release of the test set, or publish the new one under another id",
        ),
    ),
    *rules(
        "dataset",
        "warning",
        (
            "report-differs",
            "Report differs from its parts",
            (
                "The full report is not 'Findings: ... Impression: ...' of the two sections. The "
                "sections are what is scored."
            ),
            "Check a few of these studies by eye",
        ),
        (
            "views-differ",
            "Images and views differ in number",
            "A study lists more images than views, or the other way round.",
            "Nothing, unless images are to be chosen by view",
        ),
        (
            "unknown-key",
            "Field that is not read",
            "Studies hold a field that is not part of the official format. It is not kept.",
            "Nothing, if the field is not needed",
        ),
    ),
    *rules(
        "dataset",
        "notice",
        (
            "part-missing",
            "Reference part missing",
            (
                "Studies without a findings section are not on the findings board, those without "
                "an impression not on the report board."
            ),
            "Nothing: the card's numbers account for them",
        ),
    ),
)
