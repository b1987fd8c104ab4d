"""The ledger: an append-only branch of scorecards, keyed by what was scored and how."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from bot.adapters.disk.score_folder import check_agreement
from bot.adapters.git.commits import Author, push_on_tip
from bot.adapters.git.repository import GitRepository
from bot.adapters.references.sealing import CannotOpen, Opener
from bot.checks.reading.ledger_records import RecordKind, read_records
from bot.domain.per_study import decode_table, encode_table
from bot.domain.scorecard import PerStudyTable, Scorecard, SealedTable, StoredTable
from bot.errors import Misconfigured

BRANCH = "ledger"
SCORES = "scores"


def scorecard_path(scorecard: Scorecard) -> str:
    """Return where the ledger keeps a scorecard."""
    return f"{SCORES}/{scorecard.dataset}/{scorecard.key}.json"


def sealed_path(path: str) -> str:
    """Return where the ledger keeps the sealed table of the scorecard at a path."""
    return path.removesuffix(".json") + ".npz.age"


class BranchLedger:
    """The ledger as an orphan branch of the leaderboard's repository."""

    def __init__(
        self,
        repository: GitRepository,
        *,
        remote: str,
        author: Author,
        may_publish: Callable[[str], bool],
    ) -> None:
        """Name the branch's home.

        Args:
            repository: Local repository, in which objects are read and made.
            remote: Name or address of the repository that holds the branch.
            author: Who signs what is added.
            may_publish: Takes a dataset id; whether its per-study scores may be public.
        """
        self._repository = repository
        self._remote = remote
        self._author = author
        self._may_publish = may_publish

    def scorecards(self) -> tuple[Scorecard, ...]:
        """Return every scorecard, in the order of dataset and key."""
        tip = self._repository.remote_tip(self._remote, BRANCH)
        return () if tip is None else read_scorecards(self._repository, tip)

    def tables(self, wanted: Iterable[tuple[str, str]]) -> dict[str, PerStudyTable]:
        """Return per-study scores by the key of their scorecard, those that are kept in the open.

        Args:
            wanted: Dataset and key of each scorecard.

        Raises:
            Misconfigured: A table cannot be read, or disagrees with its scorecard.
        """
        stems = {f"{SCORES}/{name}/{key}": key for name, key in wanted if self._may_publish(name)}
        tip = self._repository.remote_tip(self._remote, BRANCH) if stems else None
        return {} if tip is None else read_tables(self._repository, tip, stems)

    def append(
        self,
        scored: Sequence[tuple[Scorecard, StoredTable]],
        beside: Callable[[str | None], Mapping[str, bytes]] | None = None,
    ) -> int:
        """Add what is not there yet and return how many were added; never changes an entry.

        Args:
            scored: Scorecards with their per-study scores.
            beside: Takes the tip and returns files of the same commit; asked only when there is
                something to add. What it raises ends the run, and nothing is added.
        """
        added = 0

        def make_files(tip: str | None) -> Mapping[str, bytes | None]:
            nonlocal added
            known = known_paths(self._repository, tip)
            files: dict[str, bytes | None] = {}
            for scorecard, table in scored:
                path = scorecard_path(scorecard)
                if path in known:
                    continue
                files[path] = scorecard.to_json()
                if isinstance(table, SealedTable):
                    files[sealed_path(path)] = table.data
                elif self._may_publish(scorecard.dataset):
                    files[path.removesuffix(".json") + ".npz"] = encode_table(table)
            added = sum(path.endswith(".json") for path in files)
            return {**files, **(beside(tip) if beside and files else {})}

        if not scored:
            return 0
        subject = ", ".join(f"{card.dataset} {card.section}" for card, _ in scored)
        message = f"Add scores: {subject}\n"
        push_on_tip(self._repository, self._remote, BRANCH, make_files, message, self._author)
        return added


def known_paths(repository: GitRepository, tip: str | None) -> frozenset[str]:
    """Return the paths that a ledger's commit holds."""
    if tip is None:
        return frozenset()
    return frozenset(
        entry.path.decode(errors="backslashreplace") for entry in repository.entries(tip, SCORES)
    )


SCORECARD_RECORDS = RecordKind(SCORES, "a scorecard", Scorecard, scorecard_path)


def read_scorecards(repository: GitRepository, tip: str) -> tuple[Scorecard, ...]:
    """Return the scorecards of a ledger's commit.

    Raises:
        Misconfigured: One is not a scorecard, or lies under another's key.
    """
    entries = [e for e in repository.entries(tip, SCORES) if e.path.endswith(b".json")]
    return read_records(repository, entries, SCORECARD_RECORDS)


def read_tables(
    repository: GitRepository, tip: str, stems: Mapping[str, str]
) -> dict[str, PerStudyTable]:
    """Return the per-study tables of a ledger's commit, by the key of their scorecard.

    Args:
        repository: Holds the commit.
        tip: The commit.
        stems: Path of each scorecard that is wanted, without its ending, and its key.

    Raises:
        Misconfigured: One is not a table, or disagrees with its scorecard.
    """
    oids = {
        entry.path.decode(errors="backslashreplace"): entry.oid
        for entry in repository.entries(tip, SCORES)
    }
    kept = [stem for stem in stems if {f"{stem}.json", f"{stem}.npz"} <= oids.keys()]
    paths = [f"{stem}{ending}" for stem in kept for ending in (".json", ".npz")]
    contents = repository.read([oids[path] for path in paths])
    tables = {}
    for stem in kept:
        scorecard_json, table_npz = (contents[oids[f"{stem}{end}"]] for end in (".json", ".npz"))
        try:
            table = decode_table(table_npz)
            check_agreement(Scorecard.from_json(scorecard_json), table)
        except ValueError as error:
            raise Misconfigured(
                f"ledger {stem}.npz: {error}; run `rexrank ledger verify`"
            ) from error
        tables[stems[stem]] = table
    return tables


def read_sealed_tables(
    repository: GitRepository, tip: str, opener: Opener
) -> dict[str, PerStudyTable]:
    """Return the sealed tables of a ledger's commit by the key of their scorecard.

    What they say stays in the job that has the identity: ranks may leave it, scores of studies may
    not. A table that was sealed for an identity that is no longer held is left out.

    Raises:
        Misconfigured: An opened table is none.
    """
    suffix = ".npz.age"
    entries = [e for e in repository.entries(tip, SCORES) if e.path.endswith(suffix.encode())]
    contents = repository.read([entry.oid for entry in entries])
    tables = {}
    for entry in entries:
        path = entry.path.decode(errors="backslashreplace")
        try:
            table = decode_table(opener(contents[entry.oid]))
        except CannotOpen:
            continue
        except ValueError:
            raise Misconfigured(f"ledger {path}: what is sealed there is no table") from None
        tables[path.rpartition("/")[2].removesuffix(suffix)] = table
    return tables
