"""The ledger is an orphan branch that only grows."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from bot.adapters.git.repository import GitRepository, create_bare
from bot.adapters.ledger.records import RecordStore
from bot.adapters.ledger.scores import BranchLedger, scorecard_path
from bot.domain.per_study import decode_table
from bot.domain.repository_setup import LEDGER_BRANCH
from bot.domain.scorecard import Bootstrap, Fingerprint, MetricScore, PerStudyTable, Scorecard
from bot.errors import Misconfigured, RexrankError, ServiceUnavailable
from tests.integration.git_objects import AUTHOR, blob, commit, commit_of, raw_tree

TABLE = PerStudyTable(("a", "b"), {"bleu2": np.array([0.25, 0.75])})


def card(number: int, dataset: str = "mini") -> Scorecard:
    return Scorecard(
        dataset=dataset,
        section="findings",
        n=2,
        metrics={"bleu2": MetricScore(status="scored", version="1", value=0.5)},
        predictions_sha256=f"{number:064x}",
        references_commitment="c" * 64,
        bootstrap=Bootstrap(resamples=10, seed=1),
        fingerprint=Fingerprint(metrics={"bleu2": "1"}, libraries={}),
    )


@pytest.fixture
def upstream(tmp_path: Path) -> GitRepository:
    repository = create_bare(tmp_path / "upstream.git")
    head = commit(repository, None, {"README.md": b"the board\n"})
    repository.run("update-ref", "refs/heads/main", head)
    return repository


def ledger_of(upstream: GitRepository, name: str = "local") -> BranchLedger:
    local = create_bare(upstream.folder.parent / f"{name}.git")
    store = RecordStore(local, remote=str(upstream.folder), author=AUTHOR)
    return BranchLedger(store, may_publish=lambda dataset: dataset == "mini")


def names(upstream: GitRepository) -> list[str]:
    tip = upstream.resolve(LEDGER_BRANCH)
    return [entry.path.decode() for entry in upstream.entries(tip, "scores")]


def put_branch(upstream: GitRepository, files: dict[str, bytes | None]) -> None:
    upstream.run("update-ref", f"refs/heads/{LEDGER_BRANCH}", commit(upstream, None, files))


def test_a_ledger_that_is_not_there_yet_is_empty(upstream: GitRepository) -> None:
    assert ledger_of(upstream).scorecards() == ()


def test_the_first_entry_makes_an_orphan_branch(upstream: GitRepository) -> None:
    assert ledger_of(upstream).append([(card(1), TABLE)]) == 1
    tip = upstream.resolve(LEDGER_BRANCH)
    assert upstream.merge_bases(tip, upstream.resolve("main")) == ()
    assert upstream.run("rev-list", tip).split() == [tip.encode()]
    assert {change.path.split(b"/")[0] for change in upstream.changes(None, tip)} == {b"scores"}
    assert ledger_of(upstream).scorecards() == (card(1),)


def test_appending_again_changes_nothing(upstream: GitRepository) -> None:
    ledger = ledger_of(upstream)
    assert ledger.append([(card(1), TABLE), (card(1), TABLE)]) == 1
    tip = upstream.resolve(LEDGER_BRANCH)
    assert ledger.append([(card(1), TABLE)]) == 0
    assert ledger.append([]) == 0
    assert upstream.resolve(LEDGER_BRANCH) == tip
    assert ledger.append([(card(1), TABLE), (card(2), TABLE)]) == 1


def test_an_entry_is_never_rewritten(upstream: GitRepository) -> None:
    ledger = ledger_of(upstream)
    ledger.append([(card(1), TABLE)])
    before = {n: upstream.entries(LEDGER_BRANCH, n)[0].oid for n in names(upstream)}
    better = card(1).model_copy(
        update={"metrics": {"bleu2": MetricScore(status="scored", version="1", value=0.99)}}
    )
    assert better.key == card(1).key
    assert ledger.append([(better, TABLE)]) == 0
    assert {n: upstream.entries(LEDGER_BRANCH, n)[0].oid for n in names(upstream)} == before
    assert ledger.scorecards() == (card(1),)


def test_per_study_scores_are_kept_for_public_datasets_only(upstream: GitRepository) -> None:
    ledger_of(upstream).append([(card(1), TABLE), (card(2, "mimic-cxr"), TABLE)])
    public, closed = scorecard_path(card(1)), scorecard_path(card(2, "mimic-cxr"))
    table = public.removesuffix(".json") + ".npz"
    assert sorted(names(upstream)) == sorted([closed, public, table])
    (kept,) = upstream.entries(LEDGER_BRANCH, table)
    assert decode_table(upstream.read([kept.oid])[kept.oid]).study_ids == ("a", "b")


def test_scorecards_come_in_the_order_of_dataset_and_key(upstream: GitRepository) -> None:
    cards = [card(number, dataset) for number in range(5) for dataset in ("mini", "iu-xray")]
    assert ledger_of(upstream).append([(one, TABLE) for one in cards]) == 10
    expected = sorted(cards, key=lambda one: (one.dataset, one.key))
    assert list(ledger_of(upstream).scorecards()) == expected


def test_two_at_once_lose_and_double_nothing(upstream: GitRepository) -> None:
    added: list[int] = []
    failures: list[RexrankError] = []

    def append(worker: int) -> None:
        mine = [(card(number), TABLE) for number in (0, 1, worker + 10)]
        try:
            added.append(ledger_of(upstream, f"worker-{worker}").append(mine))
        except RexrankError as error:
            failures.append(error)

    threads = [threading.Thread(target=append, args=(worker,)) for worker in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sum(added) == 8
    assert len(ledger_of(upstream).scorecards()) == 8


def test_another_machine_sees_what_was_added(upstream: GitRepository) -> None:
    one, other = ledger_of(upstream, "one"), ledger_of(upstream, "other")
    one.append([(card(1), TABLE)])
    assert other.scorecards() == (card(1),)
    other.append([(card(2), TABLE)])
    assert len(one.scorecards()) == 2


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"not json", b"\xff\xfe", b'{"n": NaN}', b"[" * 100_000, b"null"]
)
def test_garbage_is_a_misconfiguration_that_names_the_file(
    upstream: GitRepository, data: bytes
) -> None:
    path = scorecard_path(card(1))
    put_branch(upstream, {path: data})
    with pytest.raises(Misconfigured, match=f"ledger {path}: not a scorecard"):
        ledger_of(upstream).scorecards()


def test_a_scorecard_under_another_key_is_a_misconfiguration(upstream: GitRepository) -> None:
    path = scorecard_path(card(1))
    put_branch(upstream, {path: card(2).to_json()})
    with pytest.raises(Misconfigured, match="its content belongs at") as caught:
        ledger_of(upstream).scorecards()
    assert path in str(caught.value)
    assert scorecard_path(card(2)) in str(caught.value)


def test_a_name_that_is_not_text_is_a_misconfiguration(upstream: GitRepository) -> None:
    row = {b"\xff.json": ("100644", blob(upstream, card(1).to_json()))}
    scores = {b"scores": ("040000", raw_tree(upstream, row))}
    head = commit_of(upstream, raw_tree(upstream, scores))
    upstream.run("update-ref", f"refs/heads/{LEDGER_BRANCH}", head)
    with pytest.raises(Misconfigured, match="belongs at"):
        ledger_of(upstream).scorecards()
    assert ledger_of(upstream).append([(card(1), TABLE)]) == 1


def test_a_remote_that_does_not_answer_is_unavailable(tmp_path: Path) -> None:
    local, remote = create_bare(tmp_path / "local.git"), str(tmp_path / "nothing.git")
    store = RecordStore(local, remote=remote, author=AUTHOR)
    ledger = BranchLedger(store, may_publish=lambda _: True)
    with pytest.raises(ServiceUnavailable):
        ledger.scorecards()
    with pytest.raises(ServiceUnavailable):
        ledger.append([(card(1), TABLE)])
