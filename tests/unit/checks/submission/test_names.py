"""Names that show nothing, imitate or are taken, and good names in every script."""

from __future__ import annotations

import pytest

from bot.adapters.disk.catalog import BUILT_IN, load_catalog
from bot.checks.submission.changed_files import check_changes, is_reserved
from bot.checks.submission.lookalikes import find_hidden, fold_name, looks_like, skeleton
from bot.checks.submission.manifest import check_manifest, parse_manifest
from bot.checks.submission.names import check_names, other_teams
from bot.domain.catalog import Catalog
from bot.domain.finding import Finding
from bot.domain.manifest import Manifest
from bot.domain.published import PublishedRow, Snapshot
from bot.domain.submission import SubmissionFolder
from bot.pipeline.pull_request.validate import validate_submission
from tests.corpus import documents
from tests.unit.checks.submission.test_changed_files import add

CATALOG = load_catalog(BUILT_IN)
PATH = "submissions/moe/manifest.yaml"
HIDDEN = (
    "\u3164\u115f\u1160\uffa0\u00ad\u034f\u061c\u180e\u2800\u200b\u200d\u200e\u202e\u2066\u2060\ufeff"
    "\ufe0f\ufe00\u180b\U000e0100\U000e0041\U000e007f\U000e0001\ue000\U000f0000\u0378\ufff9\ufdd0"
    "\u2028\u2029\U0001d159\U0001bca0\u17b4\x85"
)
GOOD = (
    "β-VAE",
    "αCLIP",  # noqa: RUF001
    "Med-PaLM 2",
    "模型",
    "Med模型-1.5",
    "日本語レポート",
    "한국어 모델",
    "Résumé-Net",
    "Łódź-Ångström",
    "Ελληνικά",
    "Радиолог",
    "हिन्दी मॉडल",
    "العربية",
    "עברית",
    "ไทยน้ำ",
    "Tiếng Việt",
    "R2Gen²",
    "µNet",
    "C++ & more!",
    "🦙 Llama",
    "X–Ray…",  # noqa: RUF001
    "naïve (large)",
)


def named(
    name: str = "MedGemma",
    version: str = "1.0",
    institution: str = "Example Institute",
    submitter: str = "sam",
    team: str | None = None,
) -> Manifest:
    manifest = parse_manifest(documents.manifest().encode(), path=PATH)
    model = manifest.model.model_copy(
        update={"name": name, "version": version, "institution": institution}
    )
    return manifest.model_copy(update={"model": model, "submitters": (submitter,), "team": team})


OTHERS = [("medgemma", named(submitter="lee", team="Google Health"))]


def codes(manifest: Manifest, others: list[tuple[str, Manifest]] = OTHERS) -> list[str]:
    strangers = other_teams("moe", manifest, others)
    return [found.code for found in check_names(PATH, manifest, strangers, ())]


def manifest_findings(old: str, new: str) -> list[Finding]:
    text = documents.manifest()
    assert old in text
    data = text.replace(old, new).encode()
    found = check_manifest(data, path=PATH, catalog=CATALOG, files={}).findings
    return [f for f in found if f.code in {"manifest.characters", "manifest.blank"}]


@pytest.mark.parametrize("sign", HIDDEN, ids=lambda sign: f"U+{ord(sign):04X}")
def test_row_38_a_character_that_shows_nothing_is_an_error(sign: str) -> None:
    assert find_hidden(f"Llama{sign}") == sign


@pytest.mark.parametrize("name", GOOD)
def test_row_38_names_in_every_script_are_no_alarm(name: str) -> None:
    assert find_hidden(name) is None
    manifest = named(name, submitter="eve")
    others = [(f"e{n}", named(other, submitter="lee")) for n, other in enumerate(GOOD)]
    assert codes(manifest, [pair for pair in others if pair[1].model.name != name]) == []


def test_row_38_no_published_name_is_an_alarm() -> None:
    names = sorted({row.model for snapshot in CATALOG.published for row in snapshot.rows})
    assert len(names) > 10
    alike = [(a, b) for a in names for b in names if a < b and looks_like(a, b)]
    assert alike == []
    assert [name for name in names if find_hidden(name)] == []


