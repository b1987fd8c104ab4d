from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as ET

import jinja2
import pytest

from bot.domain.leaderboard import Board, Leaderboard, Pair
from bot.domain.published import PublishedAnswers, PublishedChange, PublishedSource
from bot.metrics.registry import BY_ID
from bot.render.site.build import site_files
from bot.render.site.facts import SiteFacts
from bot.render.site.labels import NARROW, WIDE, place_labels
from bot.render.site.matrix import draw_matrix
from bot.render.site.pages import render
from bot.render.site.plots import draw_forest, draw_scatter, draw_timeline
from bot.render.site.scale import scale_of
from bot.render.words.numbers import rank_span
from tests.site_pages import check_site, documents, page
from tests.unit.render import samples as s

ATOM = "{http://www.w3.org/2005/Atom}"
BOARD = "boards/iu-xray.findings/index.html"
HOSTILE = """</title></svg><script>alert(1)</script> "x" onload='y' {{ 7*7 }} &amp; ]]> <!-- % \\"""
ADDRESS = """https://e.example/"onmouseover="alert(1)'&x"""


def facts(leaderboard: Leaderboard | None = None, **changes: Any) -> SiteFacts:
    return SiteFacts(leaderboard or s.example_leaderboard(), s.catalog().card, BY_ID, **changes)


def change_rows(leaderboard: Leaderboard, **changes: Any) -> Leaderboard:
    """Return the leaderboard with something changed in every row."""

    def change(board: Board) -> Board:
        ranked, unranked = (
            tuple(row.model_copy(update=changes) for row in rows)
            for rows in (board.rows, board.unranked)
        )
        return board.model_copy(update={"rows": ranked, "unranked": unranked})

    return leaderboard.model_copy(update={"boards": tuple(map(change, leaderboard.boards))})


def hostile_leaderboard() -> Leaderboard:
    """Return a leaderboard in which every text that others write tries to get out."""
    source = "https://tables.example.org/"
    row = change_rows(
        s.example_leaderboard(),
        model=HOSTILE,
        version=HOSTILE,
        institution=HOSTILE,
        license=HOSTILE,
        remarks=(HOSTILE,),
        url=ADDRESS,
    )
    cards = tuple(
        card.model_copy(update={"citation": HOSTILE, "summary": HOSTILE, "title": HOSTILE})
        for card in row.datasets
    )
    return row.model_copy(
        update={
            "datasets": cards,
            "published": (
                PublishedSource(
                    date="2026-08", source=source, provenance=HOSTILE, rows=1, inconsistent=0
                ),
            ),
            "changes": (
                PublishedChange.model_construct(
                    since="2025-09-05",
                    date="2026-08",
                    kind="renamed",
                    model=HOSTILE,
                    now=(HOSTILE,),
                    tables=(HOSTILE,),
                    main=(1.0, 2.0),
                ),
            ),
            "answers": (
                PublishedAnswers.model_construct(
                    dataset="rexvqa",
                    split="test",
                    model=HOSTILE,
                    institution=HOSTILE,
                    url=ADDRESS,
                    accuracy={HOSTILE: 0.5},
                ),
            ),
        }
    )


def test_the_same_leaderboard_gives_the_same_bytes() -> None:
    files = site_files(facts())
    assert files == site_files(facts(Leaderboard.from_json(s.example_leaderboard().to_json())))
    assert list(files) == sorted(files)


def test_every_page_is_strict_html_runs_nothing_and_its_links_lead_somewhere() -> None:
    check_site(site_files(facts()))


def test_row_15_31_nothing_that_others_wrote_gets_out_of_its_place() -> None:
    files = site_files(facts(hostile_leaderboard()))
    check_site(files)
    for document in documents(files):
        if document.path.startswith(("boards/", "models/")):
            assert HOSTILE in document.text, document.path
    feed = ET.fromstring(files["feed.xml"])
    titles = [str(one.text) for one in feed.iter(f"{ATOM}title")]
    assert any(title.startswith(HOSTILE) for title in titles)
    assert HOSTILE in json.loads(files["compare/data.json"])["models"][0]["name"]


