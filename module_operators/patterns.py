"""Regular expressions of options, rewritten into the part of the language that every engine reads alike.

RE2 (DuckDB) and Java (Spark) differ silently in what `.`, `$`, `\\s`, `[a[b]]` and much else mean. So a pattern is
parsed here, what only some engines know is refused, and what is left is written out again with one meaning.
"""

from __future__ import annotations

import re
import warnings
from re import _constants as ops  # pyright: ignore[reportAttributeAccessIssue]
from re import _parser  # pyright: ignore[reportAttributeAccessIssue]
from typing import Any

MAX_PATTERN = 1_000
MAX_REPEAT = 1_000
SPACES = "\t\n\x0b\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""White space as the inside of a character class."""

_CLASSES = {
    ops.CATEGORY_DIGIT: "0-9",
    ops.CATEGORY_WORD: "0-9A-Z_a-z",
    ops.CATEGORY_SPACE: r"\x09-\x0D\x20",
}
_NEGATED = {
    ops.CATEGORY_NOT_DIGIT: r"\x{0}-\x2F\x3A-\x{10FFFF}",
    ops.CATEGORY_NOT_WORD: r"\x{0}-\x2F\x3A-\x40\x5B-\x5E\x60\x7B-\x{10FFFF}",
    ops.CATEGORY_NOT_SPACE: r"\x{0}-\x08\x0E-\x1F\x21-\x{10FFFF}",
}
_PLACES = {ops.AT_BEGINNING: r"\A", ops.AT_BEGINNING_STRING: r"\A", ops.AT_END: r"\z", ops.AT_END_STRING: r"\z"}
_REFUSED = {
    ops.ASSERT: "Look-around",
    ops.ASSERT_NOT: "Look-around",
    ops.GROUPREF: "A back-reference",
    ops.GROUPREF_EXISTS: "A conditional group",
    ops.ATOMIC_GROUP: "An atomic group",
    ops.POSSESSIVE_REPEAT: "A possessive repeat",
}


class PatternRefused(ValueError):
    """No regular expression, or one that engines read differently."""


def canonical(pattern: str) -> str:
    """The pattern with one meaning on every engine: digits, letters of `\\w` and spaces are ASCII, `.` is not `\\n`.

    Raises:
        PatternRefused: says what is wrong.
    """
    if len(pattern) > MAX_PATTERN:
        raise PatternRefused(f"A pattern has at most {MAX_PATTERN:,} characters.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)  # `[[a]`, `[a&&b]`: sets, in some languages
            parsed = _parser.parse(pattern)
    except (re.error, FutureWarning, OverflowError, RecursionError) as error:
        raise PatternRefused(f"'{pattern[:100]}' is no regular expression: {error}.") from None
    if parsed.state.flags & ~re.UNICODE.value:
        raise PatternRefused("Flags such as (?i) are not possible here; write [Aa] for both cases.")
    if parsed.state.groupdict:
        raise PatternRefused("Named groups are not possible here; write (…).")
    if _weight(parsed) > MAX_REPEAT:
        raise PatternRefused(f"Repeats count to {MAX_REPEAT:,} at most, those inside each other together.")
    return _sequence(parsed)


def whole(pattern: str) -> str:
    """The canonical pattern for a text that it matches from its first character to its last."""
    return rf"\A(?:{canonical(pattern)})\z"


def _sequence(items: Any) -> str:
    return "".join(_item(op, value) for op, value in items)


def _weight(items: Any) -> int:
    """How often the innermost repeat is written out when an engine unrolls those around it."""
    heaviest = 1
    for op, value in items:
        inner: list[Any] = []
        times = 1
        if op in {ops.MAX_REPEAT, ops.MIN_REPEAT}:
            least, most, body = value
            times, inner = max(1, least if most is ops.MAXREPEAT else int(most)), [body]
        elif op is ops.SUBPATTERN:
            inner = [value[3]]
        elif op is ops.BRANCH:
            inner = value[1]
        heaviest = max(heaviest, times * max((_weight(each) for each in inner), default=1))
    return heaviest


def _item(op: Any, value: Any) -> str:  # noqa: PLR0911, C901 - one return an operation
    if op in _REFUSED:
        raise PatternRefused(f"{_REFUSED[op]} is not possible here: not every engine has it.")
    if op is ops.LITERAL:
        return _character(value)
    if op is ops.NOT_LITERAL:
        return f"[^{_character(value)}]"
    if op is ops.ANY:
        return r"[^\x0A]"
    if op is ops.IN:
        return _class(value)
    if op is ops.BRANCH:
        return f"(?:{'|'.join(_sequence(branch) for branch in value[1])})"
    if op is ops.SUBPATTERN:
        group, added, removed, inner = value
        if added or removed:
            raise PatternRefused("Flags such as (?i) are not possible here; write [Aa] for both cases.")
        return f"({_sequence(inner)})" if group is not None else f"(?:{_sequence(inner)})"
    if op in {ops.MAX_REPEAT, ops.MIN_REPEAT}:
        return _repeat(*value, lazy=op is ops.MIN_REPEAT)
    if op is ops.AT and value in _PLACES:
        return _PLACES[value]
    raise PatternRefused("Word boundaries are not possible here; write the characters that may stand there.")


def _repeat(least: int, most: Any, inner: Any, *, lazy: bool) -> str:
    endless = most is ops.MAXREPEAT
    return f"(?:{_sequence(inner)}){{{least},{'' if endless else most}}}{'?' if lazy else ''}"


def _class(members: Any) -> str:
    negation, inside = "", []
    for op, value in members:
        if op is ops.NEGATE:
            negation = "^"
        elif op is ops.LITERAL:
            inside.append(_character(value))
        elif op is ops.RANGE:
            inside.append(f"{_character(value[0])}-{_character(value[1])}")
        else:
            inside.append(_CLASSES.get(value) or _NEGATED[value])
    return f"[{negation}{''.join(inside)}]"


def _character(code: int) -> str:
    if chr(code).isalnum() and code < 128:
        return chr(code)
    return f"\\x{{{code:X}}}"