@pytest.mark.parametrize(
    "value",
    ['"Llama\\u3164"', '"Llama\\U000E0041"', "Lla\u00adma", "L\u0301\u0302\u0303\u0304\u0305lama"],
)
def test_row_38_hidden_and_stacked_characters_in_a_manifest_are_errors(value: str) -> None:
    name = parse_manifest(documents.manifest().encode(), path=PATH).model.name
    (finding,) = manifest_findings(f"name: {name}", f"name: {value}")
    assert (finding.code, finding.pointer) == ("manifest.characters", "/model/name")


@pytest.mark.parametrize("value", ['"—"', '"..."', '"\u0301 \u0301"', '"\u00a0\u3000."'])
def test_row_38_a_name_that_shows_no_letter_is_an_error(value: str) -> None:
    name = parse_manifest(documents.manifest().encode(), path=PATH).model.name
    (finding,) = manifest_findings(f"name: {name}", f"name: {value}")
    assert (finding.code, finding.pointer) == ("manifest.blank", "/model/name")


@pytest.mark.parametrize(
    "name",
    [
        "\u041cedGemma",
        "Med\u0413emma".replace("\u0413", "\u050c"),
        "MedGernma",
        "MedGemm\u0430",
        "M\u0435dG\u0435mm\u0430",
        "MED\u050cEMMA",
        "Med-G\u0435mma",
        "\uff2d\u0435dGemma",
    ],
)
def test_row_38_a_name_of_lookalikes_is_an_error(name: str) -> None:
    assert codes(named(name, "9", submitter="eve")) == ["manifest.name-imitates"]
    assert codes(named(name, "9", submitter="lee")) == []


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("MAIRA\u22122", "MAIRA-2"),
        ("MAIRA 2", "MAIRA\u22122"),
        ("G00gle", "Google"),
        ("RadF0", "RadFo"),
    ],
)
def test_row_38_signs_like_punctuation_and_zeros_like_letters_are_lookalikes(
    name: str, other: str
) -> None:
    others = [("theirs", named(other, submitter="lee"))]
    assert codes(named(name, "9", submitter="eve"), others) == ["manifest.name-imitates"]


@pytest.mark.parametrize(
    ("name", "other"), [("RN-50", "M-50"), ("C++", "C"), ("Rad 10", "Rad 1"), ("V2.0", "V20")]
)
def test_row_38_different_names_are_no_lookalikes(name: str, other: str) -> None:
    assert not looks_like(name, other)


def test_row_38_a_whole_word_of_another_script_is_an_error() -> None:
    others = [("coco", named("COCO", submitter="lee"))]
    assert codes(named("\u0421\u041e\u0421\u041e", submitter="eve"), others) == [
        "manifest.name-imitates"
    ]


def test_row_38_an_institution_and_a_team_are_not_imitated_either() -> None:
    imitation = named("Other", institution="Ex\u0430mple Institute", submitter="eve")
    assert codes(imitation) == ["manifest.name-imitates"]
    assert codes(named("Other", submitter="eve", team="Googl\u0435 Health")) == [
        "manifest.name-imitates"
    ]
    assert codes(named("Other", submitter="eve")) == []


def test_row_38_a_published_name_is_not_imitated_and_may_be_used() -> None:
    row = PublishedRow.model_construct(model="MedVersa", institution="Harvard University")
    published = [Snapshot.model_construct(rows=(row,))]

    def found(name: str) -> list[str]:
        return [f.code for f in check_names(PATH, named(name), [], published)]

    assert found("MedVersa") == []
    assert found("MedV\u0435rsa") == ["manifest.name-imitates"]


