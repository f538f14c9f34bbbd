"""Which letters have an accent, and what they are without it."""

from __future__ import annotations

import unicodedata
from functools import cache

FIRST_MARK, LAST_MARK = 0x300, 0x36F


@cache
def accents() -> tuple[str, str]:
    """Accented letters, and at the same places the letters that are left of them.

    An accent is a mark of U+0300 to U+036F in the letter's canonical decomposition.
    """
    accented, plain = [], []
    for code in range(0xA0, 0x2FFF):
        letter = chr(code)
        decomposed = unicodedata.normalize("NFD", letter)
        left = "".join(each for each in decomposed if not FIRST_MARK <= ord(each) <= LAST_MARK)
        if left != decomposed and len(left) == 1 and letter != decomposed[:1]:
            accented.append(letter)
            plain.append(left)
    return "".join(accented), "".join(plain)