def test_signs_that_hide_or_reorder_text_are_made_visible() -> None:
    files = site_files(facts(change_rows(s.example_leaderboard(), model="a\u202eb\u00adc")))
    assert "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c" in page(files, BOARD).text
    assert not any("\u202e" in document.text for document in documents(files))


def test_a_link_that_is_not_plain_https_is_text() -> None:
    files = site_files(facts(change_rows(s.example_leaderboard(), url="javascript:alert(1)")))
    for document in documents(files):
        assert not any("javascript" in value for _, value in document.addresses())


def test_a_template_that_asks_for_what_is_not_there_fails() -> None:
    with pytest.raises(jinja2.UndefinedError):
        render("faq.html", root="./")


def test_ranks_are_in_order_shared_ranks_are_marked_and_missing_is_a_dash() -> None:
    leaderboard = s.example_leaderboard()
    board = leaderboard.boards[0]
    first, second, *rest = board.rows
    shared = second.model_copy(update={"rank": first.rank, "rank_interval": (1, 2)})
    boards = (board.model_copy(update={"rows": (first, shared, *rest)}), *leaderboard.boards[1:])
    document = page(site_files(facts(leaderboard.model_copy(update={"boards": boards}))), BOARD)
    rows = document.table_rows("board-table")
    assert [row[0] for row in rows][:2] == ["=1 shared", f"=1 shared ({rank_span((1, 2))})"]
    dashes = [cell for row in rows for cell in row if cell == "-"]
    assert dashes
    text = " ".join(document.text.split())
    assert "Not scored for any entry of this board: GREEN." in text
    assert "RadCliQ-v1 unavailable: needs radgraph" in text
    assert "scored by an earlier scorer" in text
    assert "†" in text


def test_a_zero_is_zero() -> None:
    scores = {"radcliq_v1": s.scored(0.0, spread=None)}
    files = site_files(facts(change_rows(s.example_leaderboard(), scores=scores)))
    assert page(files, BOARD).table_rows("board-table")[0][2] == "0.000"


def test_without_entries_there_is_still_a_site() -> None:
    leaderboard = s.example_leaderboard().model_copy(update={"boards": ()})
    files = site_files(facts(leaderboard))
    check_site(files)
    assert "models/" not in "".join(files)


def test_an_address_goes_into_the_feed_and_the_pages() -> None:
    files = site_files(facts(address="https://boards.example.org/x"))
    feed = ET.fromstring(files["feed.xml"])
    links = {str(one.attrib["href"]) for one in feed.iter(f"{ATOM}link")}
    assert all(link.startswith("https://boards.example.org/x/") for link in links)
    (canonical,) = [
        one for one in page(files, BOARD).all("link") if one.attrib["rel"] == "canonical"
    ]
    assert canonical.attrib["href"] == "https://boards.example.org/x/boards/iu-xray.findings/"


def test_a_feed_has_what_atom_demands_and_no_id_twice() -> None:
    feed = ET.fromstring(site_files(facts())["feed.xml"])
    for part in (feed, *feed.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert part.findtext(f"{ATOM}{name}"), name
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids) > 0


def test_a_forest_plot_keeps_intervals_inside_and_leaves_out_what_has_none() -> None:
    forest = draw_forest(s.example_board())
    assert forest is not None
    for strip in forest.strips:
        assert strip.ends is not None
        assert 0 <= strip.ends[0] <= strip.at <= strip.ends[1] <= 100
    bare = change_rows(s.example_leaderboard(), scores={"radcliq_v1": s.scored(1.0, spread=None)})
    plain = draw_forest(bare.boards[0])
    assert plain is not None
    assert all(strip.ends is None for strip in plain.strips)
    assert draw_forest(s.example_board().model_copy(update={"rows": ()})) is None


