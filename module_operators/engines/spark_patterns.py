"""Regular expressions and LIKE patterns as Spark reads them: ours are RE2's and DuckDB's, Spark's are Java's."""

from __future__ import annotations

import re

from module_operators.engines.dialect import Argument
from module_operators.engines.spark_literals import text

_FLAGS = re.compile(r"\(\?([a-zA-Z]*)(?:-[a-zA-Z]*)?[:)]")
_MARK = "\x01"
_DOLLAR, _ESCAPED_DOLLAR = text("$"), text(r"\$")
_GROUP, _JAVA_GROUP = text(r"\\([0-9])"), text(r"\$$1")
_BACKSLASH, _ESCAPED_BACKSLASH = text("\\"), text(r"\\")


def regular_expression(pattern: str) -> str:
    """The pattern in Java's dialect.

    Java's `$` matches before a last line end too, its `.` refuses more line ends, its classes know `[` and `&&`.
    """
    multiline = any("m" in flags for flags in _FLAGS.findall(pattern))
    out: list[str] = []
    at, in_class = 0, False
    while at < len(pattern):
        character = pattern[at]
        if character == "\\" and at + 1 < len(pattern):
            out.append(pattern[at : at + 2])
            at += 2
            continue
        if in_class:
            is_first = pattern[at - 1] == "[" or pattern[at - 2 : at] == "[^"
            if character == "]" and not is_first:
                in_class = False
                out.append("]")
            else:
                out.append("\\" + character if character in "[]&" else character)
        elif character == "[":
            in_class = True
            out.append("[")
        elif character == "$" and not multiline:
            out.append(r"\z")
        else:
            out.append(character)
        at += 1
    return "(?du)" + "".join(out)


def pattern_literal(pattern: Argument) -> str:
    return text(regular_expression(str(pattern.value)))


def replacement(argument: Argument) -> str:
    r"""What replaces a match: `\1` is a group with us, `$1` with Java."""
    if isinstance(argument.value, str):
        return text(_replacement(argument.value))
    return f"regexp_replace(replace({argument.sql}, {_DOLLAR}, {_ESCAPED_DOLLAR}), {_GROUP}, {_JAVA_GROUP})"


def _replacement(given: str) -> str:
    out: list[str] = []
    at = 0
    while at < len(given):
        character, following = given[at], given[at + 1 : at + 2]
        if character == "\\" and following.isdigit() and following.isascii():
            out.append("$" + following)
            at += 2
        elif character == "\\":
            out.append("\\\\")
            at += 2 if following == "\\" else 1
        else:
            out.append("\\$" if character == "$" else character)
            at += 1
    return "".join(out)


def like(operator: str, value: Argument, pattern: Argument, escape: Argument | None = None) -> str:
    """Without ESCAPE no character is special beside % and _; Spark would take a backslash for an escape."""
    if isinstance(pattern.value, str):
        mark = str(escape.value) if escape is not None else None
        return f"({value.sql} {operator} {text(_like(pattern.value, mark))})"
    if escape is None:
        return f"({value.sql} {operator} replace({pattern.sql}, {_BACKSLASH}, {_ESCAPED_BACKSLASH}))"
    marked = f"replace({pattern.sql}, {text(str(escape.value))}, {text(_MARK)})"
    return f"({value.sql} {operator} {marked} ESCAPE '{_MARK}')"


def _like(pattern: str, escape: str | None) -> str:
    out: list[str] = []
    at = 0
    while at < len(pattern):
        character = pattern[at]
        if character == escape and at + 1 < len(pattern):
            at += 1
            character = pattern[at]
            out.append("\\" + character if character in "%_\\" else character)
        else:
            out.append("\\\\" if character == "\\" else character)
        at += 1
    return "".join(out)
