"""Which phrases a long text may hold, told from one fast pass over it instead of one a phrase.

The text is cut into pieces of four bytes, once from its start and once two bytes later. A phrase of
five bytes or more covers at least one whole piece wherever it stands, so a phrase none of whose
coverings is among the text's pieces is not in the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PIECE = 4
_STEP = 2
_TABLE_BITS = 20
_MULTIPLIER = 2_654_435_761
"""Knuth's multiplier: spreads pieces over the table."""


class WordTable:
    """The pieces of one text, remembered by a hash: it forgets none and may know too many."""

    def __init__(self, text: str) -> None:
        """Remember every piece of a text."""
        import numpy as np

        data = text.encode()
        self._seen: NDArray[np.bool_] = np.zeros(1 << _TABLE_BITS, dtype=bool)
        for start in range(0, _PIECE, _STEP):
            self._seen[_places(data, start)] = True

    def may_hold(self, phrase: str) -> bool:
        """Return whether the text may hold a phrase; what is too short to tell always may.

        Example:
            >>> table = WordTable("the lungs are clear")
            >>> table.may_hold("are clear"), table.may_hold("as an ai "), table.may_hold("hm")
            (True, False, True)
        """
        data = phrase.encode()
        if len(data) < _PIECE + _STEP - 1:
            return True
        return any(bool(self._seen[_places(data, start)].all()) for start in range(_STEP))


def _places(data: bytes, start: int) -> NDArray[np.uint32]:
    """Return the places in the table of the pieces of some bytes, from `start` on."""
    import numpy as np

    count = max(0, (len(data) - start) // _PIECE)
    if not count:
        return np.zeros(0, dtype=np.uint32)
    pieces = np.frombuffer(data, dtype=np.uint32, count=count, offset=start)
    hashed: NDArray[np.uint32] = pieces * np.uint32(_MULTIPLIER)
    return hashed >> np.uint32(32 - _TABLE_BITS)
