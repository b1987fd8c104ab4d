"""Rules about the manifest."""

from __future__ import annotations

from bot.domain.rules.rule import rules

_ERRORS = rules(
    "manifest",
    "error",
    (
        "folder-name",
        "Folder name that cannot be used",
        (
            "The folder's name is the entry's id and part of addresses: 2 to 63 lower-case "
            "letters, digits, dots and hyphens, starting with a letter or digit, not ending with a "
            "dot, without two dots in a row, and none that Windows keeps for itself, such as con, "
            "nul or com1.txt."
        ),
        "Rename the folder",
    ),
    (
        "missing",
        "No manifest",
        "The folder has no manifest.yaml.",
        "Add manifest.yaml: rexrank init writes one",
    ),
    (
        "too-large",
        "Manifest too large",
        "manifest.yaml is over 64 kB; a full one has about 2.",
        "Keep to the fields that docs/reference/files.md describes",
    ),
    (
        "encoding",
        "Not UTF-8",
        "The bytes are not UTF-8 without a byte order mark.",
        "Save the file as UTF-8 without BOM",
    ),
    (
        "syntax",
        "Not YAML",
        "The file breaks the syntax of YAML at the place that is named.",
        "Check indentation and quotes there; values with ': ' or '#' need quotes",
    ),
    (
        "several-documents",
        "More than one document",
        "A second YAML document starts after '---' or '...'.",
        "Keep one document",
    ),
    (
        "alias",
        "Anchor or alias",
        "The file uses '&name' or '*name'. A few aliases can stand for gigabytes.",
        "Write the value out; quote texts that start with & or *",
    ),
    (
        "tag",
        "Tag or directive",
        "The file uses a tag such as '!!str' or a directive such as '%YAML'.",
        "Remove it; quote texts that start with ! or %",
    ),
    (
        "merge-key",
        "Merge key",
        "The file uses '<<', which copies another mapping.",
        "Write the keys out",
    ),
    (
        "duplicate-key",
        "Key given twice",
        "A mapping holds the same key more than once.",
        "Keep one of them",
    ),
    (
        "bad-key",
        "Key that is not text",
        "A key is a list or a mapping.",
        "Use plain words as keys; quote texts that start with { or [",
    ),
    (
        "too-deep",
        "Nested too deeply",
        "Mappings and lists are nested more than 8 deep; a manifest needs three levels.",
        "Keep to the fields that docs/reference/files.md describes",
    ),
    (
        "characters",
        "Character that is not allowed",
        (
            "A text holds a character that shows nothing or moves others: a control or format "
            "character, a filler, a tag, a variation selector, a private or unassigned one, half a "
            "surrogate pair; or more than four marks on one letter."
        ),
        "Retype the text",
    ),
    (
        "blank",
        "Name that shows nothing",
        "A name, institution, team or version holds no letter, digit or sign.",
        "Give a name that can be read",
    ),
    (
        "name-taken",
        "Model of another team",
        (
            "An entry of other submitters has this model name and version, whatever the case, "
            "spaces and punctuation. Readers could not tell the two rows apart."
        ),
        "Give the model a name or a version of its own; who runs somebody's model can say so there",
    ),
    (
        "name-imitates",
        "Name that looks like another one",
        (
            "A name, institution or team is spelt with look-alikes (a Cyrillic letter for a Latin "
            "one, l for I, rn for m) so that it cannot be told from one that is shown already. "
            "Unicode's table of confusable characters decides; names in any script are welcome."
        ),
        "Retype the name on one keyboard, or choose another one",
    ),
    (
        "missing-key",
        "Key missing",
        "A key that every manifest needs is not there.",
        "Add it; docs/reference/files.md shows a full manifest",
    ),
    (
        "unknown-key",
        "Unknown key",
        "A key that manifests do not have, often a misspelt one.",
        "Correct its spelling or remove it",
    ),
    (
        "wrong-type",
        "Value of the wrong type",
        (
            "A number where text is needed, text where a list is needed, and the like. YAML takes "
            "1.0, 2025, true and null without quotes for something other than text."
        ),
        "Give the type that is named; put quotes around texts that look like numbers",
    ),
    (
        "wrong-value",
        "Value that is not allowed",
        "The value has the right type and is not one of those allowed, or not of the right form.",
        "Give a value of the form that is named",
    ),
    (
        "too-long",
        "Text or list too long",
        "A text has more characters, or a list more items, than is allowed.",
        "Shorten it",
    ),
    (
        "too-short",
        "List too short",
        "A list needs at least one item.",
        "Add an item",
    ),
    (
        "licence",
        "Unknown licence",
        'model.license is neither an SPDX expression nor "proprietary".',
        "Use an id of https://spdx.org/licenses, as in MIT, Apache-2.0, CC-BY-4.0, or proprietary",
    ),
    (
        "submitter-twice",
        "Submitter listed twice",
        "The same login is listed more than once; GitHub ignores upper and lower case.",
        "Keep one of them",
    ),
    (
        "unknown-dataset",
        "No such dataset",
        "The leaderboard has no dataset of this id.",
        "Use one of the leaderboard's dataset ids: rexrank dataset list shows them",
    ),
    (
        "no-such-section",
        "No such board",
        "The dataset has no board for this section.",
        "Use a section that the dataset has",
    ),
    (
        "board-twice",
        "Two files for one board",
        "Two entries of predictions name the same dataset and section.",
        "Keep one of them; another model needs a folder of its own",
    ),
    (
        "file-twice",
        "One file for two boards",
        "Two entries of predictions name the same file.",
        "Give each board a file of its own",
    ),
    (
        "must-be-sealed",
        "Credentialed text in the open",
        (
            "Reports on a dataset that needs credentials are derived from patient data and must "
            "not stand in a public repository, where anybody can read them and the history keeps "
            "them."
        ),
        (
            "Run rexrank seal, which encrypts the file and lists it, and rewrite the branch so "
            "that no commit holds the plain one"
        ),
    ),
    (
        "must-not-be-sealed",
        "Sealed file for a public dataset",
        "Reports on a public dataset are scored in the open, which an encrypted file prevents.",
        "List the plain .json or .json.gz file",
    ),
    (
        "file-missing",
        "Listed file is not there",
        "An entry of predictions names a file that the folder does not have.",
        "Add the file or correct its name",
    ),
    (
        "file-not-listed",
        "File is not listed",
        "The folder holds a file that no entry of predictions names.",
        "List it under predictions or remove it",
    ),
    (
        "sha256",
        "SHA-256 differs",
        (
            "The file is not the one that the manifest speaks of: it was changed later, or git "
            "changed its line ends."
        ),
        "Run rexrank package, which writes the right number, or correct it",
    ),
)

_WARNINGS = rules(
    "manifest",
    "warning",
    (
        "name-shared",
        "Model name of another team",
        "An entry of other submitters has this model name with another version.",
        "If it is their model, say so in the version or the description; if not, rename yours",
    ),
)

_NOTICES = rules(
    "manifest",
    "notice",
    (
        "licence-deprecated",
        "Old licence id",
        "SPDX has given this licence another id, and still knows the old one.",
        "Use the current id, which is named",
    ),
)

MANIFEST = (*_ERRORS, *_WARNINGS, *_NOTICES)
