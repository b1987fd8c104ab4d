"""Names as people see them: what is hidden in a text, and which names look like another.

Names in every script are welcome. What is looked for is a character that shows nothing, and a name
that nobody can tell from somebody else's: by spelling (case, spaces, punctuation, width) or by
look-alikes of another script (Unicode Technical Standard 39, section 4, "Confusable Detection").
"""

from __future__ import annotations

import unicodedata
from functools import cache

import regex

HIDDEN = regex.compile(
    # Default ignorables are the fillers, joiners, tags and variation selectors, whatever their
    # category; the rest is control, format, private use, unassigned, halves and separators.
    r"[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{C}\p{Zl}\p{Zp}"
    r"\N{BRAILLE PATTERN BLANK}\N{MUSICAL SYMBOL NULL NOTEHEAD}--[\t\n]]",
    regex.VERSION1,
)
"""A character that is invisible, or moves others."""
MARKS = regex.compile(r"\p{Mn}{5}")
"""More marks on one letter than any script needs: they cover what stands above and below."""
VISIBLE = regex.compile(r"[\p{L}\p{N}\p{S}]")
"""A letter, a digit or a sign."""
_SEPARATORS = regex.compile(r"[\p{Z}\p{P}]")
_SIGN = regex.compile(r"\p{S}")
_NUMBER_POINT = regex.compile(r"(?<=\p{Nd})\.(?=\p{Nd})")
_POINT = "\x00"


def find_hidden(text: str) -> str | None:
    r"""Return the first character of a text that shows nothing, None when all is to be seen.

    Example:
        >>> find_hidden("Llama\u3164"), find_hidden("β-VAE 模型")
        ('\u3164', None)
    """
    found = HIDDEN.search(text)
    return found[0] if found else None


def _strip(name: str) -> str:
    """Return a name without width, spaces and punctuation; a point between digits stays."""
    text = _NUMBER_POINT.sub(_POINT, unicodedata.normalize("NFKC", name))
    return str(_SEPARATORS.sub("", text)).replace(_POINT, ".")


def fold_name(name: str) -> str:
    """Return a name as it is compared: without width, case, spaces and punctuation.

    A point between digits stays, because it parts numbers.

    Example:
        >>> fold_name("MAIRA 1.5"), fold_name("maira_15"), fold_name("R2-Gen")
        ('maira1.5', 'maira15', 'r2gen')
    """
    return _strip(name).casefold()


@cache
def _prototypes() -> dict[str, str]:
    """Return the character, or characters, that each look-alike stands for.

    The library gives Unicode's table in both directions. A look-alike is what has one partner; of
    two that have only each other, the lower code point is taken for the one that is meant.
    """
    from confusable_homoglyphs.confusables import confusables_data

    mark = "\N{LEFT-TO-RIGHT MARK}"  # which the table puts around what is written from the right
    partners = {
        sign.replace(mark, ""): [other["c"].replace(mark, "") for other in others]
        for sign, others in confusables_data.items()
    }
    prototypes = {}
    for sign, others in partners.items():
        if len(sign) != 1 or len(others) != 1:
            continue
        (other,) = others
        if len(other) > 1 or len(partners.get(other, ())) > 1 or other < sign:
            prototypes[sign] = other
    return prototypes


def skeleton(text: str) -> str:
    r"""Return what a text looks like: equal for two texts that nobody can tell apart.

    Example:
        >>> skeleton("S\u0441ope") == skeleton("Scope"), skeleton("rn") == skeleton("m")
        (True, True)

    Source: Unicode Technical Standard 39, section 4.
    """
    prototypes = _prototypes()
    decomposed = unicodedata.normalize("NFD", text)
    mapped = "".join(prototypes.get(sign, sign) for sign in decomposed)
    return unicodedata.normalize("NFD", mapped)


def looks_like(name: str, other: str) -> bool:
    r"""Return whether a name can be taken for another one that is spelt differently.

    Each is compared as it stands with the other in any case of its ASCII letters, and once more
    with zeros taken for the letter o, which the table does for the capital alone.

    Example:
        >>> looks_like("\u041cedGemma", "MedGemma"), looks_like("MAlRA-2", "MAIRA-2")
        (True, True)
        >>> looks_like("Résumé", "Resume"), looks_like("MedGemma", "medgemma")
        (False, False)
    """
    if fold_name(name) == fold_name(other):
        return False
    texts = _strip(_punctuate(name)), _strip(_punctuate(other))
    pairs = (texts, tuple(text.replace("0", "o") for text in texts))
    forms = [(forms_of(one), forms_of(two)) for one, two in pairs]
    return any(one[0] in two or two[0] in one for one, two in forms)


def _punctuate(name: str) -> str:
    """Return a name in which a sign that looks like punctuation, as a minus does, is that."""
    prototypes = _prototypes()
    return "".join(
        meant
        if _SIGN.match(sign) and _SEPARATORS.fullmatch(meant := prototypes.get(sign, sign))
        else sign
        for sign in name
    )


@cache
def forms_of(text: str) -> tuple[str, str, str]:
    """Return the skeleton of a stripped name as it stands, and in lower and in upper case."""
    lower = "".join(sign.lower() if sign.isascii() else sign for sign in text)
    upper = "".join(sign.upper() if sign.isascii() else sign for sign in text)
    return skeleton(text), skeleton(lower), skeleton(upper)
