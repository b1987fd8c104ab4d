"""The ledger: an append-only branch of scorecards, keyed by what was scored and how."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from bot.adapters.disk.score_folder import check_agreement
from bot.adapters.git.repository import GitRepository
from bot.adapters.ledger.records import RecordStore
from bot.checks.reading.ledger_records import RecordKind
from bot.domain.per_study import decode_table, encode_table
from bot.domain.scorecard import PerStudyTable, Scorecard, SealedTable, StoredTable
from bot.errors import Misconfigured

SCORES = "scores"


def scorecard_path(scorecard: Scorecard) -> str:
    """Return where the ledger keeps a scorecard."""
    return f"{SCORES}/{scorecard.dataset}/{scorecard.key}.json"


SCORECARD_RECORDS = RecordKind(SCORES, "a scorecard", Scorecard, scorecard_path, ".json")


def sealed_path(path: str) -> str:
    """Return where the ledger keeps the sealed table of the scorecard at a path."""
    return path.removesuffix(".json") + ".npz.age"


class BranchLedger:
    """The scores that a leaderboard's ledger keeps."""

    def __init__(self, store: RecordStore, *, may_publish: Callable[[str], bool]) -> None:
        """Name the branch that keeps them.

        Args:
            store: The branch.
            may_publish: Takes a dataset id; whether its per-study scores may be public.
        """
        self._store = store
        self._may_publish = may_publish

    def scorecards(self) -> tuple[Scorecard, ...]:
        """Return every scorecard, in the order of dataset and key."""
        return self._store.read(SCORECARD_RECORDS)

    def tables(self, wanted: Iterable[tuple[str, str]]) -> dict[str, PerStudyTable]:
        """Return per-study scores by the key of their scorecard, those that are kept in the open.

        Args:
            wanted: Dataset and key of each scorecard.

        Raises:
            Misconfigured: A table cannot be read, or disagrees with its scorecard.
        """
        stems = {f"{SCORES}/{name}/{key}": key for name, key in wanted if self._may_publish(name)}
        tip = self._store.tip() if stems else None
        return {} if tip is None else read_tables(self._store.repository, tip, stems)

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

        def make_files(tip: str | None) -> Mapping[str, bytes]:
            nonlocal added
            known = self._store.paths(tip, SCORES)
            files: dict[str, bytes] = {}
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
        self._store.push(make_files, f"Add scores: {subject}\n")
        return added


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
