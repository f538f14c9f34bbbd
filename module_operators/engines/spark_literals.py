"""Text constants that mean the same whatever the settings of Spark's parser are."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[^\x00-\x1f\x7f'\\$]*")


def text(value: str) -> str:
    """The text as a literal.

    Quotes, backslashes, `${…}` and invisible characters depend on settings (escapedStringLiterals, variable
    substitution); as bytes they do not.
    """
    if _PLAIN.fullmatch(value):
        return f"'{value}'"
    return f"CAST(X'{value.encode('utf-8', 'replace').hex().upper()}' AS STRING)"
