"""Licences: expressions of today, of yesterday and of one's own."""

from __future__ import annotations

import pytest

from bot.checks.submission.licence import current_ids, is_spdx_expression, spdx_ids


@pytest.mark.parametrize(
    "text",
    [
        "MIT",
        "apache-2.0",
        "MIT OR (GPL-2.0-only WITH Classpath-exception-2.0)",
        "CC-BY-NC-SA-4.0",
        "LicenseRef-Stanford-RAIL",
        "MIT AND LicenseRef-Weights",
        "((MIT))",
    ],
)
def test_an_expression_is_fine_and_has_no_other_name(text: str) -> None:
    assert is_spdx_expression(text)
    assert current_ids(text) is None


@pytest.mark.parametrize(
    ("text", "current"),
    [
        ("GPL-3.0", "GPL-3.0-only"),
        ("AGPL-3.0", "AGPL-3.0-only"),
        ("lgpl-2.1+", "LGPL-2.1-or-later"),
        ("GPL-2.0+ WITH Classpath-exception-2.0", "GPL-2.0-or-later WITH Classpath-exception-2.0"),
        ("GPL-2.0-with-classpath-exception", "GPL-2.0-only WITH Classpath-exception-2.0"),
        ("(GPL-3.0 OR MIT) AND BSD-2-Clause-NetBSD", "(GPL-3.0-only OR MIT) AND BSD-2-Clause"),
    ],
)
def test_old_ids_are_fine_and_their_present_names_known(text: str, current: str) -> None:
    assert is_spdx_expression(text)
    assert current_ids(text) == current
    assert is_spdx_expression(current)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "free",
        "MIT OR",
        "()",
        "(MIT",
        "MIT (MIT)",
        "MIT MIT",
        "Apache 2.0",
        "LicenseRef-",
        "LicenseRef-a_b",
        "MIT WITH MIT",
        "Classpath-exception-2.0",
        "(" * 90,
        "NONE",
        "K",
    ],
)
def test_what_is_no_expression_is_said(text: str) -> None:
    assert not is_spdx_expression(text)
    assert current_ids(text) is None


def test_hints_are_ids_that_people_write() -> None:
    assert {"MIT", "Apache-2.0", "CC-BY-4.0"} <= set(spdx_ids())
    assert not [name for name in spdx_ids() if name.startswith("LicenseRef-")]
