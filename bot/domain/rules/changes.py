"""Rules about what a pull request may change."""

from __future__ import annotations

from bot.domain.rules.rule import rules

CHANGES = rules(
    "changes",
    "error",
    (
        "no-common-history",
        "No common history",
        "The branch shares no commit with the target branch, so what it changes cannot be told.",
        "Fork this repository, add your folder on a new branch and open the pull request from it",
    ),
    (
        "several-merge-bases",
        "Several merge bases",
        (
            "The branch and the target branch were merged into each other, so they have more than "
            "one latest common commit. What merging changes then differs from what the pull "
            "request shows."
        ),
        "Rebase onto the target branch: git fetch upstream && git rebase upstream/main, and push",
    ),
    (
        "merge-conflict",
        "Conflict with the target branch",
        "The branch and the target branch changed the same places, so they cannot be merged.",
        (
            "Merge the target branch and resolve the conflict: git fetch upstream && git merge "
            "upstream/main, and push"
        ),
    ),
    (
        "nothing-new",
        "Nothing to merge",
        "Merging the branch would change nothing: the target branch has all of it already.",
        "Push the change that you want to submit, or close the pull request",
    ),
    (
        "outside-submission",
        "Change outside a submission",
        (
            "A submission may change files below submissions/<id>/ and nothing else: not the "
            "program, the workflows, the schemas or the leaderboard."
        ),
        "Undo this change, or open a separate pull request for it",
    ),
    (
        "several-submissions",
        "More than one submission",
        "The pull request touches more than one folder below submissions/.",
        "Open one pull request for each folder",
    ),
    (
        "bad-path",
        "Path that is not allowed",
        (
            "A path has a part that is not lower-case ASCII letters, digits, dots and hyphens, "
            "starts with a dot, or climbs with '..'. Such names behave differently on other "
            "systems."
        ),
        "Rename it: lower-case letters, digits, dots and hyphens, starting with a letter or digit",
    ),
    (
        "reserved-name",
        "Name that Windows cannot hold",
        (
            "A folder or file is called con, prn, aux, nul, com0 to com9 or lpt0 to lpt9, with or "
            "without an ending, ends with a dot, or holds two dots in a row. Whoever has Windows "
            "could not check out the repository any more."
        ),
        "Choose another name",
    ),
    (
        "twin-path",
        "Two paths that some systems take for one",
        "Two paths differ only in case or in how their characters are composed.",
        "Rename or remove one of the two",
    ),
    (
        "not-a-plain-file",
        "Not a plain file",
        "The path is a symbolic link, a submodule or an executable file; a submission is data.",
        (
            "Commit the content itself as a plain file (mode 100644): git update-index --chmod=-x "
            "<file>"
        ),
    ),
    (
        "unexpected-file",
        "File that has no place in a submission",
        "A submission holds manifest.yaml and the files below predictions/ that it lists.",
        "Remove the file from the pull request",
    ),
    (
        "too-large",
        "File too large",
        (
            "A file is over 25 MB, or all are over 64 MB together. Predictions for the largest "
            "dataset need about a third of 25 MB."
        ),
        "Compress it (gzip -9, name it .json.gz) or strip other keys: rexrank package",
    ),
    (
        "too-many-files",
        "Too many files",
        "The folder holds more files than a manifest can list.",
        "Keep manifest.yaml and one predictions file for each board",
    ),
    (
        "no-manifest",
        "No manifest",
        "The folder has no manifest.yaml after this change.",
        "Add manifest.yaml: rexrank init writes one",
    ),
    (
        "not-owner",
        "Folder of another team",
        (
            "The folder is on the main branch already and belongs to others. The ledger records "
            "its owners by login and numeric id when it is merged; an account must fit both, "
            "because a login can be given up and taken by somebody else. Where there is no record "
            "yet, the manifest on main decides."
        ),
        (
            "Ask one of the owners to make the change, ask a maintainer to write /rexrank "
            "transfer, or choose another folder name"
        ),
    ),
    (
        "author-not-named",
        "Author is not among the submitters",
        (
            "A new entry must name who opens its pull request under submitters, unless a "
            "maintainer gave the entry to them."
        ),
        "Add your login to submitters in the manifest",
    ),
    (
        "unconfirmed-submitter",
        "Named without having a part in it",
        (
            "The manifest newly names somebody who neither opened this pull request nor commented "
            "on it nor reviewed it. Nobody is made responsible for an entry without knowing it."
        ),
        "Let them write the comment /rexrank confirm on this pull request, or leave them out",
    ),
)
