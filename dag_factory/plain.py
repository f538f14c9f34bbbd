"""Checks that a value is plain JSON data, of a size and kind that PostgreSQL, Airflow and Python all carry."""

import math
import re
from typing import Any, LiteralString

from pydantic_core import PydanticCustomError

MAX_DEPTH = 40
MAX_TEXT = 200_000
MAX_VALUES = 200_000
MAX_TOTAL_TEXT = 5_000_000
MAX_INTEGER = 2**63 - 1  # Airflow's processes talk in MessagePack, which holds no larger ones

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # what PostgreSQL's jsonb and UTF-8 cannot hold

Path = tuple[str | int, ...]


class PlainDataError(PydanticCustomError):
    """A value that cannot be stored or handed to Airflow, with the place where it is."""


def refuse_unless_plain(value: Any) -> None:
    """Raise PlainDataError for the first value that is no bounded JSON data; walks without recursion."""
    pending: list[tuple[Any, Path]] = [(value, ())]
    values = text = 0
    while pending:
        item, path = pending.pop()
        values += 1
        if values > MAX_VALUES:
            raise _error("too-many-values", path, f"The graph holds more than {MAX_VALUES:,} values.")
        if isinstance(item, str):
            text += len(item)
            _check_text(item, path)
        elif isinstance(item, dict | list):
            if len(path) >= MAX_DEPTH:
                raise _error("too-deep", path, f"The data is nested deeper than {MAX_DEPTH} levels.")
            if isinstance(item, list):
                pending += [(child, (*path, index)) for index, child in enumerate(item)]
                continue
            for key, child in item.items():
                if not isinstance(key, str):
                    raise _error("not-json", path, f"A key is text, not {type(key).__name__}.")
                text += len(key)
                _check_text(key, path)
                pending.append((child, (*path, key)))
        else:
            _check_scalar(item, path)
        if text > MAX_TOTAL_TEXT:
            raise _error("too-much-text", path, f"The graph holds more than {MAX_TOTAL_TEXT:,} characters of text.")


def _check_text(text: str, path: Path) -> None:
    if len(text) > MAX_TEXT:
        raise _error("text-too-long", path, f"Text is limited to {MAX_TEXT:,} characters; this has {len(text):,}.")
    if found := _UNSTORABLE.search(text):
        raise _error(
            "unstorable-character",
            path,
            f"The character U+{ord(found[0]):04X} at position {found.start() + 1} cannot be stored.",
        )


def _check_scalar(item: Any, path: Path) -> None:
    if isinstance(item, float) and not math.isfinite(item):
        raise _error("not-finite", path, "NaN and Infinity are no JSON numbers.")
    if isinstance(item, int) and not -MAX_INTEGER - 1 <= item <= MAX_INTEGER:
        raise _error("number-too-large", path, "Whole numbers are limited to 64 bits.")
    if not (item is None or isinstance(item, bool | int | float)):
        raise _error("not-json", path, f"{type(item).__name__} is no JSON data.")


def _error(code: LiteralString, path: Path, message: str) -> PlainDataError:
    return PlainDataError(code, "{message}", {"message": message, "path": pointer(path)})


def pointer(path: tuple[str | int, ...] | list[str | int]) -> str:
    """The JSON pointer (RFC 6901) of a path; "" is the whole document."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
