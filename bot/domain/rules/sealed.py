"""Rules about scoring what is not public, where a code is all that may be said."""

from __future__ import annotations

from bot.domain.rules.rule import rules

SEALED = (
    *rules(
        "sealed",
        "error",
        (
            "cannot-open",
            "Sealed file cannot be opened",
            "The file is damaged, or it was sealed for somebody else than this leaderboard.",
            "Seal the plain file again with rexrank seal, from an up-to-date checkout, and push",
        ),
        (
            "no-header",
            "No header in a sealed file",
            (
                "What is sealed does not say whose predictions these are and for what. An older "
                "rexrank sealed it, or another program."
            ),
            "Bring your checkout up to date and seal the plain file again with rexrank seal",
        ),
        (
            "other-author",
            "Another author",
            (
                "The file was sealed by, or for, another account than the one that opened this "
                "pull request. Whoever copies a sealed file gets this too. Nothing was scored."
            ),
            (
                "Seal your own plain file again, with --login or --user-id of whoever opens the "
                "pull request"
            ),
        ),
        (
            "other-entry",
            "Another entry",
            (
                "The file was sealed for an entry with another folder name, as after a rename. "
                "Nothing was scored."
            ),
            "Seal the plain file again in the folder as it is called now",
        ),
        (
            "other-board",
            "Another board",
            (
                "The file was sealed for another dataset or section than the manifest lists it "
                "under. Nothing was scored."
            ),
            "List the file under its own board, or seal the plain file of this board again",
        ),
        (
            "other-leaderboard",
            "Another leaderboard",
            (
                "The file was sealed for a leaderboard with another repository in its "
                "leaderboard.yaml. Nothing was scored."
            ),
            "Seal the plain file again from an up-to-date checkout of this leaderboard",
        ),
        (
            "head-moved",
            "Pull request moved on",
            "The pull request has another head than the one that was to be scored, or is not open.",
            "Maintainer: read the new head, then comment /rexrank score again",
        ),
        (
            "hand-over",
            "Inspection cannot be used",
            (
                "The inspection, or the files that came with it, are not those of the commit that "
                "was to be scored, or have errors."
            ),
            "Maintainer: run the whole workflow again, not one job of it",
        ),
        (
            "nothing-to-score",
            "Nothing to score",
            "The entry has no predictions on a dataset that is not public.",
            "Nothing: the workflow submission scores it in the open",
        ),
        (
            "no-identity",
            "No identity",
            "The environment gives no age identity, or something else than one.",
            "Maintainer: set the secret REXRANK_AGE_IDENTITY of the environment sealed",
        ),
        (
            "wrong-identity",
            "Identity of another leaderboard",
            "None of the identities belongs to a recipient in leaderboard.yaml.",
            "Maintainer: set the identity whose public key is listed under recipients",
        ),
        (
            "no-store",
            "No private store",
            "The environment names no store of private references.",
            "Maintainer: set the variable REXRANK_PRIVATE_STORE of the environment sealed",
        ),
        (
            "no-references",
            "References cannot be read",
            "The private store does not answer, or does not hold this dataset's references.",
            "Maintainer: check the store, its token, and that the dataset was imported into it",
        ),
        (
            "references-differ",
            "References differ from the card",
            "The private store has another number of studies on a board than the dataset's card.",
            "Maintainer: import the right release, or correct the card",
        ),
        (
            "no-reservation",
            "No reservation of the quota",
            (
                "A file counts against a quota, and the ledger has no reservation of it for this "
                "pull request and head, or it was released. Nothing was scored, or what was scored "
                "is not shown."
            ),
            "Maintainer: run the whole workflow again; by hand, rexrank quota reserve comes first",
        ),
        (
            "no-answer",
            "Code host does not answer",
            "The pull request could not be read, so nobody knows whether it moved.",
            "Maintainer: run the workflow again",
        ),
        (
            "scorer-failed",
            "Scorer failed",
            (
                "The container did not start, did not end in time, or ended with an error. What it "
                "printed is not shown, because it can quote references."
            ),
            (
                "Maintainer: check the image, then score on a machine where its log may be read: "
                "rexrank score --in-container docker --container-log FILE"
            ),
        ),
        (
            "scorer-output",
            "Scores cannot be used",
            "What the scorer left is not a scorecard and a table of each board it was given.",
            "Maintainer: use a scorer image of this version",
        ),
        (
            "leak",
            "Private text in an output",
            (
                "A file or a message that was to leave the job held a canary, eight words in a row "
                "of a reference or a report, or a short one whole. Nothing left."
            ),
            "Maintainer: find out which part of the scorer wrote it; score nothing before that",
        ),
        (
            "bug",
            "Fault of this program",
            "Something unforeseen happened. Its message may quote texts and is not shown.",
            "Maintainer: report the place that is named, and reproduce it with invented texts",
        ),
    ),
)