@pytest.mark.parametrize(
    ("name", "version", "submitter", "expected"),
    [
        ("MedGemma", "1.0", "eve", ["manifest.name-taken"]),
        ("med_gemma", "1.0", "eve", ["manifest.name-taken"]),
        ("\uff2ded Gemma", "1.0 ", "eve", ["manifest.name-taken"]),
        ("MedGemma", "1.1", "eve", ["manifest.name-shared"]),
        ("MedGemma", "10", "eve", ["manifest.name-shared"]),
        ("MedGemma 2", "1.0", "eve", []),
        ("MedGemma", "1.0", "LEE", []),
        ("MedGemma", "2.0", "lee", []),
    ],
)
def test_row_38_another_teams_model_is_not_submitted_again(
    name: str, version: str, submitter: str, expected: list[str]
) -> None:
    assert codes(named(name, version, submitter=submitter)) == expected


def test_a_finding_says_which_character_it_is_about() -> None:
    manifest = named("\u041cedGemma", submitter="eve")
    (finding,) = check_names(PATH, manifest, OTHERS, ())
    assert "U+041C CYRILLIC CAPITAL LETTER EM" in finding.seen
    assert "the entry medgemma" in finding.message


def test_validation_asks_for_the_other_entries_once_and_leaves_out_the_entry_itself() -> None:
    asked = []

    def manifests() -> list[tuple[str, Manifest]]:
        asked.append(1)
        return [("moe", parse_manifest(documents.manifest().encode(), path=PATH))]

    folder = SubmissionFolder("moe", {"manifest.yaml": documents.manifest().encode()})
    catalog = Catalog(CATALOG.card, CATALOG.datasets, CATALOG.studies)
    found = validate_submission(
        folder, catalog, references=lambda *_: None, manifests=manifests
    ).findings
    assert asked == [1]
    assert not [f.code for f in found if f.code.startswith("manifest.name-")]


def test_the_skeleton_agrees_with_unicodes_table() -> None:
    """Single look-alikes, several for one, one for several, and what stands for itself."""
    assert skeleton("\u0430\u0441\u0435\u043e\u0440\u0445") == "aceopx"
    assert skeleton("I") == skeleton("l") == skeleton("1") == skeleton("|")
    assert skeleton("0") == skeleton("O")
    assert skeleton("m") == skeleton("rn")
    assert skeleton("L") != skeleton("l")
    assert skeleton("\u00e9") == "e\u0301"
    assert fold_name("GPT-4.1") != fold_name("GPT-41")


@pytest.mark.parametrize(
    "name",
    [
        "con",
        "prn",
        "aux",
        "nul",
        "com0",
        "com9",
        "lpt1",
        "con.1",
        "nul.txt",
        "aux.v2.0",
        "moe.",
        "moe..v2",
        "a..",
    ],
)
def test_row_38_a_folder_that_windows_cannot_hold_is_an_error(name: str) -> None:
    assert is_reserved(name)
    assert is_reserved(name.upper())
    (finding,) = check_changes([add(f"submissions/{name}/manifest.yaml".encode())]).findings
    assert finding.code == "changes.reserved-name"
    found = validate_submission(
        SubmissionFolder(name, {}), CATALOG, references=lambda *_: None
    ).findings
    assert found[0].code == "manifest.folder-name"


@pytest.mark.parametrize("name", ["console", "con-1", "nul1", "com10", "moe-", "v1.0-beta", "lpt"])
def test_row_38_other_folders_are_fine(name: str) -> None:
    assert not is_reserved(name)
    assert check_changes([add(f"submissions/{name}/manifest.yaml".encode())]).findings == ()


@pytest.mark.parametrize(
    "file", ["nul.json", "con.json.gz", "com1.json.age", "lpt9.v1.json", "a..json"]
)
def test_row_38_a_predictions_file_that_windows_cannot_hold_is_an_error(file: str) -> None:
    (finding,) = check_changes([add(f"submissions/moe/predictions/{file}".encode())]).findings
    assert finding.code == "changes.reserved-name"
    assert "manifest.wrong-value" in [f.code for f in listed(file)]


def listed(file: str) -> tuple[Finding, ...]:
    manifest = parse_manifest(documents.manifest().encode(), path=PATH)
    name = manifest.predictions[0].file
    data = documents.manifest().replace(name, f"predictions/{file}").encode()
    return check_manifest(data, path=PATH, catalog=CATALOG, files={}).findings