def test_the_best_so_far_never_gets_worse() -> None:
    board = s.example_board()
    years = (2025, 2023, 2024)
    rows = tuple(
        row.model_copy(update={"year": year}) for row, year in zip(board.rows, years, strict=False)
    )
    timeline = draw_timeline(board.model_copy(update={"rows": rows}))
    assert timeline is not None
    values = [row.scores["radcliq_v1"].value for row in timeline.records]
    assert values == sorted(values, key=float, reverse=True)  # type: ignore[arg-type]
    assert timeline.records[-1] == rows[0]
    assert draw_timeline(board) is None


def test_agreement_counts_pairs_and_knows_which_way_is_better() -> None:
    board = s.example_board()
    values = ((0.1, 0.9), (0.2, 0.8), (0.3, 0.85))
    rows = tuple(
        board.rows[0].model_copy(
            update={
                "submission": f"x{number}",
                "scores": {"radcliq_v1": s.scored(low), "bleu2": s.scored(high)},
            }
        )
        for number, (low, high) in enumerate(values)
    )
    scatter = draw_scatter(
        board.model_copy(update={"rows": rows, "unranked": ()}), s.COLUMNS[0], s.COLUMNS[2]
    )
    assert scatter is not None
    assert (scatter.agreeing, scatter.pairs, scatter.share) == (2, 3, "67 %")
    assert draw_scatter(board, s.COLUMNS[0], s.COLUMNS[3]) is None


def test_a_matrix_has_every_two_both_ways_and_the_tests_where_there_are_any() -> None:
    board = s.example_board()
    one, other = board.rows[0].submission, board.rows[1].submission
    pair = Pair(
        one=one,
        other=other,
        difference=-1.0,
        interval=(-2, -0.5),
        p=0.01,
        p_adjusted=0.02,
        separated=True,
    )
    matrix = draw_matrix(board.model_copy(update={"pairs": (pair,)}))
    outcomes = [[meeting.outcome for meeting in meetings] for _, meetings in matrix]
    for row, cells in enumerate(outcomes):
        assert cells[row] == "self"
        for column, outcome in enumerate(cells):
            opposite = {"better": "worse", "worse": "better"}.get(outcome, outcome)
            assert outcomes[column][row] == opposite
    assert matrix[0][1][1].pair == matrix[1][1][0].pair == pair
    assert matrix[0][1][1].difference.startswith("\N{MINUS SIGN}")


def test_names_in_a_picture_do_not_cover_each_other() -> None:
    points = [(number * 7 % 100, number * 13 % 100, f"Model {number}") for number in range(99)]
    labels = place_labels(points, ())
    assert any(label.wide for label in labels)
    assert 5 < len(labels) < len(points)
    for size, shown in ((WIDE, labels), (NARROW, [one for one in labels if not one.wide])):
        boxes = []
        for label in shown:
            x = label.x * size[0] / 100 + label.dx
            y = label.y * size[1] / 100 + label.dy
            width = 7.0 * len(label.text)
            left = x if label.anchor == "start" else x - width
            boxes.append((left, y - 11, left + width, y + 3))
        for number, a in enumerate(boxes):
            for b in boxes[:number]:
                assert a[0] >= b[2] or b[0] >= a[2] or a[1] >= b[3] or b[1] >= a[3]


@pytest.mark.parametrize(
    "values", [[0.0], [1.0, 1.0], [-3.2, 4.1], [1e-9, 2e-3], [12345.0, 99999.0]]
)
def test_ticks_are_few_and_inside(values: list[float]) -> None:
    scale = scale_of(values)
    ticks = scale.ticks()
    assert 1 <= len(ticks) <= 7
    assert all(0 <= tick.at <= 100 for tick in ticks)
    assert len({tick.label for tick in ticks}) == len(ticks)
