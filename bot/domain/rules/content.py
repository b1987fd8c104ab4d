"""Rules about what the reports look like: never errors, always for a person to judge."""

from __future__ import annotations

from bot.domain.rules.rule import rules

CONTENT = rules(
    "content",
    "warning",
    (
        "empty-reports",
        "Empty reports",
        (
            "Some reports have no text. They are scored, and an empty report scores very badly: "
            "about 9 points of RadCliQ-v1 worse than a usual one."
        ),
        "Generate these reports again; leave them empty only if the model truly said nothing",
    ),
    (
        "few-distinct",
        "One report for many studies",
        (
            "Fewer than 5 % of the reports differ from each other, or one text stands for more "
            "than half of the studies. A model that looks at the images does not write like that."
        ),
        "Check that each study's own images reach the model, and how its text is sampled",
    ),
    (
        "reference-copies",
        "Copies of the reference reports",
        (
            "More than 5 % of the studies (and at least 3) have a report that equals the "
            "reference of the same study, counting only references that no other study shares. "
            "Models rarely write a whole unusual report word for word."
        ),
        (
            "Check that model_prediction holds the model's text and that the model never saw the "
            "test references"
        ),
    ),
    (
        "reference-overlap",
        "Reports that are nearly the reference",
        (
            "In a sample, more than 5 % of the reports share four of five of their five-word "
            "phrases with the reference of the same study, phrases that other references do not "
            "have among them."
        ),
        "Check that the model never saw the test references",
    ),
    (
        "entry-copies",
        "Copies of another entry",
        (
            "More than a fifth of the reports are those of another entry, word for word or nearly, "
            "counting only reports of 20 words and more that the other entry has once."
        ),
        "Say in the pull request how the two entries are related, or submit your own model's text",
    ),
    (
        "judge-disagrees",
        "A language model's judgement stands alone",
        (
            "GREEN, which asks a language model, is far above what the other metrics of this entry "
            "lead one to expect: by more than four standard deviations of the board's entries from "
            "the line of GREEN on 1/RadCliQ-v1, and by at least 0.1."
        ),
        "A maintainer looks for instructions to the judge in the reports",
    ),
    (
        "language",
        "Reports in another language",
        "Reports read like a language other than English. All references and metrics are English.",
        "Submit English reports",
    ),
    (
        "prompt-text",
        "Prompt or chat text in reports",
        (
            "Reports hold text that belongs to a conversation with a language model: a chat "
            "marker, a preamble, a remark about itself."
        ),
        "Strip everything that is not the report and generate or package again",
    ),
    (
        "judge-instructions",
        "Instructions to a language model in reports",
        (
            "Reports hold text that asks a reader to ignore instructions or to give a score. "
            "Metrics that use a language model could follow it."
        ),
        "Remove this text; a maintainer will look at the reports before they are scored",
    ),
    (
        "impression-in-findings",
        "Impression in a findings file",
        (
            "Reports on a findings board hold an 'Impression:' label. The references there are "
            "the findings alone."
        ),
        "Cut the impression off, or list the file under section: report",
    ),
    (
        "no-impression",
        "No impression in a report file",
        (
            "No report on a report board holds an 'Impression:' label. The references there read "
            "'Findings: ... Impression: ...'."
        ),
        "Write 'Findings: ... Impression: ...', or list the file under section: findings",
    ),
)
