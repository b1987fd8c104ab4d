"""Sealed tables in the ledger: stored beside their scorecards, and verified."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pyrage import x25519

from bot.adapters.git.repository import GitRepository, create_bare
from bot.adapters.ledger.records import RecordStore
from bot.adapters.ledger.scores import BranchLedger, scorecard_path
from bot.adapters.ledger.verify import verify_ledger
from bot.adapters.references.sealing import Opener, seal
from bot.domain.per_study import encode_table
from bot.domain.repository_setup import LEDGER_BRANCH
from bot.domain.scorecard import (
    Bootstrap,
    Fingerprint,
    MetricScore,
    PerStudyTable,
    Scorecard,
    SealedTable,
)
from tests.integration.git_objects import AUTHOR, commit

OLD, NEW = x25519.Identity.generate(), x25519.Identity.generate()
STUDIES = tuple(f"study-{number:02}" for number in range(40))


def scored(
    number: int, key: x25519.Identity = NEW, value: float | None = None
) -> tuple[Scorecard, SealedTable]:
    column = np.random.default_rng(number).uniform(0, 0.2, len(STUDIES)) + number / 5
    mean = round(float(np.mean(column)), 3)
    card = Scorecard(
        dataset="locked",
        section="findings",
        n=len(STUDIES),
        metrics={
            "bleu2": MetricScore(
                status="scored", version="1", value=mean if value is None else value
            )
        },
        predictions_sha256=f"{number:064x}",
        references_commitment="c" * 64,
        decimals=3,
        bootstrap=Bootstrap(resamples=10, seed=1),
        fingerprint=Fingerprint(metrics={"bleu2": "1"}, libraries={}),
    )
    table = PerStudyTable(STUDIES, {"bleu2": column})
    return card, SealedTable(seal(encode_table(table), [str(key.to_public())]))


@pytest.fixture
def upstream(tmp_path: Path) -> GitRepository:
    return create_bare(tmp_path / "upstream.git")


def ledger_of(upstream: GitRepository) -> BranchLedger:
    local = create_bare(upstream.folder.parent / "local.git")
    store = RecordStore(local, remote=str(upstream.folder), author=AUTHOR)
    return BranchLedger(store, may_publish=lambda _: False)


def put(upstream: GitRepository, files: dict[str, bytes | None]) -> str:
    made = commit(upstream, None, files)
    upstream.run("update-ref", f"refs/heads/{LEDGER_BRANCH}", made)
    return made


def test_sealed_tables_are_stored_beside_their_scorecards_and_verified(
    upstream: GitRepository,
) -> None:
    assert ledger_of(upstream).append([scored(1), scored(2)]) == 2
    tip = upstream.resolve(LEDGER_BRANCH)
    names = sorted(entry.path.decode() for entry in upstream.entries(tip, "scores"))
    cards = [scorecard_path(scored(number)[0]) for number in (1, 2)]
    tables = [path.removesuffix("json") + "npz.age" for path in cards]
    assert names == sorted([*cards, *tables])
    assert verify_ledger(upstream, tip) == ()
    assert verify_ledger(upstream, tip, Opener([NEW])) == ()


def test_a_table_that_does_not_belong_is_a_fault_for_who_can_open_it(
    upstream: GitRepository,
) -> None:
    card, table = scored(1, value=0.777)
    path = scorecard_path(card)
    tip = put(upstream, {path: card.to_json(), f"{path[:-5]}.npz.age": table.data})
    assert verify_ledger(upstream, tip) == ()
    (fault,) = verify_ledger(upstream, tip, Opener([NEW]))
    assert "bleu2 differs" in fault
    (fault,) = verify_ledger(upstream, tip, Opener([OLD]))
    assert "not sealed for this leaderboard" in fault


def test_what_is_not_sealed_or_not_rounded_is_a_fault_for_everybody(
    upstream: GitRepository,
) -> None:
    card, table = scored(1)
    path = scorecard_path(card)
    stem = path[:-5]
    plain = b"PK\x03\x04 a table in the open"
    whole = card.model_copy(update={"decimals": None})
    cases: dict[str, dict[str, bytes | None]] = {
        "not encrypted with age": {path: card.to_json(), f"{stem}.npz.age": plain},
        "not rounded": {path: whole.to_json(), f"{stem}.npz.age": table.data},
        "no scorecard beside it": {f"{stem}.npz.age": table.data},
    }
    for fault, files in cases.items():
        assert fault in "\n".join(verify_ledger(upstream, put(upstream, files)))
    both = {path: card.to_json(), f"{stem}.npz.age": table.data, f"{stem}.npz": table.data}
    assert "has two tables" in "\n".join(verify_ledger(upstream, put(upstream, both)))


def test_what_is_sealed_and_no_table_is_named(upstream: GitRepository) -> None:
    card, _ = scored(1)
    path = scorecard_path(card)
    data = seal(b"no table", [str(NEW.to_public())])
    tip = put(upstream, {path: card.to_json(), f"{path[:-5]}.npz.age": data})
    (fault,) = verify_ledger(upstream, tip, Opener([NEW]))
    assert fault.startswith(f"{path[:-5]}.npz.age: ")
