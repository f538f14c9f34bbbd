"""Writes values as Python literals, laid out as `ruff format` would, so that no text can become code."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

LINE_LENGTH = 120
_QUOTE_OR_ESCAPE = re.compile(r'\\(.)|"')


@dataclass(frozen=True, slots=True)
class Output:
    """The output of the task in this variable; the only thing that is written as code."""

    variable: str


def literal(value: Any) -> str:
    """Plain JSON data as a Python literal on one line; raises ValueError for anything else."""
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool | int):
        return repr(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("NaN and Infinity are no JSON numbers.")
        return repr(value).replace("e+", "e")
    if isinstance(value, Output):
        return f"{value.variable}.output"
    if isinstance(value, list | tuple):
        return f"[{', '.join(literal(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_text(key)}: {literal(item)}' for key, item in _items(value))}}}"
    raise ValueError(f"{type(value).__name__} is no JSON data.")


def argument(value: Any, name: str, indent: int) -> str:
    """`name=value,` as one argument of a call whose arguments stand on lines of their own."""
    return "\n".join(_lines(value, f"{name}=", " " * indent)).lstrip()


def _lines(value: Any, prefix: str, indent: str) -> Iterator[str]:
    """The lines of `prefix` + value + ",", in several when they do not fit on one."""
    flat = literal(value)
    line = f"{indent}{prefix}{flat},"
    if isinstance(value, str):
        yield from _text_lines(value, prefix, indent, flat)
    elif not value or not isinstance(value, list | tuple | dict) or _widest(line) <= LINE_LENGTH:
        yield line
    elif isinstance(value, dict):
        yield f"{indent}{prefix}{{"
        for key, item in _items(value):
            yield from _lines(item, f"{_text(key)}: ", indent + "    ")
        yield f"{indent}}},"
    else:
        yield f"{indent}{prefix}["
        for item in value:
            yield from _lines(item, "", indent + "    ")
        yield f"{indent}],"


def _text_lines(text: str, prefix: str, indent: str, flat: str) -> Iterator[str]:
    """Text of several lines that do not fit on one, such as a query, is written as it reads."""
    parts = text.splitlines(keepends=True) if len(text) < LINE_LENGTH * LINE_LENGTH else [text]
    if len(parts) == 1 or _narrowest(f"{indent}    {flat}") <= LINE_LENGTH:
        yield f"{indent}{prefix}{flat},"
        return
    yield f"{indent}{prefix}("
    for part in parts:
        yield f"{indent}    {_text(part)}"
    yield f"{indent}),"


def _items(value: dict[str, Any]) -> list[tuple[str, Any]]:
    """In the order of the keys, so that equal configs make equal files."""
    if not all(isinstance(key, str) for key in value):
        raise ValueError("A key of JSON data is text.")
    return sorted(value.items())


def _text(text: str) -> str:
    """In double quotes unless single ones need fewer escapes; what does not print, or turns the text, is escaped."""
    body = repr(f'"{text}')[2:-1]  # the added quote makes repr use single ones
    if text.count('"') > text.count("'"):
        return f"'{body}'"
    if '"' in text or "'" in text:
        body = _QUOTE_OR_ESCAPE.sub(lambda found: {"'": "'", None: '\\"'}.get(found[1], found[0]), body)
    return f'"{body}"'


# How wide the formatter takes a character to be depends on its tables. A value that may not fit is spread (which is
# stable, since a trailing comma keeps it so), and text that surely does not fit is split.
def _widest(line: str) -> int:
    return len(line) if line.isascii() else sum(1 if character.isascii() else 2 for character in line)


def _narrowest(line: str) -> int:
    return len(line) if line.isascii() else sum(character.isascii() for character in line)
